/** What of a run is safe at a moment. */
export interface SafeTotals {
  readonly records: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly pages: number;
}

const NOTHING: SafeTotals = { records: 0, quarantined: 0, bytes: 0, pages: 0 };

/** Counts what one invocation did. */
export class Meter {
  retries = 0;
  waitedMs = 0;
  private before = NOTHING;
  private after = NOTHING;

  /** No request leaves for so long. */
  waits(ms: number): void {
    this.waitedMs += ms;
  }

  /** A request is sent again after so long. */
  retriesAfter(ms: number): void {
    this.retries++;
    this.waits(ms);
  }

  /** The run is open; earlier invocations have left this. */
  opened(totals: SafeTotals): void {
    this.before = totals;
    this.after = totals;
  }

  /** The invocation leaves this. */
  closed(totals: SafeTotals): void {
    this.after = totals;
  }

  /** What the invocation added. Below 0 where it gave up more of the run than it read again: sums stay right. */
  get added(): SafeTotals {
    const { before, after } = this;
    return {
      records: after.records - before.records,
      quarantined: after.quarantined - before.quarantined,
      bytes: after.bytes - before.bytes,
      pages: after.pages - before.pages,
    };
  }
}
