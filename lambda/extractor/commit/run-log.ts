import { hostname } from 'node:os';
import { CommittedTotals, DEFAULT_LEASE_SECONDS, DEFAULT_QUIET_SECONDS, OpenRun, Position, RunResult, SourceState, checkpointKey } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { Checkpoint, CHECKPOINT_VERSION, Counts, furthestCheckpoint, StagedPart, StoredCheckpoint, writeCheckpoint } from './checkpoint';
import { commit, CommitFacts } from './commit';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { Lease } from './lease';
import { leaseUntil, openRun } from './open-run';
import { publish } from './publish';
import { Queue } from './queue';
import { StageablePart, stagePart } from './stage';
import { readState, StoredState } from './state';
import { REAL_TIMING, Timing } from './timing';
import { resultOf, totalsOf } from './totals';
import { LakeStore } from '../store/lake-store';

export interface RunLogOptions {
  readonly source: string;
  readonly runId: string;
  /** ISO 8601; its UTC date is the partition. @default - the store's date when the run is opened */
  readonly scheduledTime?: string;
  readonly mode: 'snapshot' | 'append';
  /** A snapshot of zero records empties the partition instead of failing. @default false */
  readonly allowEmpty?: boolean;
  /** @default DEFAULT_LEASE_SECONDS */
  readonly leaseSeconds?: number;
  /** @default DEFAULT_QUIET_SECONDS */
  readonly quietSeconds?: number;
  /** Who runs: shown to a run that finds this one busy. @default - host name and process id */
  readonly holder?: string;
  /** Bounds the waits of a publish. @default - no bound */
  readonly timeLeftMs?: () => number;
  readonly log?: (message: string, details: Record<string, unknown>) => void;
  readonly timing?: Timing;
}

/** What the loop knows at the end of a page. `counts` and `schema` tell of everything since `base`. */
export interface CheckpointFacts {
  readonly next: Position | null;
  readonly end: boolean;
  readonly counts: Counts;
  readonly schema: unknown;
}

export interface SuspendFacts {
  /** @default - that of what was committed before */
  readonly schemaHash?: string;
  /** The API asked to wait this long. */
  readonly retryAfterSeconds?: number;
}

/** Time long past: the run is open, and nobody holds it. */
const RELEASED = new Date(0).toISOString();

/**
 * One open run of a source: the only way by which an extractor changes the lake.
 *
 * Its calls are done in the order in which they were made. Once one has failed, those behind it fail
 * alike, so that no checkpoint is ever ahead of its parts. End it by `commit`, `suspend` or `close`.
 */
export class RunLog {
  /** Opens the run (again), or returns the result of a run that was done before. */
  static async open(store: LakeStore, options: RunLogOptions): Promise<RunLog | RunResult> {
    const context: CommitContext = {
      store,
      source: options.source,
      timing: options.timing ?? REAL_TIMING,
      quietSeconds: options.quietSeconds ?? DEFAULT_QUIET_SECONDS,
      timeLeftMs: options.timeLeftMs ?? (() => Infinity),
      log: options.log ?? (() => undefined),
    };
    const leaseSeconds = options.leaseSeconds ?? DEFAULT_LEASE_SECONDS;
    const opened = await openRun(context, { ...options, leaseSeconds, holder: options.holder ?? `${hostname()} process ${process.pid}` });
    if (!('state' in opened)) {
      return opened;
    }
    const resumed = await furthestCheckpoint(context, options.runId, opened.state.seq);
    return new RunLog(context, { allowEmpty: options.allowEmpty ?? false, leaseSeconds }, opened, resumed);
  }

  readonly epoch: number;
  /** Where an earlier attempt of this run got to; undefined to start from `base`. */
  readonly resumed: Checkpoint | undefined;

