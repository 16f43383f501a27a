import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { EXTRACTOR_METRICS, METRIC_NAMESPACE, PIPELINE_DIMENSION, SOURCE_DIMENSION } from '../spec/metrics';

/** What is measured of a source's extraction; each is a sum over invocations, in the namespace `CdkDataLakePipeline`. */
export abstract class ExtractionMetrics extends Construct {
  /** The `pipeline` of this source's metrics. */
  abstract readonly pipelineName: string;
  /** Name of the source and of its table. */
  abstract readonly sourceName: string;

  /**
   * A metric of the library's extractor by its name, of this source.
   *
   * @default - sum over five minutes
   */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [PIPELINE_DIMENSION]: this.pipelineName, [SOURCE_DIMENSION]: this.sourceName },
      statistic: cloudwatch.Stats.SUM,
      ...props,
    }).attachTo(this);
  }

  /** Records that were stored. */
  metricRecordsExtracted(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.records, props);
  }

  /** Records that went to quarantine. */
  metricRecordsQuarantined(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.quarantined, props);
  }

  /** Compressed bytes that were stored. */
  metricBytesWritten(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.bytes, props);
  }

  /** Pages of the API that were read. */
  metricPagesRead(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.pages, props);
  }

  /** Requests that were sent again after a failure. */
  metricRetries(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.retries, props);
  }

  /** Milliseconds spent on waiting: for the rate limit, before a retry, as `Retry-After` asked, waits between calls included. */
  metricWaitingTime(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.waiting, props);
  }

  /** Calls of the extractor that ended in an error, those that another run of the source held up included. */
  metricFailedInvocations(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(EXTRACTOR_METRICS.failures, props);
  }
}
