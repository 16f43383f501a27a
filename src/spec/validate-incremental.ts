import { parseCursor } from './cursor-value';
import { CursorFormat, CursorIncrementalSpec, TimeWindowSpec } from './incremental-spec';
import type { SourceSpec, TokenTarget } from './source-spec';
import { onePlaceProblems } from './validate-pagination';
import type { SpecProblem } from './validate-source-spec';

type Check = (ok: boolean, property: string, got: unknown, fix: string) => void;

const FORMATS: readonly CursorFormat[] = ['iso8601', 'date', 'epochSeconds', 'epochMilliseconds', 'integer'];
const ORDERS = ['unknown', 'ascending', 'descending'];
const DAY_MS = 86_400_000;

/** Everything that is wrong with a source's key and its way to read what is new. */
export function incrementalProblems(spec: SourceSpec): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const at: Check = (ok, property, got, fix) => {
    if (!ok) {
      problems.push({ property, got, fix });
    }
  };
  at(spec.key === undefined || spec.key.length > 0, 'key', spec.key, "name the fields that tell records apart, for example ['$.id'], or leave it out");
  spec.key?.forEach((path) => problems.push(...onePlaceProblems(path, 'key')));
  const { incremental, pagination } = spec;
  if (incremental === undefined) {
    return problems;
  }
  at(['cursor', 'timeWindow'].includes(incremental.type), 'incremental.type', incremental.type, "use 'cursor' or 'timeWindow'");
  at(spec.writeMode?.type !== 'snapshot', 'writeMode', 'snapshot with incremental',
    'a snapshot would replace the table by what is new: use WriteMode.append(), the default with incremental');
  const bounds = pagination?.type === undefined || pagination.type === 'none' ? {} : pagination;
  const bounded = ['maxPages', 'maxRecords'].filter((name) => name in bounds);
  if (incremental.type === 'timeWindow') {
    at(bounded.length === 0, 'pagination', bounded.join(), 'what a bound cuts off a window would never be read again: leave it out');
    windowProblems(incremental, spec, at);
  } else {
    at(bounded.length === 0 || incremental.order === 'ascending', 'pagination', bounded.join(),
      'what a bound cuts off would never be read again unless the order is ascending: declare it, or leave the bound out');
    problems.push(...onePlaceProblems(incremental.path, 'incremental.path'));
    cursorProblems(incremental, spec, at);
  }
  return problems;
}

function cursorProblems(cursor: CursorIncrementalSpec, spec: SourceSpec, at: Check): void {
  const format = cursor.format ?? 'iso8601';
  at(spec.key !== undefined, 'key', spec.key, "records at the watermark are read again: name the fields that tell records apart, for example ['$.id']");
  at(FORMATS.includes(format), 'incremental.format', format, `use one of ${FORMATS.join(', ')}`);
  at(cursor.order === undefined || ORDERS.includes(cursor.order), 'incremental.order', cursor.order, `use one of ${ORDERS.join(', ')}`);
  at(cursor.start === undefined || parseCursor(format, cursor.start) !== undefined, 'incremental.start', cursor.start, `write it in the cursor's format, ${format}`);
  at(cursor.lag === undefined || (Number.isSafeInteger(cursor.lag) && cursor.lag >= 0), 'incremental.lag', cursor.lag, 'use 0 or a whole number above it');
  at(cursor.futureToleranceMs === undefined || cursor.futureToleranceMs >= 0, 'incremental.futureTolerance', cursor.futureToleranceMs, 'use 0 or more');
  at(cursor.futureToleranceMs === undefined || format !== 'integer', 'incremental.futureTolerance', cursor.futureToleranceMs, 'integers have no future: leave it out');
  if (cursor.target) {
    targetProblems(cursor.target, 'incremental.target', spec, at);
  }
  if (cursor.endTarget) {
    targetProblems(cursor.endTarget, 'incremental.endTarget', spec, at);
    at(cursor.target !== undefined && !same(cursor.target, cursor.endTarget), 'incremental.endTarget', cursor.endTarget.name, 'name another place than target, which it needs');
  }
}

function windowProblems(window: TimeWindowSpec, spec: SourceSpec, at: Check): void {
  const start = parseCursor('iso8601', window.start);
  at(start !== undefined, 'incremental.start', window.start, 'write an ISO 8601 time such as 2026-01-01T00:00:00Z');
  at(Number.isSafeInteger(window.stepMs) && window.stepMs >= 1000, 'incremental.step', window.stepMs, 'use a second or more');
  at(window.endLagMs === undefined || window.endLagMs >= 0, 'incremental.endLag', window.endLagMs, 'use 0 or more');
  at(window.format === undefined || (FORMATS.includes(window.format) && (window.format as string) !== 'integer'), 'incremental.format', window.format,
    `use one of ${FORMATS.slice(0, -1).join(', ')}`);
  const days = window.format === 'date';
  at(!days || (window.stepMs % DAY_MS === 0 && (start ?? 0n) % (BigInt(DAY_MS) * 1_000_000n) === 0n), 'incremental.step', window.stepMs, 'dates have no hours: use whole days, from midnight UTC on');
  targetProblems(window.startTarget, 'incremental.startTarget', spec, at);
  targetProblems(window.endTarget, 'incremental.endTarget', spec, at);
  at(!same(window.startTarget, window.endTarget), 'incremental.endTarget', window.endTarget.name, 'name another place than startTarget');
}

function targetProblems(target: TokenTarget, property: string, spec: SourceSpec, at: Check): void {
  at(target.name !== '', property, target.name, 'name the parameter, header or body field that carries the value');
  at(target.in !== 'body' || spec.request?.form === undefined, property, 'a field of the body with a form', 'values go into JSON bodies only: send the value in the query');
  at(target.in !== 'body' || spec.request?.method === 'POST', property, 'a field of the body with GET', "set method to 'POST', or send the value in the query");
  const paging = spec.pagination && 'target' in spec.pagination ? spec.pagination.target : undefined;
  at(paging === undefined || !same(paging, target), property, target.name, 'the pages use this place: name another one');
}

const same = (a: TokenTarget, b: TokenTarget) => a.in === b.in && a.name === b.name;