  private parts: StagedPart[];
  private nextNumber = 0;
  /** Number of the newest part that no checkpoint has named yet. */
  private unnamed: number | undefined;
  private newest: StoredCheckpoint | undefined;
  private failure: unknown;
  private readonly calls = new Queue();
  /** The state has two writers here, the loop and the lease. */
  private readonly stateWrites = new Queue();
  private readonly lease: Lease;
  private run: OpenRun;

  private constructor(
    private readonly context: CommitContext,
    private readonly options: { allowEmpty: boolean; leaseSeconds: number },
    private current: StoredState,
    resumed: StoredCheckpoint | undefined,
  ) {
    this.run = current.state.open!;
    this.epoch = current.state.epoch;
    this.resumed = resumed?.checkpoint;
    this.newest = resumed;
    this.parts = [...resumed?.checkpoint.parts ?? []];
    this.lease = new Lease(context.timing, options.leaseSeconds * 1000 / 3, () => this.renew());
  }

  get runId(): string {
    return this.run.runId;
  }

  /** Compressed bytes of the parts staged since the base. */
  get stagedBytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  /** Partition date, fixed for the run. */
  get date(): string {
    return this.run.date;
  }

  /** Position from which the run reads when nothing is resumed. */
  get base(): Position | null {
    return this.run.base;
  }

  /** Schema tree of what was committed before, as the checkpoint that was committed held it. */
  get previousSchema(): unknown {
    return this.current.state.schema;
  }

  /** What this run has committed so far; null before its first commit. */
  get committed(): CommittedTotals | null {
    return this.run.committed;
  }

  /** The commit before this run held all that the API had. False also when that is not known. */
  get previousWhole(): boolean {
    return this.current.state.whole === true;
  }

  get previousSchemaHash(): string | null {
    return this.current.state.schemaHash;
  }

  /** Rule 6: makes a part durable, where no reader sees it. */
  stagePart(part: StageablePart): Promise<void> {
    return this.inOrder(async () => {
      const number = this.nextNumber++;
      this.parts.push(await stagePart(this.context, this.run.runId, this.epoch, number, part));
      this.unnamed = number;
    });
  }

  /** Rule 6: from here an interrupted run goes on. */
  checkpoint(at: CheckpointFacts): Promise<void> {
    return this.inOrder(async () => {
      this.refuseEmptySnapshot(at);
      const number = this.unnamed ?? this.nextNumber++;
      const { source } = this.context;
      const { runId, base } = this.run;
      this.newest = await writeCheckpoint(this.context, checkpointKey(source, runId, this.epoch, number), {
        version: CHECKPOINT_VERSION, source, runId, base, baseSeq: this.current.state.seq, ...at, parts: [...this.parts],
      });
      this.unnamed = undefined;
    });
  }

  /**
   * Rules 7 to 9: commits and publishes the newest checkpoint. Returns the run's result when the
   * checkpoint is the end; else (append mode only) `done` is false, and the run goes on from there
   * with counts that start at zero.
   */
  commit(facts: CommitFacts): Promise<RunResult> {
    return this.inOrder(async () => {
      const manifest = this.newest;
      if (!manifest || this.unnamed !== undefined || (!manifest.checkpoint.end && this.run.mode === 'snapshot')) {
        throw new Error('commit needs a checkpoint after the last part, and for a snapshot one at the end');
      }
      if (manifest.checkpoint.end) {
        await this.lease.stop();
      }
      const { result } = await this.swap((current) => commit(this.context, current, manifest, facts)).then(({ state }) => state.pending!);
      await publish(this.context, this.current, 'committer');
      if (!result.done) {
        await this.goOn();
      }
      return result;
    });
  }

  /** Drops the parts that no checkpoint has named: the page that they belong to is read again. */
  discardSinceCheckpoint(): void {
    void this.calls.run(async () => {
      this.parts = [...this.newest?.checkpoint.parts ?? []];
      this.unnamed = undefined;
    });
  }

