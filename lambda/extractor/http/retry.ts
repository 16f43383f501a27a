import { setTimeout as sleepFor } from 'node:timers/promises';
import { DEFAULT_RETRY } from '../../../src/spec/defaults';
import { RetrySpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';

export interface RetryOptions {
  readonly retry?: RetrySpec;
  /** Milliseconds that may still be spent waiting. */
  timeLeftMs(): number;
  /** In [0, 1). @default Math.random */
  random?(): number;
  sleep?(ms: number): Promise<unknown>;
  /** Called before each wait; `attempt` is the one that failed, from 1. */
  onRetry?(error: ExtractorError, delayMs: number, attempt: number): void;
}

/**
 * Wait after the given failed attempt (from 1): exponential with full jitter, so that clients that failed
 * together do not come back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(attempt: number, retry: { baseDelayMs: number; maxDelayMs: number }, random: number): number {
  return Math.floor(random * Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** (attempt - 1)));
}

/**
 * Runs `attempt` (numbered from 1) until it succeeds, fails for good, or has used its attempts. A wait never
 * ends before the server's Retry-After; one longer than the time left is thrown as RETRY_LATER, which names the seconds.
 */
export async function withRetry<T>(attempt: (n: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const retry = { ...DEFAULT_RETRY, ...options.retry };
  const { random = Math.random, sleep = sleepFor } = options;
  for (let n = 1; ; n++) {
    try {
      return await attempt(n);
    } catch (error) {
      if (!(error instanceof ExtractorError) || !error.retryable) {
        throw error;
      }
      if (n >= retry.maxAttempts) {
        throw exhausted(error, n);
      }
      const delayMs = Math.max(retryDelayMs(n, retry, random()), (error.retryAfterSeconds ?? 0) * 1000);
      if (delayMs > options.timeLeftMs()) {
        throw later(error, delayMs);
      }
      options.onRetry?.(error, delayMs, n);
      await sleep(delayMs);
    }
  }
}

function exhausted(error: ExtractorError, attempts: number): ExtractorError {
  return new ExtractorError(error.code, `${error.message} (after ${attempts} attempts; retry.maxAttempts)`,
    { retryable: true, retryAfterSeconds: error.retryAfterSeconds, details: { ...error.details, attempts }, cause: error });
}

function later(error: ExtractorError, delayMs: number): ExtractorError {
  const seconds = Math.ceil(delayMs / 1000);
  return new ExtractorError('RETRY_LATER', `to be tried again in ${seconds} s, which is more than the time left: ${error.message}`,
    { retryable: true, retryAfterSeconds: seconds, details: { ...error.details, code: error.code }, cause: error });
}
