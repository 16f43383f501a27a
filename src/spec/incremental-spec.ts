import type { TokenTarget } from './source-spec';

/** How a cursor's values, or a window's bounds, are written. */
export type CursorFormat = 'iso8601' | 'date' | 'epochSeconds' | 'epochMilliseconds' | 'integer';

/** Reads what is new since the run before. */
export type IncrementalSpec = CursorIncrementalSpec | TimeWindowSpec;

export interface CursorIncrementalSpec {
  readonly type: 'cursor';
  /** JSONPath inside a record of the value that rises: a time of change, a sequence number. */
  readonly path: string;
  readonly format?: CursorFormat;
  /** Where the request carries the lowest value wanted; left out: the API is read whole, older records are left out. */
  readonly target?: TokenTarget;
  /** Where the requests of a backfill carry the end of their range; left out: they read on, and what is beyond is left out. */
  readonly endTarget?: TokenTarget;
  /** Lowest value of the first run. */
  readonly start?: string;
  /** So far back before the highest value seen each run starts: milliseconds, or a count for integers. */
  readonly lag?: number;
  readonly order?: 'unknown' | 'ascending' | 'descending';
  /** Values so far ahead of the clock do not move the watermark, in milliseconds. */
  readonly futureToleranceMs?: number;
}

export interface TimeWindowSpec {
  readonly type: 'timeWindow';
  /** ISO 8601: begin of the first window. */
  readonly start: string;
  readonly stepMs: number;
  readonly startTarget: TokenTarget;
  readonly endTarget: TokenTarget;
  readonly format?: Exclude<CursorFormat, 'integer'>;
  /** The last window ends so long before now, in milliseconds. */
  readonly endLagMs?: number;
  /** The API takes the end as part of the window: the bound sent is one step of the format earlier. */
  readonly inclusiveEnd?: boolean;
}

export const DEFAULT_FUTURE_TOLERANCE_MS = 300_000;
