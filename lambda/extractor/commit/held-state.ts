import { ExtractorError } from '../errors';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { Lease } from './lease';
import { leaseUntil } from './open-run';
import { Queue } from './queue';
import { readState, StoredState } from './state';
import { OpenRun, SourceState } from '../../../src/spec';

/** Time long past: the run is open, and nobody holds it. */
const RELEASED = new Date(0).toISOString();

/** The source's state while a run holds it: changed by the run and by the renewal of its lease, one after the other. */
export class HeldState {
  readonly epoch: number;
  /** The last commit closes the run in the state; here its identity is still asked for. */
  run: OpenRun;
  private readonly writes = new Queue();
  private readonly lease: Lease;

  /** @param onFenced told before anybody can go on */
  constructor(
    private readonly context: CommitContext,
    private readonly leaseSeconds: number,
    private stored: StoredState,
    private readonly onFenced: (error: ExtractorError) => void,
  ) {
    this.run = stored.state.open!;
    this.epoch = stored.state.epoch;
    this.lease = new Lease(context.timing, leaseSeconds * 1000 / 3, () => this.renew());
  }

  get current(): StoredState {
    return this.stored;
  }

  /** One change by this run; a lost race ends the run. */
  swap(change: (current: StoredState) => Promise<StoredState | undefined>): Promise<StoredState> {
    return this.writes.run(async () => {
      const changed = await change(this.stored);
      if (!changed) {
        const error = this.fenced();
        this.onFenced(error);
        throw error;
      }
      this.stored = changed;
      this.run = changed.state.open ?? this.run;
      return changed;
    });
  }

  /** Reads what a publish has left. */
  async readAgain(): Promise<void> {
    await this.swap(async () => {
      const found = await readState(this.context.store, this.context.source, this.context.stream);
      return found && this.stillMine(found.state) ? found : undefined;
    });
  }

  /** Resolves when no renewal is under way any more. */
  async stopRenewing(): Promise<void> {
    await this.lease.stop();
  }

  /** Leaves the run open, and free for any other. Never throws: at worst the lease ends by itself. */
  async release(): Promise<void> {
    if (this.stored.state.open !== null) {
      await this.setLease(() => RELEASED).catch((error: Error) => this.context.log('the lease was not released', { reason: error.message }));
    }
  }

  private readonly stillMine = (state: SourceState) => state.epoch === this.epoch && state.open !== null;

  private async setLease(until: () => string): Promise<void> {
    const renewed = (state: SourceState) => ({ ...state, open: { ...state.open!, leaseUntil: until() } });
    await this.swap((current) => compareAndSwap(this.context, current, renewed, this.stillMine));
  }

  private async renew(): Promise<boolean> {
    try {
      await this.setLease(() => leaseUntil(this.context, this.leaseSeconds));
      return true;
    } catch (error) {
      this.context.log('the lease was not renewed', { reason: (error as Error).message });
      return !(error instanceof ExtractorError && error.code === 'FENCED');
    }
  }

  private fenced(): ExtractorError {
    return new ExtractorError('FENCED', `source "${this.context.source}": another attempt took over from epoch ${this.epoch} of run "${this.run.runId}", `
      + 'and nothing of it was committed: call again with the same run id', { retryable: true, details: { source: this.context.source, epoch: this.epoch } });
  }
}
