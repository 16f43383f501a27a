import { Duration } from 'aws-cdk-lib';
import { TokenPlace } from './pagination';
import { CursorFormat as FormatSpec, DEFAULT_FUTURE_TOLERANCE_MS, IncrementalSpec, TimeWindowSpec } from '../spec/incremental-spec';

/** What the extractor takes when the spec leaves these out. */
export const DEFAULT_CURSOR_FORMAT: FormatSpec = 'iso8601';
export const DEFAULT_CURSOR_ORDER = 'unknown';
export const DEFAULT_INCLUSIVE_END = false;

/** How an API writes the values of a cursor, or the bounds of a window. */
export enum CursorFormat {
  /** ISO 8601 times; one without a zone is UTC. Up to nanoseconds are compared. */
  ISO_8601 = 'iso8601',
  /** Requests carry dates, `2026-11-23`; records may hold whole times. */
  DATE = 'date',
  /** Seconds since 1970, with or without a fraction. */
  EPOCH_SECONDS = 'epochSeconds',
  /** Milliseconds since 1970. */
  EPOCH_MILLISECONDS = 'epochMilliseconds',
  /** Integers of any length: sequence numbers, ids. */
  INTEGER = 'integer',
}

/** In which order an API sends the records. */
export enum CursorOrder {
  /** Any. The watermark moves when a run is at its end. */
  UNKNOWN = 'unknown',
  /** From old to new. A long run commits on its way. A record out of order is an error. */
  ASCENDING = 'ascending',
  /** From new to old. A run stops at the first record below the watermark. A record out of order is an error. */
  DESCENDING = 'descending',
}

/** What a source reads by a value that rises. */
export interface CursorIncrementalOptions {
  /** JSONPath inside a record of the value that rises, such as `$.updated_at`. A record without it is an error. */
  readonly path: string;

  /**
   * Where requests carry the lowest value wanted. It is inclusive: records at the watermark come again and are
   * left out by the source's `key`.
   *
   * @default - the API is read whole, and records below the watermark are left out
   */
  readonly target?: TokenPlace;

  /**
   * Where the requests of a backfill carry the value at which their range ends. Records from it on are left out in any case.
   *
   * @default - requests of a backfill read on from the begin of their range
   */
  readonly endTarget?: TokenPlace;

  /**
   * Lowest value of the first run, in the cursor's format.
   *
   * @default - everything
   */
  readonly start?: string;

  /**
   * How far before the highest value seen each run starts, for records that come late. What was stored before is
   * left out by the source's `key`, for up to 10,000 records.
   *
   * @default Duration.seconds(0)
   */
  readonly lag?: Duration;

  /**
   * The same for integers, as a count.
   *
   * @default 0
   */
  readonly lagCount?: number;

  /**
   * In which order the API sends the records.
   *
   * @default CursorOrder.UNKNOWN
   */
  readonly order?: CursorOrder;

  /**
   * How the values are written.
   *
   * @default CursorFormat.ISO_8601
   */
  readonly format?: CursorFormat;

  /**
   * Records so far ahead of the clock are stored, but the watermark does not follow them: one wrong year would
   * hide everything until then. Not for integers.
   *
   * @default Duration.minutes(5)
   */
  readonly futureTolerance?: Duration;
}

/** What a source reads window by window. */
export interface TimeWindowIncrementalOptions {
  /** Begin of the first window, ISO 8601. */
  readonly start: string;

  /** Length of a window. Each is read page by page and committed. */
  readonly step: Duration;

  /** Where requests carry a window's begin. */
  readonly startTarget: TokenPlace;

  /** Where requests carry a window's end. */
  readonly endTarget: TokenPlace;

  /**
   * How the bounds are written; not as integers.
   *
   * @default CursorFormat.ISO_8601
   */
  readonly format?: CursorFormat;

  /**
   * How long before now the last window ends, for records that come late: a window is read once.
   *
   * @default Duration.seconds(0)
   */
  readonly endLag?: Duration;

  /**
   * The API takes the end as part of the window: the bound sent is a millisecond earlier (a second or a day, where
   * the format has no less), so that no record comes twice. Not for APIs whose times are finer than that: what lies
   * between two windows would be lost.
   *
   * @default false
   */
  readonly inclusiveEnd?: boolean;
}

/** Reads only what is new since the run before. The write mode is then `WriteMode.append()`. */
export class Incremental {
  /** By a value that rises in each record. Needs the source's `key`. */
  static cursor(options: CursorIncrementalOptions): Incremental {
    const { format = DEFAULT_CURSOR_FORMAT as CursorFormat, order = DEFAULT_CURSOR_ORDER as CursorOrder } = options;
    const tolerance = options.futureTolerance?.toMilliseconds();
    const lag = format === CursorFormat.INTEGER ? options.lagCount : options.lag?.toMilliseconds();
    const misplaced = format === CursorFormat.INTEGER ? options.lag !== undefined : options.lagCount !== undefined;
    return new Incremental(compact({
      type: 'cursor',
      path: options.path,
      format: format === DEFAULT_CURSOR_FORMAT ? undefined : format,
      target: options.target?._spec,
      endTarget: options.endTarget?._spec,
      start: options.start,
      lag: lag === 0 ? undefined : lag,
      order: order === DEFAULT_CURSOR_ORDER ? undefined : order,
      futureToleranceMs: tolerance === DEFAULT_FUTURE_TOLERANCE_MS ? undefined : tolerance,
    }), misplaced ? 'lag is a time and for times, lagCount is for integers' : undefined);
  }

  /** By windows of time that the API filters by itself; the records need no such field. */
  static timeWindow(options: TimeWindowIncrementalOptions): Incremental {
    const { format = DEFAULT_CURSOR_FORMAT as CursorFormat, inclusiveEnd = DEFAULT_INCLUSIVE_END } = options;
    const endLag = options.endLag?.toMilliseconds();
    return new Incremental(compact({
      type: 'timeWindow',
      start: options.start,
      stepMs: options.step.toMilliseconds(),
      startTarget: options.startTarget._spec,
      endTarget: options.endTarget._spec,
      format: format === DEFAULT_CURSOR_FORMAT ? undefined : format as TimeWindowSpec['format'],
      endLagMs: endLag === 0 ? undefined : endLag,
      inclusiveEnd: inclusiveEnd === DEFAULT_INCLUSIVE_END ? undefined : inclusiveEnd,
    }));
  }

  private constructor(
    private readonly spec: IncrementalSpec,
    /**
     * What is wrong with the options.
     *
     * @internal
     */
    readonly _problem?: string,
  ) {}

  /** @internal */
  _render(): IncrementalSpec {
    return this.spec;
  }
}

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
