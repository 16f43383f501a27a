import { LimitOptions, RetryOptions, TimeoutOptions } from './request-limits';
import { DEFAULT_LIMITS, DEFAULT_RETRY, DEFAULT_TIMEOUTS } from '../spec/defaults';
import { LimitSpec, RetrySpec, TimeoutSpec } from '../spec/source-spec';

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
    maxResponseBytes: options.maxResponseSize?.toBytes(),
    maxDecompressionRatio: options.maxDecompressionRatio,
  }, DEFAULT_LIMITS);
}

function difference<T extends Record<string, number | undefined>>(given: T, defaults: Readonly<Record<string, number>>): T | undefined {
  const entries = Object.entries(given).filter(([name, value]) => value !== undefined && value !== defaults[name]);
  return entries.length > 0 ? Object.fromEntries(entries) as T : undefined;
}
