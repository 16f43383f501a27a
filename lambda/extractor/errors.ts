export interface ExtractorErrorOptions {
  /** Whether the same call can succeed later without a change by a person. */
  readonly retryable: boolean;
  /** Where it happened: page, record, byte offset, status ... Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Earliest time for another try, when the API or the store named one. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one error of the extractor: `code` is stable, the message says what, where and how to fix it, already redacted. */
export class ExtractorError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;

  constructor(code: string, message: string, options: ExtractorErrorOptions) {
    super(message, { cause: options.cause });
    // Lambda reports the name as errorType, and Step Functions matches Retry and Catch on it.
    this.name = code;
    this.code = code;
    this.retryable = options.retryable;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
