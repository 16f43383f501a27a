/** What a source spec takes when it leaves a value out. The constructs' docstrings quote these numbers; a test compares them. */

export const DEFAULT_RETRY = { maxAttempts: 6, baseDelayMs: 500, maxDelayMs: 30_000 } as const;

export const DEFAULT_TIMEOUTS = { connectMs: 10_000, firstByteMs: 60_000, idleMs: 30_000, totalMs: 600_000 } as const;

/** AWS limits a record that Athena reads to 32 MB (Athena user guide, "Service quotas"). */
export const DEFAULT_LIMITS = { maxRecordBytes: 32 * 1024 * 1024, partBytes: 16 * 1024 * 1024, maxDecompressionRatio: 200 } as const;

/** Requests under way at a time: one after the other, unless a source says more. */
export const DEFAULT_CONCURRENCY = 1;
/** More would wait for each other on one core, and few APIs bear it. */
export const MAX_CONCURRENCY = 32;

/** Retried by default: timeouts, throttling and the server's own faults. */
export const RETRYABLE_STATUS: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/** The lease of a run, and the silence after a disturbed publish before a later one deletes. Overridden by environment variables. */
export const DEFAULT_LEASE_SECONDS = 90;
export const DEFAULT_QUIET_SECONDS = 60;
