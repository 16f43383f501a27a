import {
  CursorFormat, CursorIncrementalSpec, DEFAULT_FUTURE_TOLERANCE_MS, isNumeric, NANOSECONDS_PER_MS, parseBound, parseCursor, Position,
  renderCursor, TokenTarget,
} from '../../../src/spec';
import { ExtractorError } from '../errors';
import { PageRequest } from '../http';
import { BoundaryKeys, MAX_BOUNDARY_KEYS } from './boundary-keys';
import type { IncrementStart } from './create-increment';
import { Increment } from './increment';
import { CursorProgress, Watermark, watermarkOf } from './watermark';
import { putValue, RequestValue } from '../paginate/put-value';
import { RecordKey } from '../record-key';
import { scalarText } from '../scan/field-reader';

interface Seen {
  readonly value: bigint;
  readonly text: string;
}

/**
 * Reads the records whose cursor is at or above the watermark, less a lag. The bound is inclusive, since more
 * records may come at the same value; those stored already are known by their keys.
 */
export class CursorIncrement implements Increment {
  readonly exhausted = false;
  readonly commitsOnTheWay: boolean;
  stopped = false;
  private readonly format: CursorFormat;
  private readonly lag: bigint;
  private readonly record: RecordKey;
  private readonly since: Watermark | null;
  /** What earlier runs stored at and near the watermark. Never pruned while the run lasts: any of it may come again. */
  private readonly before: BoundaryKeys;
  private readonly during: BoundaryKeys;
  /** Below this nothing is wanted. */
  private readonly low: bigint | undefined;
  /** From here on nothing is wanted. */
  private readonly high: bigint | undefined;
  private top: Seen | undefined;
  private last: bigint | undefined;
  private future = 0;
  /** Of the page under way. */
  private page = this.emptyPage(0);

  constructor(private readonly spec: CursorIncrementalSpec, private readonly key: readonly string[], private readonly start: IncrementStart) {
    this.format = spec.format ?? 'iso8601';
    this.commitsOnTheWay = spec.order === 'ascending';
    const { range } = start;
    this.lag = range ? 0n : BigInt(spec.lag ?? 0) * (this.format === 'integer' ? 1n : NANOSECONDS_PER_MS);
    this.record = new RecordKey(key, [spec.path]);
    const resumed = start.resumed as unknown as CursorProgress | undefined;
    this.since = resumed ? resumed.since : watermarkOf(start.base, spec, this.format);
    const seen = resumed?.seen ?? this.since;
    this.before = BoundaryKeys.fromJSON(this.since?.keys ?? {});
    this.during = BoundaryKeys.fromJSON(resumed?.seen?.keys ?? {});
    this.top = this.seenAt(seen?.cursor);
    const from = this.seenAt(this.since?.cursor)?.value;
    this.low = from !== undefined ? from - this.lag : range ? parseBound(this.format, range.from) : this.seenAt(spec.start)?.value;
    this.high = range && parseBound(this.format, range.to);
  }

  prepare(base: PageRequest): PageRequest {
    const { target, endTarget } = this.spec;
    return this.put(this.put(base, target, this.low, 'incremental.target'), endTarget, this.high, 'incremental.endTarget');
  }

  beginPage(page: number): void {
    this.page = this.emptyPage(page);
  }

  isNew(buffer: Buffer, start: number, end: number, record: number): boolean {
    const { page, spec, low, high } = this;
    if (page.stop) {
      return false;
    }
    const texts = this.record.read(buffer, start, end);
    const seen = this.readCursor(texts[this.key.length], record);
    this.checkOrder(seen, record);
    page.last = seen.value;
    const below = low !== undefined && seen.value < low;
    if (below || (high !== undefined && seen.value >= high)) {
      page.stop = spec.order === (below ? 'descending' : 'ascending');
      return false;
    }
    const digest = this.record.digest(texts, { page: page.number, record }, String(seen.value));
    if (this.before.has(digest) || this.during.has(digest) || page.keys.has(digest)) {
      return false;
    }
    this.note(digest, seen);
    return true;
  }

  acceptPage(): void {
    const { page } = this;
    this.top = page.top;
    this.last = page.last;
    this.future += page.future;
    this.during.addAll(page.keys);
    this.during.trim(this.lowest(this.top));
    this.stopped = page.stop;
  }