  /** Drops everything staged since the base: the run is read from there again. */
  startOver(): void {
    void this.calls.run(async () => {
      this.parts = [];
      this.newest = undefined;
      this.unnamed = undefined;
    });
  }

  /**
   * Leaves the run open for the next call with the same run id, and free for any other run. Returns
   * what is safe so far, with `done: false`. Never throws: at worst the lease ends by itself.
   */
  async suspend(facts: SuspendFacts = {}): Promise<RunResult> {
    await this.close();
    if (this.current.state.open !== null) {
      const released = (state: SourceState) => ({ ...state, open: { ...state.open!, leaseUntil: RELEASED } });
      await this.swap((current) => compareAndSwap(this.context, current, released, this.stillMine))
        .catch((error: Error) => this.context.log('the lease was not released', { reason: error.message }));
    }
    const schemaHash = facts.schemaHash ?? this.previousSchemaHash ?? '';
    const checkpoint = this.newest?.checkpoint;
    const totals = totalsOf(this.run, checkpoint, schemaHash !== (this.previousSchemaHash ?? ''));
    return {
      ...resultOf(this.context.source, this.run, totals, { done: false, next: checkpoint?.next ?? this.base, schemaHash }),
      ...(facts.retryAfterSeconds !== undefined && { retryAfterSeconds: facts.retryAfterSeconds }),
    };
  }

  /** Stops renewing the lease and does nothing else. */
  async close(): Promise<void> {
    await this.lease.stop();
  }

  private readonly stillMine = (state: SourceState) => state.epoch === this.epoch && state.open !== null;

  private inOrder<T>(call: () => Promise<T>): Promise<T> {
    return this.calls.run(async () => {
      if (this.failure !== undefined) {
        throw this.failure;
      }
      return call().catch((error) => {
        this.failure ??= error;
        throw error;
      });
    });
  }

  /** One change of the state by this run; a lost race ends the run. */
  private swap(change: (current: StoredState) => Promise<StoredState | undefined>): Promise<StoredState> {
    return this.stateWrites.run(async () => {
      const changed = await change(this.current);
      if (!changed) {
        throw this.failure = this.fenced();
      }
      this.current = changed;
      // The last commit closes the run in the state; here its identity is still asked for.
      this.run = changed.state.open ?? this.run;
      return changed;
    });
  }

  private async renew(): Promise<boolean> {
    const renewed = (state: SourceState) => ({ ...state, open: { ...state.open!, leaseUntil: leaseUntil(this.context, this.options.leaseSeconds) } });
    try {
      await this.swap((current) => compareAndSwap(this.context, current, renewed, this.stillMine));
      return true;
    } catch (error) {
      this.context.log('the lease was not renewed', { reason: (error as Error).message });
      return !(error instanceof ExtractorError && error.code === 'FENCED');
    }
  }

  /** Rule 9: the commit is published, the run is not at its end. */
  private async goOn(): Promise<void> {
    await this.swap(async () => {
      const found = await readState(this.context.store, this.context.source);
      return found && this.stillMine(found.state) ? found : undefined;
    });
    this.parts = [];
    this.newest = undefined;
  }

  private refuseEmptySnapshot({ end, counts }: CheckpointFacts): void {
    if (end && counts.records === 0 && this.run.mode === 'snapshot' && !this.options.allowEmpty) {
      throw new ExtractorError('EMPTY_SNAPSHOT', `source "${this.context.source}": the API returned no record, and the snapshot of ${this.date} was kept. `
        + 'If an empty table is right, allow it with allowEmpty', { retryable: false, details: { source: this.context.source, pages: counts.pages } });
    }
  }

  private fenced(): ExtractorError {
    return new ExtractorError('FENCED', `source "${this.context.source}": another attempt took over from epoch ${this.epoch} of run "${this.run.runId}", `
      + 'and nothing of it was committed: call again with the same run id', { retryable: true, details: { source: this.context.source, epoch: this.epoch } });
  }
}
