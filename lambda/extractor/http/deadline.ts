import { ExtractorError } from '../errors';

/** Ends a call when its total time is over or its caller gives up. `clear` must be called when the call is done. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(call: string, totalMs: number, private readonly caller?: AbortSignal) {
    this.timer = setTimeout(() => this.end('TIMEOUT_TOTAL', `${call}: not done within ${totalMs} ms (timeouts.totalMs)`), totalMs);
    this.timer.unref();
    caller?.addEventListener('abort', this.giveUp);
    if (caller?.aborted) {
      this.giveUp();
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.giveUp);
  }

  private readonly giveUp = () => {
    const reason: unknown = this.caller?.reason;
    this.controller.abort(reason instanceof ExtractorError ? reason : new ExtractorError('ABORTED', 'the request was aborted', { retryable: true }));
  };

  private end(code: string, message: string): void {
    this.controller.abort(new ExtractorError(code, message, { retryable: true }));
  }
}
