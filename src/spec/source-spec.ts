import { AuthSpec } from './auth-spec';

export type { AuthSpec, SecretSpec } from './auth-spec';

/**
 * The source spec: what a construct renders and the extractor reads, as JSON in the function's
 * environment (`SOURCE_SPEC`). Endpoint and bucket travel beside it, as `API_URL` and
 * `DATA_BUCKET_NAME`. What is left out takes the value in `defaults.ts`. Secrets never stand in it.
 */
export interface SourceSpec {
  /** Version of this contract. */
  readonly version: typeof SOURCE_SPEC_VERSION;
  /** Name of the source: `[a-z][a-z0-9_]*`, also the name of its table. */
  readonly source: string;
  /** JSONPath of the array (or single object) that holds the records. */
  readonly records: string;
  readonly request?: RequestSpec;
  readonly auth?: AuthSpec;
  readonly pagination?: PaginationSpec;
  readonly writeMode?: WriteModeSpec;
  readonly retry?: RetrySpec;
  readonly timeouts?: TimeoutSpec;
  readonly limits?: LimitSpec;
  readonly network?: NetworkSpec;
}

export const SOURCE_SPEC_VERSION = 1;

export interface RequestSpec {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON body of a POST. */
  readonly body?: unknown;
}

/** Where a page's token is put in the next request. */
export interface TokenTarget {
  readonly in: 'query' | 'header' | 'body';
  /** In a body also a JSONPath: `$.variables.after`. */
  readonly name: string;
}

/** Bounds and end conditions that every paginator knows. */
export interface PaginationEnd {
  /** Stop after this many pages of a run. */
  readonly maxPages?: number;
  /** JSONPath of a boolean outside the records: false ends the run. */
  readonly hasMore?: string;
}

export type PaginationSpec =
  | { readonly type: 'none' }
  | (PaginationEnd & {
    readonly type: 'pageNumber';
    readonly param: string;
    readonly start?: number;
    readonly sizeParam?: string;
    readonly size?: number;
  })
  | (PaginationEnd & {
    readonly type: 'offset';
    readonly param: string;
    readonly start?: number;
    readonly limitParam?: string;
    readonly limit?: number;
  })
  | (PaginationEnd & {
    readonly type: 'cursor';
    /** Where the token is read: a JSONPath outside the records, or a response header. */
    readonly token: { readonly path: string } | { readonly header: string };
    readonly target: TokenTarget;
  })
  | (PaginationEnd & { readonly type: 'linkHeader'; readonly rel?: string })
  | (PaginationEnd & { readonly type: 'nextUrl'; readonly path: string });

export interface WriteModeSpec {
  readonly type: 'snapshot' | 'append';
  /** Snapshot only: a run of zero records replaces the partition instead of failing. */
  readonly allowEmpty?: boolean;
}

export interface RetrySpec {
  /** Attempts for one page, the first included. */
  readonly maxAttempts?: number;
  /** Base of the exponential backoff with full jitter, in milliseconds. */
  readonly baseDelayMs?: number;
  /** Ceiling of one wait, in milliseconds. */
  readonly maxDelayMs?: number;
}

/** All in milliseconds. */
export interface TimeoutSpec {
  readonly connectMs?: number;
  readonly firstByteMs?: number;
  readonly idleMs?: number;
  readonly totalMs?: number;
}

/** Which private addresses may be reached. */
export interface NetworkSpec {
  /** Exact host names or addresses; all others must be on the public internet. */
  readonly allowedHosts?: readonly string[];
}

export interface LimitSpec {
  /** Longest record, in bytes. */
  readonly maxRecordBytes?: number;
  /** Size at which a part is cut, compressed, in bytes. */
  readonly partBytes?: number;
  /** Longest response, decompressed, in bytes. Left out: timeouts.totalMs alone bounds it. */
  readonly maxResponseBytes?: number;
  /** Bytes that may come out of one compressed byte, beyond the first 16 MiB. */
  readonly maxDecompressionRatio?: number;
}
