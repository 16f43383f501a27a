import { NANOSECONDS_PER_MS, parseCursor, renderCursor } from './cursor-value';
import type { CursorFormat, IncrementalSpec } from './incremental-spec';

/** The part of a source that one run of a backfill reads: from here on, to there exclusively. ISO 8601 times, or integers. */
export interface BackfillRange {
  readonly from: string;
  readonly to: string;
}

/** What a person asks for. */
export interface BackfillRequest extends BackfillRange {
  /** Length of a window: `6h`, `P1D`; a count for integers. */
  readonly step: string;
  /** Windows under way at a time. @default DEFAULT_BACKFILL_CONCURRENCY */
  readonly concurrency?: number;
}

/** One run of a backfill. */
export interface BackfillWindow extends BackfillRange {
  /** Its place among the backfill's windows, from 1 on. */
  readonly n: number;
}

/** A request as it is kept: the same part of a source in the same steps reads the same, however it was written. */
export interface BackfillPlan {
  readonly from: string;
  readonly to: string;
  /** Milliseconds, or a count. */
  readonly step: number;
}

/** What the bounds of a source's windows are. */
export type BackfillUnit = 'time' | 'day' | 'integer';

export const BACKFILL_UNITS: readonly BackfillUnit[] = ['time', 'day', 'integer'];

export const DEFAULT_BACKFILL_CONCURRENCY = 4;
export const MAX_BACKFILL_CONCURRENCY = 40;

/** Their list is one variable of the workflow, which takes 256 KiB (AWS Step Functions developer guide, "Service quotas"). */
export const MAX_BACKFILL_WINDOWS = 2_000;

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DAY_MS = UNITS_MS.d;
const SHORT_STEP = /^(\d{1,9})([smhdw])$/;
const ISO_STEP = /^P(?:(\d{1,9})W|(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?)$/;

const BOUND_FIX: Readonly<Record<BackfillUnit, string>> = {
  time: 'write an ISO 8601 time in whole seconds, such as 2025-01-31 or 2025-01-31T06:00:00Z',
  day: 'write a date such as 2025-01-31: the source knows whole days, UTC',
  integer: 'write an integer',
};
const STEP_FIX: Readonly<Record<BackfillUnit, string>> = {
  time: 'write a length such as 6h, 1d, 1w or PT6H',
  day: 'write whole days, such as 1d or P7D',
  integer: 'write a count such as 10000',
};

/** What a backfill's bounds are; undefined for a source whose requests cannot ask for a part of it. */
export function backfillUnit(incremental: IncrementalSpec | undefined): BackfillUnit | undefined {
  if (incremental === undefined || (incremental.type === 'cursor' && incremental.target === undefined)) {
    return undefined;
  }
  return incremental.format === 'date' ? 'day' : incremental.format === 'integer' ? 'integer' : 'time';
}

/** A bound as a number that compares with the values of a cursor of this format. */
export const parseBound = (format: CursorFormat, text: string): bigint | undefined => parseCursor(format === 'integer' ? 'integer' : 'iso8601', text);

/** @returns what is wrong, as sentences, when it cannot be planned. */
export function planBackfill(request: BackfillRequest, unit: BackfillUnit, nowMs: number): BackfillPlan | readonly string[] {
  const problems: string[] = [];
  const [from, to] = [bound(request.from, 'from', unit, problems), bound(request.to, 'to', unit, problems)];
  const step = stepOf(request.step, unit, problems);
  const { concurrency = DEFAULT_BACKFILL_CONCURRENCY } = request;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_BACKFILL_CONCURRENCY) {
    problems.push(`concurrency: got ${JSON.stringify(concurrency)}; use 1 to ${MAX_BACKFILL_CONCURRENCY}`);
  }
  if (from === undefined || to === undefined || step === undefined) {
    return problems;
  }
  if (to <= from) {
    problems.push(`to: got ${JSON.stringify(request.to)}, which is not after from, ${JSON.stringify(request.from)}`);
  } else if (step > to - from) {
    problems.push(`step: got ${JSON.stringify(request.step)}, which is longer than from ${request.from} to ${request.to}`);
  } else if ((to - from + step - 1n) / step > BigInt(MAX_BACKFILL_WINDOWS)) {
    problems.push(`step: got ${JSON.stringify(request.step)}, which makes ${(to - from + step - 1n) / step} windows of at most ${MAX_BACKFILL_WINDOWS}: `
      + 'use a longer step, or several backfills');
  }
  if (unit !== 'integer' && to > BigInt(Math.floor(nowMs))) {
    problems.push(`to: got ${JSON.stringify(request.to)}, which lies ahead: what is not there yet cannot be read`);
  }
  return problems.length > 0
    ? problems
    : { from: textOf(from, unit), to: textOf(to, unit), step: Number(step) };
}

/** The windows of a backfill, in their order. */
export function backfillWindows(plan: BackfillPlan, unit: BackfillUnit): BackfillWindow[] {
  const [from, to] = [plan.from, plan.to].map((text) => bound(text, '', unit, [])!);
  const windows: BackfillWindow[] = [];
  for (let start = from; start < to; start += BigInt(plan.step)) {
    const end = start + BigInt(plan.step) < to ? start + BigInt(plan.step) : to;
    windows.push({ n: windows.length + 1, from: textOf(start, unit), to: textOf(end, unit) });
  }
  return windows;
}

const textOf = (value: bigint, unit: BackfillUnit): string => (unit === 'integer' ? String(value) : renderCursor('iso8601', value * NANOSECONDS_PER_MS));

/** Milliseconds since 1970, or the integer. */
function bound(text: unknown, property: string, unit: BackfillUnit, problems: string[]): bigint | undefined {
  const value = typeof text === 'string' && text.length <= 40 ? parseBound(unit === 'integer' ? 'integer' : 'iso8601', text) : undefined;
  const grid = unit === 'integer' ? 1n : BigInt(unit === 'day' ? DAY_MS : 1_000) * NANOSECONDS_PER_MS;
  if (value === undefined || value % grid !== 0n) {
    problems.push(`${property}: got ${JSON.stringify(text)}; ${BOUND_FIX[unit]}`);
    return undefined;
  }
  return unit === 'integer' ? value : value / NANOSECONDS_PER_MS;
}

function stepOf(text: unknown, unit: BackfillUnit, problems: string[]): bigint | undefined {
  const value = typeof text !== 'string' ? undefined : unit === 'integer' ? countOf(text) : durationMs(text);
  if (value === undefined || value === 0 || !Number.isSafeInteger(value) || (unit === 'day' && value % DAY_MS !== 0)) {
    problems.push(`step: got ${JSON.stringify(text)}; ${STEP_FIX[unit]}`);
    return undefined;
  }
  return BigInt(value);
}

const countOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

function durationMs(text: string): number | undefined {
  const short = SHORT_STEP.exec(text);
  if (short) {
    return Number(short[1]) * UNITS_MS[short[2]];
  }
  const iso = ISO_STEP.exec(text);
  return iso ? iso.slice(1).reduce((sum, part, i) => sum + Number(part ?? 0) * UNITS_MS['wdhms'[i]], 0) : undefined;
}
