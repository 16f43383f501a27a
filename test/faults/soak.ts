/**
 * Random faults and deaths against an API whose truth is known: after every invocation the invariants hold, after
 * every round the lake has converged to the truth.
 *
 *   npx ts-node -T -P tsconfig.dev.json test/faults/soak.ts [--seconds N] [--seed S] [--control]
 *
 * Exit code 1 with the seed on the first broken invariant. `--control` takes an object out of the table by hand:
 * then it must fail.
 */
import { parseArgs } from 'node:util';
import { ExtractorProcess } from './support/process';
import { S3Call, S3Gate } from './support/s3-gate';
import { makePages, makePlan, makeSpec, Plan, Random, s3FaultAt } from './support/soak-plan';
import { Trial } from './support/trial';
import { SourceSpec } from '../../src/spec';
import { Outcome, violations } from '../support/lake-checker';
import { randomNumbers } from '../support/scan';

const ROUNDS_OF_A_LAKE = 6;
const FAULTY_INVOCATIONS = 4;
const CLEAN_INVOCATIONS = 12;

class BrokenInvariant extends Error {}

/** What is true of the table before and after the round's commit. */
interface Round {
  readonly runId: string;
  readonly seq: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly spec: Partial<SourceSpec>;
}

class Soak {
  rounds = 0;
  invocations = 0;
  readonly faults = new Map<string, number>();
  private table: readonly string[] = [];
  private version = 1;

  constructor(private readonly random: Random, private readonly control: boolean) {}

  async run(untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      const trial = await Trial.start();
      const mode = this.random(3) === 0 ? 'append' : 'snapshot';
      this.table = trial.before;
      try {
        for (let i = 0; i < ROUNDS_OF_A_LAKE && performance.now() < untilMs; i++) {
          await this.round(trial, mode);
        }
      } finally {
        await trial.close();
      }
    }
  }

  private async round(trial: Trial, mode: 'snapshot' | 'append'): Promise<void> {
    trial.api.pages = makePages(this.random, ++this.version);
    const spec = makeSpec(this.random, mode);
    const lines = trial.api.lines();
    const before = this.table;
    const after = mode === 'append' ? [...before, ...lines] : lines;
    let round: Round = { runId: trial.newRunId(), seq: trial.lake.state('users').seq, before, after, spec };
    for (let i = this.random(FAULTY_INVOCATIONS); i >= 0; i--) {
      const plan = makePlan(this.random, trial.api.pages.length);
      const another = this.random(4) === 0;
      await this.faulty(trial, round, plan);
      this.check(trial, round);
      if (another && trial.lake.state('users').seq === round.seq) {
        round = { ...round, runId: trial.newRunId() }; // nobody comes back to that run
      }
    }
    if (this.control && this.rounds === 2) {
      await trial.lake.store.delete(trial.lake.keys('raw/users')[0]);
    }
    await this.converge(trial, round);
    trial.outcomes.length = 0;
    this.table = after;
    this.rounds++;
  }

  private async faulty(trial: Trial, { runId, spec }: Round, plan: Plan): Promise<void> {
    this.invocations++;
    for (const { page, kind, behaviour } of plan.api) {
      trial.api.fail(page, (...args) => {
        this.met(kind);
        return behaviour(...args);
      });
    }
    if (plan.death === 'SIGKILL of a real process') {
      const extractor = await ExtractorProcess.start(trial, { spec });
      this.arm(extractor.gate, plan, () => extractor.kill('SIGKILL'));
      await extractor.invoke(runId);
      return;
    }
    const gate = await trial.newGate();
    const died = new Promise<void>((resolve) => this.arm(gate, plan, resolve));
    const ended = await Promise.race([trial.run({ runId, spec, gate }), died]);
    if (!ended) {
      trial.outcomes.push({ runId, killed: true, tookMs: 0, deadlineMs: 0, logs: [] });
    }
  }

  private arm(gate: S3Gate, plan: Plan, die: () => void): void {
    let requests = -1;
    const at = (when: 'before' | 'after') => (call: S3Call) => {
      requests += when === 'before' ? 1 : 0;
      if (plan.death !== 'none' && requests >= plan.deathAt && when === plan.deathWhen) {
        this.met(`${plan.death}, ${when} ${call.operation}`);
        gate.freeze();
        die();
        return undefined;
      }
      const fault = s3FaultAt(plan, requests, when, call);
      if (fault) {
        this.met(fault[0]);
      }
      return fault?.[1];
    };
    gate.before = at('before');
    gate.after = at('after');
  }

  private check(trial: Trial, { seq, before, after, runId }: Round): void {
    const state = trial.lake.state('users');
    const publishing = state.pending !== null;
    refuse(`after an invocation of ${runId}`, violations({
      lake: trial.lake, table: state.seq === seq ? before : after, publishing, outcomes: trial.outcomes, error: 'retryable', secrets: trial.secretsUsed,
    }));
  }

  private async converge(trial: Trial, round: Round): Promise<void> {
    trial.api.heal();
    let last: Outcome | undefined;
    for (let i = 0; i < CLEAN_INVOCATIONS && !last?.result?.done; i++) {
      if (last) { // a dead run's lease, or the quiet time of a disturbed publish
        await new Promise((later) => setTimeout(later, 150));
      }
      last = await trial.run({ runId: round.runId, spec: round.spec });
    }
    if (!last?.result?.done) {
      throw new BrokenInvariant(`I10 the clean run ${round.runId} did not end: ${last?.error?.text}`);
    }
    this.check(trial, round);
    const again = await trial.run({ runId: round.runId, spec: round.spec });
    const { pending, open } = trial.lake.state('users');
    refuse('after the round', [
      ...(pending || open ? ['I10 a commit or a run is left open'] : []),
      ...(JSON.stringify(again.result) === JSON.stringify(last.result) ? [] : ['I8 the same run returned two results']),
    ]);
    await trial.editState((state) => ({ ...state, quietUntil: null })); // time passes: the dead never wake here
  }

  private met(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }
}

function refuse(when: string, problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new BrokenInvariant([`${when}:`, ...problems.slice(0, 10)].join('\n'));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' }, control: { type: 'boolean' } } });
  const seconds = Number(values.seconds ?? 60);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
    throw new Error('--seconds takes a number above 0, --seed a whole number');
  }
  const soak = new Soak(randomNumbers(seed), values.control ?? false);
  const start = performance.now();
  let broken: unknown;
  await soak.run(start + seconds * 1000).catch((error: unknown) => {
    broken = error;
  });
  console.log(`seed ${seed}: ${soak.rounds} rounds, ${soak.invocations} faulty invocations in ${Math.round((performance.now() - start) / 1000)} s`);
  for (const [kind, count] of [...soak.faults].sort(([a], [b]) => a.localeCompare(b))) {
    console.log(`${String(count).padStart(5)}  ${kind}`);
  }
  if (broken !== undefined) {
    console.log(`BROKEN in round ${soak.rounds + 1}: ${broken instanceof BrokenInvariant ? broken.message : (broken as Error).stack}`);
    console.log(`repeat it with --seed ${seed}`);
  }
  // Those that died in this process hang still.
  process.exit(broken === undefined ? 0 : 1);
}

void main();