  nextWalk(): boolean {
    return false;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const progress: CursorProgress = { since: this.since, seen: this.seen() };
    return { ...progress };
  }

  watermark(): Position {
    return { ...this.seen() };
  }

  warnings(): string[] {
    const kept = this.merged();
    return [
      ...(this.future > 0 ? [`${this.future} records have a ${this.spec.path} in the future: they are stored, and the watermark does not follow them`] : []),
      ...(kept.dropped > 0 ? [`${MAX_BOUNDARY_KEYS + kept.dropped} records stand at ${this.spec.path}'s watermark or within its lag: `
        + `of ${kept.dropped} the next run cannot tell that they are stored, and may store them again`] : []),
    ];
  }

  private put(base: PageRequest, target: TokenTarget | undefined, value: bigint | undefined, property: string): PageRequest {
    const { format, since, spec } = this;
    if (target === undefined || value === undefined) {
      return base;
    }
    const text = since?.cursor ?? spec.start ?? '';
    // Sent as the API wrote it wherever that is possible: some take only their own digits.
    const asWritten = format !== 'date' && value === parseCursor(format, text);
    return putValue(base, target, requestValue(format, asWritten ? text : renderCursor(format, value, text)), property);
  }

  private emptyPage(number: number) {
    return { number, keys: new BoundaryKeys(), top: this.top, last: this.last, future: 0, stop: false };
  }

  private seenAt(text: string | null | undefined): Seen | undefined {
    const value = text === null || text === undefined ? undefined : parseCursor(this.format, text);
    return value === undefined ? undefined : { value, text: text! };
  }

  private readCursor(json: string | undefined, record: number): Seen {
    const text = scalarText(json);
    if (text === undefined) {
      throw this.fault('CURSOR_MISSING', record, `the cursor ${this.spec.path} is ${json?.slice(0, 60) ?? 'missing'}`, 'name a field that every record has');
    }
    const seen = this.seenAt(text);
    if (seen === undefined) {
      throw this.fault('CURSOR_INVALID', record, `the cursor ${this.spec.path} is ${json!.slice(0, 60)}, which is not of the format ${this.format}`, 'correct incremental.format');
    }
    return seen;
  }

  private checkOrder({ value, text }: Seen, record: number): void {
    const { last } = this.page;
    const { order } = this.spec;
    if (last !== undefined && ((order === 'ascending' && value < last) || (order === 'descending' && value > last))) {
      throw this.fault('CURSOR_BACKWARDS', record, `the cursor ${this.spec.path} is "${text.slice(0, 60)}", which breaks the ${order} order that the source declares`,
        'ask the API for that order, or declare the order unknown');
    }
  }

  private note(digest: string, seen: Seen): void {
    const { page } = this;
    if (this.isFuture(seen.value)) {
      page.future++;
    } else if (page.top === undefined || seen.value > page.top.value) {
      page.top = seen;
    }
    const low = this.lowest(page.top);
    if (low === undefined || seen.value >= low) {
      page.keys.add(digest, seen.value);
      page.keys.trim(low);
    }
  }

  private isFuture(value: bigint): boolean {
    const limit = BigInt(Math.floor(this.start.now()) + (this.spec.futureToleranceMs ?? DEFAULT_FUTURE_TOLERANCE_MS)) * NANOSECONDS_PER_MS;
    return this.format !== 'integer' && value > limit;
  }

  /** The lowest value that a run from this watermark reads. */
  private lowest(top: Seen | undefined): bigint | undefined {
    return top === undefined ? undefined : top.value - this.lag;
  }

  private merged(): BoundaryKeys {
    const keys = new BoundaryKeys();
    keys.addAll(this.before);
    keys.addAll(this.during);
    keys.prune(this.lowest(this.top));
    return keys;
  }

  private seen(): Watermark {
    return { path: this.spec.path, format: this.format, cursor: this.top?.text ?? null, keys: this.merged().toJSON() };
  }

  private fault(code: string, record: number, what: string, fix: string): ExtractorError {
    const page = this.page.number;
    return new ExtractorError(code, `page ${page}, record ${record}: ${what}; ${fix}`, { retryable: false, details: { page, record, path: this.spec.path } });
  }
}

function requestValue(format: CursorFormat, text: string): RequestValue {
  return isNumeric(format) ? (/^-?\d+$/.test(text) ? BigInt(text) : Number(text)) : text;
}
