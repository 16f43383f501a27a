import { NANOSECONDS_PER_MS, parseCursor, Position, renderCursor, TimeWindowSpec, isNumeric } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { PageRequest } from '../http';
import type { IncrementStart } from './create-increment';
import { Increment } from './increment';
import { putValue, RequestValue } from '../paginate/put-value';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** Times in ms since 1970. */
interface Window {
  /** All before this is read. */
  readonly from: number;
  readonly to: number;
  /** The run's last window ends here. */
  readonly limit: number;
}

/** Reads window after window of time, from where the run before ended to now less a lag. */
export class WindowIncrement implements Increment {
  readonly commitsOnTheWay = true;
  readonly stopped = false;
  private window: Window;

  constructor(private readonly spec: TimeWindowSpec, start: IncrementStart) {
    this.window = start.resumed as unknown as Window | undefined ?? this.firstWindow(start);
  }

  get exhausted(): boolean {
    return this.window.from >= this.window.limit;
  }

  prepare(base: PageRequest): PageRequest {
    const { startTarget, endTarget, inclusiveEnd } = this.spec;
    const { from, to } = this.window;
    const started = putValue(base, startTarget, this.bound(from), 'incremental.startTarget');
    return putValue(started, endTarget, this.bound(inclusiveEnd === true ? to - this.unitMs : to), 'incremental.endTarget');
  }

  beginPage(): void {}

  isNew(): boolean {
    return true;
  }

  acceptPage(): void {}

  nextWalk(): boolean {
    const { to, limit } = this.window;
    this.window = { from: to, to: Math.min(to + this.spec.stepMs, limit), limit };
    return !this.exhausted;
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return { ...this.window };
  }

  watermark(): Position {
    return { until: new Date(this.window.from).toISOString() };
  }

  warnings(): string[] {
    return [];
  }

  private firstWindow({ base, range, now }: IncrementStart): Window {
    const from = this.startOf(base, range?.from ?? this.spec.start);
    const grid = this.spec.format === 'date' ? DAY_MS : SECOND_MS;
    const limit = range ? msOf(range.to) : Math.floor((now() - (this.spec.endLagMs ?? 0)) / grid) * grid;
    return { from, to: Math.min(from + this.spec.stepMs, Math.max(from, limit)), limit };
  }

  private startOf(base: Position | null, first: string): number {
    if (base === null) {
      return msOf(first);
    }
    const onTheWay = base.incremental as Partial<Window> | undefined;
    const from = 'at' in base ? onTheWay?.from : Date.parse(String(base.until));
    if (from === undefined || Number.isNaN(from)) {
      throw new ExtractorError('WATERMARK_MISMATCH', "the state's watermark is of another kind than the source's time windows: give the source a new name to load it anew",
        { retryable: false });
    }
    return from;
  }

  /** The step of the format: coarser would lose records between two windows. */
  private get unitMs(): number {
    return { date: DAY_MS, epochSeconds: SECOND_MS, epochMilliseconds: 1, iso8601: 1 }[this.spec.format ?? 'iso8601'];
  }

  private bound(ms: number): RequestValue {
    const format = this.spec.format ?? 'iso8601';
    const text = renderCursor(format, BigInt(ms) * NANOSECONDS_PER_MS);
    return isNumeric(format) ? BigInt(text) : text;
  }
}

const msOf = (time: string) => Number(parseCursor('iso8601', time)! / NANOSECONDS_PER_MS);
