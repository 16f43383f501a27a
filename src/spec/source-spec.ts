import { AuthSpec } from './auth-spec';
import { ContractSpec } from './contract-spec';
import { IncrementalSpec } from './incremental-spec';
import { ParentSpec } from './parent-spec';
import { ResponseRuleSpec } from './response-rule-spec';
import { TransformSpec } from './transform-spec';

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
  /** JSONPath of the array (or single object) that holds the records; `$` for NDJSON and CSV. */
  readonly records: string;
  readonly format?: FormatSpec;
  readonly request?: RequestSpec;
  readonly auth?: AuthSpec;
  readonly pagination?: PaginationSpec;
  readonly incremental?: IncrementalSpec;
  /** The requests are sent once for every record of another source. */
  readonly parent?: ParentSpec;
  /** JSONPaths inside a record whose values together tell it from all others. */
  readonly key?: readonly string[];
  readonly writeMode?: WriteModeSpec;
  readonly retry?: RetrySpec;
  readonly timeouts?: TimeoutSpec;
  readonly limits?: LimitSpec;
  readonly network?: NetworkSpec;
  readonly responseRules?: readonly ResponseRuleSpec[];
  readonly rateLimit?: RateLimitSpec;
  /** Requests under way at a time. */
  readonly concurrency?: number;
  readonly transforms?: readonly TransformSpec[];
  readonly contract?: ContractSpec;
}

export const SOURCE_SPEC_VERSION = 1;

/** How the response's bytes are text: a label of the WHATWG Encoding Standard; left out, what Content-Type says, otherwise UTF-8. */
interface CharsetSpec {
  readonly charset?: string;
}

/** What a response is; left out, JSON. */
export type FormatSpec =
  | (CharsetSpec & { readonly type: 'json' })
  | (CharsetSpec & { readonly type: 'ndjson' })
  | (CharsetSpec & CsvSpec & { readonly type: 'csv' });

export interface CsvSpec {
  /** One ASCII character. Default: a comma. */
  readonly delimiter?: string;
  /** One ASCII character, or empty for none. Default: a double quote. */
  readonly quote?: string;
  /** False: the first line is a record, and `columns` names the fields. Default: true. */
  readonly header?: boolean;
  /** Names of the fields instead of the header's. */
  readonly columns?: readonly string[];
}

export interface RequestSpec {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON body of a POST. */
  readonly body?: unknown;
  /** Fields of a POST's form (`application/x-www-form-urlencoded`), instead of a JSON body. */
  readonly form?: Readonly<Record<string, string>>;
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
  /** Where a response tells how many records there are: the run ends when it has received as many. */
  readonly total?: { readonly path: string } | { readonly header: string };
  /** Stop after this many records of a run; the last page is cut at the record. */
  readonly maxRecords?: number;
}

export type PaginationSpec =
  | { readonly type: 'none' }
  | (PaginationEnd & {
    readonly type: 'pageNumber';
    readonly param: string;
    readonly start?: number;
    readonly sizeParam?: string;
    readonly size?: number;
    readonly stablePages?: boolean;
  })
  | (PaginationEnd & {
    readonly type: 'offset';
    readonly param: string;
    readonly start?: number;
    readonly limitParam?: string;
    readonly limit?: number;
    /** No record ever moves to another page: an interrupted run goes on with the next one. */
    readonly stablePages?: boolean;
  })
  | (PaginationEnd & {
    readonly type: 'cursor';
    /** Where the token is read: a JSONPath outside the records, or a response header. */
    readonly token: { readonly path: string } | { readonly header: string };
    readonly target: TokenTarget;
  })
  | (PaginationEnd & {
    readonly type: 'keyset';
    /** JSONPath inside a record: its value in a page's last record leads to the next page. */
    readonly field: string;
    readonly target: TokenTarget;
  })
  | (PaginationEnd & { readonly type: 'linkHeader'; readonly rel?: string })
  | (PaginationEnd & { readonly type: 'nextUrl'; readonly path: string });

export interface WriteModeSpec {
  readonly type: 'snapshot' | 'append';
  /** Snapshot only: a run of zero records replaces the partition instead of failing. */
  readonly allowEmpty?: boolean;
  /** Snapshot only: a run that maxPages or maxRecords cut short may replace a whole snapshot. */
  readonly allowCut?: boolean;
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

/** Requests that leave in a period, by a token bucket. */
export interface RateLimitSpec {
  readonly requests: number;
  readonly perMs: number;
  /** Requests that may leave at once. Default: 1. */
  readonly burst?: number;
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
