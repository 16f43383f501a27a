import { Duration, Size } from 'aws-cdk-lib';

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

  /**
   * Longest response, decompressed; a longer one fails the run. Responses are streamed: their length costs no memory.
   *
   * @default - none: the total timeout bounds it
   */
  readonly maxResponseSize?: Size;

  /**
   * How many bytes may come out of one compressed byte, beyond the first 16 MiB. Real records stay below 50; more is
   * what a decompression bomb looks like, and fails the run.
   *
   * @default 200
   */
  readonly maxDecompressionRatio?: number;
}
