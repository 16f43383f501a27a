import { Logger } from '@aws-lambda-powertools/logger';
import { EventLog } from './event-log';
import { abortEvent } from './events/abort-event';
import { runEvents } from './events/run-events';
import { runUuid } from './events/run-uuid';
import { createSink } from './sinks';
import { tell, Teller } from './tell';
import { ENV_DATA_BUCKET_NAME } from '../../src/spec/environment';
import { ENV_LINEAGE_CONFIG, ENV_LINEAGE_LAKE_ONLY, ExecutionEnded, LineageConfig, LineageReport, LineageRequest } from '../../src/spec/lineage-spec';

const logger = new Logger({ serviceName: 'lineage' });
const NOTHING: LineageReport = { events: 0, failures: [] };

/**
 * Tells OpenLineage events, once when a run begins and once when it ends. A sink that is down is logged and returned,
 * never thrown: lineage must not fail a run.
 */
export function createHandler(env: NodeJS.ProcessEnv): (request: LineageRequest | ExecutionEnded) => Promise<LineageReport> {
  const config = JSON.parse(env[ENV_LINEAGE_CONFIG] ?? '') as LineageConfig;
  const teller: Teller = { log: new EventLog(env[ENV_DATA_BUCKET_NAME] ?? ''), sinks: env[ENV_LINEAGE_LAKE_ONLY] ? [] : config.sinks.map(createSink) };
  return async (request) => {
    const now = new Date().toISOString();
    const report = 'detail' in request ? await tellAbort(request, teller, now) : await tellRun(config, request, teller, now);
    for (const { sink, message } of report.failures) {
      logger.warn('lineage sink failed', { sink, error: message });
    }
    return report;
  };
}

function tellRun(config: LineageConfig, request: LineageRequest, teller: Teller, now: string): Promise<LineageReport> {
  return tell(request.source.source, runUuid(request.run.executionArn), runEvents(config, request, now), teller);
}

/** An execution that never told its START (a double start that stepped aside) has no end to tell either. */
async function tellAbort(ended: ExecutionEnded, teller: Teller, now: string): Promise<LineageReport> {
  const source = sourceOf(ended);
  const runId = runUuid(ended.detail.executionArn);
  const start = source === undefined ? undefined : await teller.log.started(source, runId);
  return start === undefined ? NOTHING : tell(source!, runId, [{ job: 'run', event: abortEvent(start, ended, now) }], teller);
}

function sourceOf({ detail }: ExecutionEnded): string | undefined {
  try {
    const input = JSON.parse(detail.input ?? '') as { source?: unknown };
    return typeof input.source === 'string' ? input.source : undefined;
  } catch {
    return undefined; // EventBridge leaves long inputs out
  }
}
