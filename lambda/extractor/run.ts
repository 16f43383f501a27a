import { RunLog } from './commit';
import { ExtractorConfig } from './config';
import { Contract } from './contract';
import { Extraction } from './extraction';
import { RunDependencies } from './run-dependencies';
import { StagingFailed } from './stager';
import { RunResult } from '../../src/spec';

export interface RunIdentity {
  readonly runId: string;
  readonly scheduledTime?: string;
}

/** Extracts one source to its end and commits, or ends before the deadline with `done: false`: call again with the same run id. */
export async function runExtraction(config: ExtractorConfig, identity: RunIdentity, deps: RunDependencies): Promise<RunResult> {
  const contract = await Contract.load(config.spec, deps.openBucket);
  const run = await RunLog.open(deps.store, {
    source: config.spec.source,
    ...identity,
    mode: config.mode,
    allowEmpty: config.spec.writeMode?.allowEmpty,
    contract: contract?.digest,
    leaseSeconds: config.leaseSeconds,
    quietSeconds: config.quietSeconds,
    holder: deps.holder,
    timeLeftMs: () => deps.remainingMs(),
    log: deps.log,
  });
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
