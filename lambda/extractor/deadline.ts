import { ExtractorError } from './errors';

/** Kept back for the last part, its checkpoint and the commit. */
const MAX_RESERVE_MS = 30_000;
const RESERVE_SHARE = 0.25;
/** setTimeout's limit. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The function's own end: work stops a reserve before Lambda would kill it. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly reserveMs: number;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly remainingMs: () => number) {
    const remaining = remainingMs();
    this.reserveMs = Math.min(MAX_RESERVE_MS, remaining * RESERVE_SHARE);
    const controller = new AbortController();
    this.signal = controller.signal;
    const abort = () => controller.abort(new ExtractorError('OUT_OF_TIME', 'the time of this invocation runs out', { retryable: false }));
    this.timer = setTimeout(abort, Math.min(Math.max(0, this.timeLeftMs()), MAX_TIMER_MS));
    this.timer.unref();
  }

  /** Time for work that is not the ending, in milliseconds; negative when it is over. */
  timeLeftMs(): number {
    return this.remainingMs() - this.reserveMs;
  }

  get reached(): boolean {
    return this.timeLeftMs() <= 0;
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
