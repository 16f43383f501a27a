import { setTimeout as sleepFor } from 'node:timers/promises';
import { RateLimitSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { rateLimitSeconds } from './rate-limit-headers';
import { ResponseHeaders } from '../http/page-request';

export interface PacerOptions {
  readonly rateLimit?: RateLimitSpec;
  /** Milliseconds that may still be spent waiting. */
  timeLeftMs(): number;
  /** Called before each wait. */
  onWait?(delayMs: number): void;
  /** A clock that only goes forward, in milliseconds. @default performance.now */
  now?(): number;
  sleep?(ms: number, signal: AbortSignal): Promise<unknown>;
}

/**
 * Keeps the requests of a run below the source's rate limit, by a token bucket, and stops where the API says that no
 * request is left. Both hold for this process: another source of the same API has its own bucket.
 */
export class Pacer {
  private readonly now: () => number;
  private readonly burst: number;
  /** Tokens that a millisecond adds. */
  private readonly rate: number;
  private tokens: number;
  /** Tokens that requests hold which have not left yet. */
  private taken = 0;
  private filledAt: number;
  private closedUntil = -Infinity;

  constructor(private readonly options: PacerOptions) {
    const { rateLimit, now = () => performance.now() } = options;
    this.now = now;
    this.burst = rateLimit?.burst ?? 1;
    this.rate = rateLimit ? rateLimit.requests / rateLimit.perMs : Infinity;
    this.tokens = this.burst;
    this.filledAt = now();
  }

  /** Waits until a request may be sent, and holds its token for it. @throws ExtractorError RETRY_LATER when that is after the time left */
  async ready(signal: AbortSignal): Promise<void> {
    for (let delayMs = this.delayMs(); delayMs > 0; delayMs = this.delayMs()) {
      if (delayMs > this.options.timeLeftMs()) {
        const seconds = Math.ceil(delayMs / 1000);
        throw new ExtractorError('RETRY_LATER', `the rate limit allows the next request in ${seconds} s, which is more than the time left`,
          { retryable: true, retryAfterSeconds: seconds });
      }
      this.options.onWait?.(delayMs);
      await (this.options.sleep ?? ((ms) => sleepFor(ms, undefined, { signal })))(delayMs, signal);
    }
    this.take();
    this.taken++;
  }

  /** A request leaves: each hop of a redirect is one, too. */
  sent(): void {
    if (this.taken > 0) {
      this.taken--;
    } else {
      this.take();
    }
  }

  received(headers: ResponseHeaders): void {
    const seconds = rateLimitSeconds(headers, Date.now());
    this.closedUntil = seconds === undefined ? -Infinity : this.now() + seconds * 1000;
  }

  private take(): void {
    this.fill();
    this.tokens -= this.rate === Infinity ? 0 : 1;
  }

  private delayMs(): number {
    this.fill();
    const forToken = this.tokens >= 1 ? 0 : (1 - this.tokens) / this.rate;
    return Math.ceil(Math.max(forToken, this.closedUntil - this.now()));
  }

  private fill(): void {
    const now = this.now();
    if (this.rate !== Infinity) {
      this.tokens = Math.min(this.burst, this.tokens + (now - this.filledAt) * this.rate);
    }
    this.filledAt = now;
  }
}
