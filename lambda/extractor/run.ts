import { setTimeout as sleep } from 'node:timers/promises';
import { RunLog, RunLogOptions } from './commit';
import { ExtractorConfig } from './config';
import { Contract } from './contract';
import { Extraction } from './extraction';
import { redrive } from './redrive';
import { RunDependencies } from './run-dependencies';
import { StagingFailed } from './stager';
import { BackfillRange, RedriveRequest, RunResult } from '../../src/spec';

/** Share of the time left in which a run that fails lets its last checkpoint end: the next call need not read its pages again. */
const SETTLE_SHARE = 0.25;

export interface RunIdentity {
  readonly runId: string;
  readonly scheduledTime?: string;
  /** The run takes its records from the quarantine. @default - from the API */
  readonly redrive?: RedriveRequest;
  /** The run reads this part of the source, in a stream of its own. @default - what is new */
  readonly backfill?: BackfillRange;
}

/**
 * Extracts one source, or redrives its quarantine, to the end and commits; or ends before the deadline with
 * `done: false`: call again with the same run id.
 */
export async function runExtraction(config: ExtractorConfig, identity: RunIdentity, deps: RunDependencies): Promise<RunResult> {
  const { redrive: request, backfill: range, ...run } = identity;
  const open: Open = (options) => RunLog.open(deps.store, {
    source: config.spec.source,
    stream: range && run.runId,
    ...run,
    mode: config.mode,
    leaseSeconds: config.leaseSeconds,
    quietSeconds: config.quietSeconds,
    holder: deps.holder,
    timeLeftMs: () => deps.remainingMs(),
    log: deps.log,
    ...options,
  });
  return request
    ? redrive(config, run.runId, request, deps, (scheduledTime) => open({ scheduledTime, mode: 'append', redrive: true }))
    : extract({ ...config, range }, deps, open);
}

type Open = (options: Partial<RunLogOptions>) => Promise<RunLog | RunResult>;

async function extract(config: ExtractorConfig, deps: RunDependencies, open: Open): Promise<RunResult> {
  const contract = await Contract.load(config.spec, deps.openBucket);
  const run = await open({ allowEmpty: config.spec.writeMode?.allowEmpty, contract: contract?.digest });
  if (!(run instanceof RunLog)) {
    return run; // a call repeated after success changes nothing
  }
  deps.meter?.opened(run.safe);
  const extraction = new Extraction(config, run, deps, contract);
  try {
    const result = await extraction.run();
    deps.meter?.waits((result.retryAfterSeconds ?? 0) * 1000);
    return result;
  } catch (error) {
    await Promise.race([extraction.settle(), sleep(deps.remainingMs() * SETTLE_SHARE, undefined, { ref: false })]).catch(() => {});
    await run.suspend().catch(() => {}); // the first error is the one to report
    throw error instanceof StagingFailed ? error.cause : error;
  } finally {
    deps.meter?.closed(run.safe);
    await extraction.close();
  }
}
