import { RunLog, RunLogOptions } from './commit';
import { ExtractorConfig } from './config';
import { Contract } from './contract';
import { Extraction } from './extraction';
import { redrive } from './redrive';
import { RunDependencies } from './run-dependencies';
import { StagingFailed } from './stager';
import { RedriveRequest, RunResult } from '../../src/spec';

export interface RunIdentity {
  readonly runId: string;
  readonly scheduledTime?: string;
  /** The run takes its records from the quarantine. @default - from the API */
  readonly redrive?: RedriveRequest;
}

/**
 * Extracts one source, or redrives its quarantine, to the end and commits; or ends before the deadline with
 * `done: false`: call again with the same run id.
 */
export async function runExtraction(config: ExtractorConfig, identity: RunIdentity, deps: RunDependencies): Promise<RunResult> {
  const { redrive: request, ...run } = identity;
  const open: Open = (options) => RunLog.open(deps.store, {
    source: config.spec.source,
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
    : extract(config, deps, open);
}

type Open = (options: Partial<RunLogOptions>) => Promise<RunLog | RunResult>;

async function extract(config: ExtractorConfig, deps: RunDependencies, open: Open): Promise<RunResult> {
  const contract = await Contract.load(config.spec, deps.openBucket);
  const run = await open({ allowEmpty: config.spec.writeMode?.allowEmpty, contract: contract?.digest });
  if (!(run instanceof RunLog)) {
    return run; // a call repeated after success changes nothing
  }
  const extraction = new Extraction(config, run, deps, contract);
  try {
    return await extraction.run();
  } catch (error) {
    await run.suspend().catch(() => {}); // the first error is the one to report
    throw error instanceof StagingFailed ? error.cause : error;
  } finally {
    await extraction.close();
  }
}
