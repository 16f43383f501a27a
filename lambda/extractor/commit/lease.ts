import { Timing } from './timing';

/** Renews in the background until stopped. For liveness only: safety comes from the epoch. */
export class Lease {
  private readonly stopped = new AbortController();
  private readonly ended: Promise<void>;

  /** @param renew says whether to go on; its failures are its own business */
  constructor(timing: Timing, everyMs: number, renew: () => Promise<boolean>) {
    this.ended = this.run(timing, everyMs, renew);
  }

  /** Resolves when no renewal is under way any more. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.ended;
  }

  private async run(timing: Timing, everyMs: number, renew: () => Promise<boolean>): Promise<void> {
    const { signal } = this.stopped;
    do {
      await timing.sleep(everyMs, signal);
    } while (!signal.aborted && await renew());
  }
}
