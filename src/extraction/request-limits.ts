import { Duration, Size } from 'aws-cdk-lib';
import { DEFAULT_LIMITS, DEFAULT_RETRY, DEFAULT_TIMEOUTS } from '../spec/defaults';
import { LimitSpec, RetrySpec, TimeoutSpec } from '../spec/source-spec';

/** How a page is asked for again. Timeouts, throttling and the server's own faults are; other errors are not. */
export interface RetryOptions {
  /**
   * Attempts for one page, the first included.
   *
   * @default 6
   */
  readonly maxAttempts?: number;

  /**
   * Base of the exponential backoff; every wait is random below its ceiling.
   *
   * @default Duration.millis(500)
   */
  readonly baseDelay?: Duration;

  /**
   * Ceiling of one wait. A longer `Retry-After` of the API is obeyed by ending the call and going on later.
   *
   * @default Duration.seconds(30)
   */
  readonly maxDelay?: Duration;
}

/** How long a request may take. */
export interface TimeoutOptions {
  /**
   * To connect, TLS included.
   *
   * @default Duration.seconds(10)
   */
  readonly connect?: Duration;

  /**
   * Until the first byte of the answer.
   *
   * @default Duration.seconds(60)
   */
  readonly firstByte?: Duration;

  /**
   * Silence in the middle of an answer.
   *
   * @default Duration.seconds(30)
   */
  readonly idle?: Duration;

  /**
   * For a page as a whole.
   *
   * @default Duration.seconds(600)
   */
  readonly total?: Duration;
}

/** How much the extractor accepts and writes at once. */
export interface LimitOptions {
  /**
   * Longest record. Athena reads no longer one.
   *
   * @default Size.mebibytes(32)
   */
  readonly maxRecordSize?: Size;

  /**
   * Compressed size at which an object is cut.
   *
   * @default Size.mebibytes(16)
   */
  readonly partSize?: Size;
}

/** What differs from the defaults; undefined when nothing does. */
export function renderRetry(options: RetryOptions = {}): RetrySpec | undefined {
  return difference({
    maxAttempts: options.maxAttempts,
    baseDelayMs: options.baseDelay?.toMilliseconds(),
    maxDelayMs: options.maxDelay?.toMilliseconds(),
  }, DEFAULT_RETRY);
}

/** What differs from the defaults; undefined when nothing does. */
export function renderTimeouts(options: TimeoutOptions = {}): TimeoutSpec | undefined {
  return difference({
    connectMs: options.connect?.toMilliseconds(),
    firstByteMs: options.firstByte?.toMilliseconds(),
    idleMs: options.idle?.toMilliseconds(),
    totalMs: options.total?.toMilliseconds(),
  }, DEFAULT_TIMEOUTS);
}

/** What differs from the defaults; undefined when nothing does. */
export function renderLimits(options: LimitOptions = {}): LimitSpec | undefined {
  return difference({
    maxRecordBytes: options.maxRecordSize?.toBytes(),
    partBytes: options.partSize?.toBytes(),
  }, DEFAULT_LIMITS);
}

function difference<T extends Record<string, number | undefined>>(given: T, defaults: Readonly<Record<string, number>>): T | undefined {
  const entries = Object.entries(given).filter(([name, value]) => value !== undefined && value !== defaults[name]);
  return entries.length > 0 ? Object.fromEntries(entries) as T : undefined;
}
