import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Meter } from './meter';
import { ENV_PIPELINE_NAME, ENV_SOURCE_SPEC, EXTRACTOR_METRICS, METRIC_NAMESPACE, PIPELINE_DIMENSION, SOURCE_DIMENSION } from '../../../src/spec';

/** Whose invocation it is, as metrics and log lines tell it. */
export interface InvocationNames {
  readonly pipeline: string;
  readonly source: string;
}

export interface MeteredInvocation extends InvocationNames {
  readonly runId?: string;
  /** Code of the error that it ended in. */
  readonly code?: string;
}

const UNKNOWN = 'unknown';

/** From an environment that may be unusable: that, too, is a failure to be counted. */
export function invocationNames(env: Readonly<Record<string, string | undefined>>): InvocationNames {
  return { pipeline: env[ENV_PIPELINE_NAME] || UNKNOWN, source: sourceIn(env[ENV_SOURCE_SPEC]) || UNKNOWN };
}

function sourceIn(spec: string | undefined): string | undefined {
  try {
    const { source } = JSON.parse(spec ?? '') as { source?: unknown };
    return typeof source === 'string' ? source : undefined;
  } catch {
    return undefined;
  }
}

/** Prints one line in CloudWatch's embedded metric format, which CloudWatch Logs turns into metrics. */
export function publishMetrics(meter: Meter, { pipeline, source, runId, code }: MeteredInvocation): void {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  metrics.clearDefaultDimensions(); // Powertools' own, `service`, would make other metrics of them
  metrics.setDefaultDimensions({ [PIPELINE_DIMENSION]: pipeline, [SOURCE_DIMENSION]: source });
  const { records, quarantined, bytes, pages } = meter.added;
  metrics
    .addMetric(EXTRACTOR_METRICS.records, MetricUnit.Count, records)
    .addMetric(EXTRACTOR_METRICS.quarantined, MetricUnit.Count, quarantined)
    .addMetric(EXTRACTOR_METRICS.bytes, MetricUnit.Bytes, bytes)
    .addMetric(EXTRACTOR_METRICS.pages, MetricUnit.Count, pages)
    .addMetric(EXTRACTOR_METRICS.retries, MetricUnit.Count, meter.retries)
    .addMetric(EXTRACTOR_METRICS.waiting, MetricUnit.Milliseconds, meter.waitedMs)
    .addMetric(EXTRACTOR_METRICS.failures, MetricUnit.Count, code === undefined ? 0 : 1);
  Object.entries({ runId, code }).filter(([, value]) => value !== undefined).forEach(([name, value]) => metrics.addMetadata(name, value!));
  metrics.publishStoredMetrics();
}
