import { BUCKET, TestLake } from './test-lake';
import { SecretReader } from '../../lambda/extractor/auth';
import { readConfig } from '../../lambda/extractor/config';
import { Meter } from '../../lambda/extractor/metrics';
import { Redactor } from '../../lambda/extractor/redact';
import { runExtraction } from '../../lambda/extractor/run';
import { BackfillRange, RedriveRequest, RunResult, SourceSpec } from '../../src/spec';

export interface ExtractOptions {
  readonly runId?: string;
  readonly scheduledTime?: string;
  /** Time of the invocation. @default 60_000 */
  readonly timeMs?: number;
  readonly spec?: Partial<SourceSpec>;
  /** @default '127.0.0.1,127.0.0.2' */
  readonly allowedHosts?: string;
  readonly redrive?: RedriveRequest;
  readonly meter?: Meter;
  readonly backfill?: BackfillRange;
  readonly log?: (message: string, fields?: Record<string, unknown>) => void;
}

let runs = 0;

export const testSpec = (spec: Partial<SourceSpec> = {}): SourceSpec => ({
  version: 1, source: 'users', records: '$.results', retry: { baseDelayMs: 1, maxDelayMs: 5 }, ...spec,
});

/** One invocation of the extractor in this process, on the day 2026-11-23. */
export async function extract(lake: TestLake, apiUrl: string, options: ExtractOptions = {}): Promise<RunResult> {
  const config = readConfig({
    API_URL: apiUrl,
    DATA_BUCKET_NAME: BUCKET,
    SOURCE_SPEC: JSON.stringify(testSpec(options.spec)),
    EXTRACTOR_ALLOWED_HOSTS: options.allowedHosts ?? '127.0.0.1,127.0.0.2',
    COMMIT_LEASE_SECONDS: '1',
    COMMIT_QUIET_SECONDS: '0',
  });
  const end = performance.now() + (options.timeMs ?? 60_000);
  const { runId = `run-${++runs}`, scheduledTime = '2026-11-23T04:00:00Z', redrive, backfill } = options;
  return runExtraction(config, { runId, scheduledTime, redrive, backfill }, {
    store: lake.store,
    openBucket: (name) => lake.bucket(name),
    holder: 'test',
    secrets: new SecretReader(),
    redactor: new Redactor(),
    meter: options.meter,
    remainingMs: () => end - performance.now(),
    log: options.log ?? (() => undefined),
  });
}
