import { extract, Kind, Plan } from './extraction';
import { Invariants } from './invariants';
import { Random } from './random';
import { Faults, NO_FAULTS, Scheduler } from './scheduler';
import { SimulatedLake } from './simulated-lake';
import { ExtractorError } from '../../../../../lambda/extractor/errors';
import { RunResult } from '../../../../../src/spec';

export interface WalkOptions {
  readonly seed: number;
  readonly kind: Kind;
  /** Run ids of the processes that run side by side; a repeated id is a second attempt of the same run. */
  readonly runs: readonly string[];
  readonly faults: Faults;
  readonly quietSeconds?: number;
  /** A lake that breaks a rule, to see that the walk notices. */
  readonly lake?: SimulatedLake;
}

export interface WalkReport {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly finished: number;
}

const ATTEMPTS = 8;
const MOST_STEPS = 20_000;

/** One random walk: all runs under the scheduler, then a clean run alone; the violations of both. */
export async function walk(options: WalkOptions): Promise<WalkReport> {
  const random = new Random(options.seed);
  const lake = options.lake ?? new SimulatedLake();
  const invariants = new Invariants(lake, options.kind);
  const scheduler = new Scheduler(lake, random, options.faults);
  const results: RunResult[] = [];
  const { violations } = invariants;
  const plan = (runId: string): Plan => ({ kind: options.kind, runId, quietSeconds: options.quietSeconds ?? 60 });
  const start = (name: string, runId: string) => {
    void scheduler.start(name, async (_, store, timing) => {
      const result = await attempts(() => extract(plan(runId), store, timing, random), random, timing.sleep, violations);
      result?.done && results.push(result);
    });
  };
  const run = () => scheduler.run(MOST_STEPS).catch((error: Error) => violations.push(error.message));

  options.runs.forEach((runId, i) => start(`${runId}${i}`, runId));
  await run();
  scheduler.faults = NO_FAULTS;
  const finished = results.length;
  const commits = invariants.commits.length;
  const last = random.chance(0.5) ? 'Z' : options.runs[0];
  scheduler.clock += 90_000; // a crashed run's lease has ended
  start('clean', last);
  await run();
  results.length > finished ? invariants.checkConverged(results.at(-1)!, invariants.commits.length === commits) : violations.push('the clean run did not end');
  sameResults(results, violations);
  return { violations, trace: scheduler.trace, finished };
}

/** As the workflow does: the same run again after a retryable error or when it is not done. */
async function attempts(
  once: () => Promise<RunResult>,
  random: Random,
  sleep: (ms: number) => Promise<void>,
  violations: string[],
): Promise<RunResult | undefined> {
  let result: RunResult | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && !result?.done; attempt++) {
    result = await once().catch(async (error: unknown) => {
      if (!(error instanceof ExtractorError && error.retryable)) {
        violations.push(`I9 ${(error as Error).stack}`);
      }
      // Sooner than a busy run asks for: the moments right after a commit are those that matter.
      await sleep(random.below(20) * 1000);
      return undefined;
    });
  }
  return result;
}

/** I8: whoever asks for a run is told the same. */
function sameResults(results: readonly RunResult[], violations: string[]): void {
  for (const result of results) {
    const first = results.find(({ runId }) => runId === result.runId);
    if (JSON.stringify(first) !== JSON.stringify(result)) {
      violations.push(`I8 two results of ${result.runId}: ${JSON.stringify(first)} ${JSON.stringify(result)}`);
    }
  }
}
