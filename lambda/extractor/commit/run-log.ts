import { ExtractorError } from '../errors';
import { Checkpoint, furthestCheckpoint, StoredCheckpoint } from './checkpoint';
import { commit, CommitFacts } from './commit';
import { CommitContext } from './context';
import { HeldState } from './held-state';
import { openRun } from './open-run';
import { publish } from './publish';
import { Queue } from './queue';
import { CheckpointFacts, contextOf, openRequestOf, RunLogOptions, SuspendFacts } from './run-log-options';
import { StageablePart } from './stage';
import { StagedRun } from './staged-run';
import { StoredState } from './state';
import { resultOf, totalsOf } from './totals';
import { CommittedTotals, Position, RunResult } from '../../../src/spec';
import { LakeStore } from '../store/lake-store';

/**
 * One open run of a source: the only way by which an extractor changes the lake.
 *
 * Its calls are done in the order in which they were made. Once one has failed, those behind it fail
 * alike, so that no checkpoint is ever ahead of its parts. End it by `commit`, `suspend` or `close`.
 */
export class RunLog {
  /** Opens the run (again), or returns the result of a run that was done before. */
  static async open(store: LakeStore, options: RunLogOptions): Promise<RunLog | RunResult> {
    const context = contextOf(store, options);
    const request = openRequestOf(options);
    const opened = await openRun(context, request);
    if (!('state' in opened)) {
      return opened;
    }
    const resumed = await furthestCheckpoint(context, options.runId, opened.state.seq, options.contract);
    const { allowEmpty = false, contract } = options;
    return new RunLog(context, { allowEmpty, contract, leaseSeconds: request.leaseSeconds }, opened, resumed);
  }

  /** Where an earlier attempt of this run got to; undefined to start from `base`. */
  readonly resumed: Checkpoint | undefined;

  private failure: unknown;
  private readonly calls = new Queue();
  private readonly held: HeldState;
  private readonly staged: StagedRun;

  private constructor(
    private readonly context: CommitContext,
    private readonly options: { allowEmpty: boolean; contract: string | undefined; leaseSeconds: number },
    opened: StoredState,
    resumed: StoredCheckpoint | undefined,
  ) {
    this.held = new HeldState(context, options.leaseSeconds, opened, (fenced) => {
      this.failure = fenced;
    });
    this.resumed = resumed?.checkpoint;
    this.staged = new StagedRun(context, this.held.epoch, options.contract, resumed);
  }

  get epoch(): number {
    return this.held.epoch;
  }

  get runId(): string {
    return this.held.run.runId;
  }

  /** Compressed bytes of the parts staged since the base. */
  get stagedBytes(): number {
    return this.staged.bytes;
  }

  /** Partition date, fixed for the run. */
  get date(): string {
    return this.held.run.date;
  }

  /** Position from which the run reads when nothing is resumed. */
  get base(): Position | null {
    return this.held.run.base;
  }

  /** Schema tree of what was committed before, as the checkpoint that was committed held it. */
  get previousSchema(): unknown {
    return this.held.current.state.schema;
  }

  /** What this run has committed so far; null before its first commit. */
  get committed(): CommittedTotals | null {
    return this.held.run.committed;
  }

  /** The commit before this run held all that the API had. False also when that is not known. */
  get previousWhole(): boolean {
    return this.held.current.state.whole === true;
  }

  get previousSchemaHash(): string | null {
    return this.held.current.state.schemaHash;
  }

  /** All of the run that no failure takes back: what it has committed, and what its furthest checkpoint holds beyond that. */
  get safe(): CommittedTotals {
    const { run, current: { state: { open, seq } } } = this.held;
    const checkpoint = this.staged.furthest?.checkpoint;
    // A commit on the way takes the checkpoint into the run's totals; the last one closes the run, and its totals stay.
    const isCommitted = open !== null && checkpoint?.baseSeq !== seq;
    return totalsOf(run, isCommitted ? undefined : checkpoint, false);
  }

  /** Rule 6: makes a part durable, where no reader sees it. */
  stagePart(part: StageablePart): Promise<void> {
    return this.inOrder(() => this.staged.stage(this.runId, part));
  }

  /** Rule 6: from here an interrupted run goes on. */
  checkpoint(at: CheckpointFacts): Promise<void> {
    return this.inOrder(async () => {
      this.refuseEmptySnapshot(at);
      await this.staged.checkpoint(this.held.run, this.held.current.state.seq, at);
    });
  }

  /**
   * Rules 7 to 9: commits and publishes the newest checkpoint. Returns the run's result when the
   * checkpoint is the end; else (append mode only) `done` is false, and the run goes on from there
   * with counts that start at zero.
   */
  commit(facts: CommitFacts): Promise<RunResult> {
    return this.inOrder(async () => {
      const manifest = this.staged.newest;
      if (!manifest || !this.staged.isWhole || (!manifest.checkpoint.end && this.held.run.mode === 'snapshot')) {
        throw new Error('commit needs a checkpoint after the last part, and for a snapshot one at the end');
      }
      if (manifest.checkpoint.end) {
        await this.held.stopRenewing();
      }
      const { result } = await this.held.swap((current) => commit(this.context, current, manifest, facts)).then(({ state }) => state.pending!);
      await publish(this.context, this.held.current, 'committer');
      if (!result.done) { // rule 9: the commit is published, the run is not at its end
        await this.held.readAgain();
        this.staged.clear();
      }
      return result;
    });
  }

  /** Drops the parts that no checkpoint has named: the page that they belong to is read again. */
  discardSinceCheckpoint(): void {
    void this.calls.run(async () => this.staged.discardUnnamed());
  }

  /** Drops everything staged since the base: the run is read from there again. */
  startOver(): void {
    void this.calls.run(async () => this.staged.clear());
  }

  /**
   * Leaves the run open for the next call with the same run id, and free for any other run. Returns
   * what is safe so far, with `done: false`. Never throws: at worst the lease ends by itself.
   */
  async suspend(facts: SuspendFacts = {}): Promise<RunResult> {
    await this.close();
    await this.held.release();
    const schemaHash = facts.schemaHash ?? this.previousSchemaHash ?? '';
    const checkpoint = this.staged.newest?.checkpoint;
    const totals = totalsOf(this.held.run, checkpoint, schemaHash !== (this.previousSchemaHash ?? ''));
    return {
      ...resultOf(this.context.source, this.held.run, totals, { done: false, next: checkpoint?.next ?? this.base, schemaHash }),
      ...(facts.retryAfterSeconds !== undefined && { retryAfterSeconds: facts.retryAfterSeconds }),
    };
  }

  /** Stops renewing the lease and does nothing else. */
  async close(): Promise<void> {
    await this.held.stopRenewing();
  }

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

  private refuseEmptySnapshot({ end, counts }: CheckpointFacts): void {
    if (end && counts.records === 0 && this.held.run.mode === 'snapshot' && !this.options.allowEmpty) {
      const what = counts.quarantined > 0 ? `all ${counts.quarantined} records break the contract` : 'the API returned no record';
      throw new ExtractorError('EMPTY_SNAPSHOT', `source "${this.context.source}": ${what}, and the snapshot of ${this.date} was kept. `
        + 'If an empty table is right, allow it with allowEmpty', { retryable: false, details: { source: this.context.source, pages: counts.pages } });
    }
  }
}
