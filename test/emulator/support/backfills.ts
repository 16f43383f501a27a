import { Answers, fails, payload, RESULT, Scenario } from './scenarios';

const ID = 'backfill-0123456789ab';
const window = (n: number) => ({ n, from: `2026-01-0${n + 1}T00:00:00Z`, to: `2026-01-0${n + 2}T00:00:00Z` });

/** A backfill whose windows are left to read; one after the other, so that what both interpreters do has one order. */
const left = (...windows: number[]): Answers => ({
  planBackfill: () => payload({ id: ID, scheduledTime: '2026-01-31T00:00:00Z', concurrency: 1, total: 6, windows: windows.map(window) }),
  sumUpBackfill: () => payload({ result: { ...RESULT, runId: ID } }),
});
const MISSING: Answers = { sumUpBackfill: () => payload({ problem: '1 of 6 windows are not read. Start it again: windows that are read are kept' }) };

const extracted = (runId: string, more: object = {}) => payload({ ...RESULT, runId, ...more });
/** What the function answers for windows by their number; the others are read at once. */
const windows = (answers: Record<number, (runId: string, nth: number) => unknown>): Answers => {
  return {
    'Extract (window)': ({ runId }, calls) => (answers[Number(runId.slice(-4))] ?? extracted)(runId, calls),
  };
};

/** Backfills of every kind, of a source with windows. */
export const backfillsOf = (source: string): Record<string, Scenario> => {
  const input = { source, backfill: { from: '2026-01-01T00:00:00Z', to: '2026-01-07T00:00:00Z' } };
  const backfill = (answers: Answers, reaches: string[], ends = 'SUCCEEDED'): Scenario => ({ input, answers, reaches, ends });
  return {
    'a backfill': backfill(left(0, 1, 2, 3, 4, 5), ['Extract (window)', 'The window is read', 'Sum up the windows', 'Publish metrics']),
    'a backfill that is resumed': backfill(left(2, 5), ['The window is read']),
    'a backfill of which nothing is left': backfill(left(), ['Sum up the windows', 'Publish metrics']),
    'a backfill of which one window fails': backfill({ ...left(0, 1, 2, 3, 4), ...windows({ 1: fails('HTTP_500') }), ...MISSING }, ['Note the failure', 'The window is read'], 'BACKFILL_INCOMPLETE'),
    'a backfill of which most windows fail': backfill({ ...left(0, 1, 2, 3, 4, 5), 'Extract (window)': fails('HTTP_401'), ...MISSING }, ['Note the failure'], 'BACKFILL_INCOMPLETE'),
    'a failure of a window that cannot be noted': backfill({ ...left(0), ...windows({ 0: fails('HTTP_500') }), 'Note the failure': fails('S3.S3Exception'), ...MISSING }, ['The window failed'], 'BACKFILL_INCOMPLETE'),
    'a window of several calls': backfill({
      ...left(0, 1), ...windows({ 0: (runId, nth) => extracted(runId, { done: nth === 2, pages: nth, ...nth === 1 && { retryAfterSeconds: 4.5 } }) }),
    }, ['Wait as the API asked (window)']),
    'a window without progress': backfill({ ...left(0), ...windows({ 0: (runId) => extracted(runId, { done: false }) }), ...MISSING }, ['No progress (window)'], 'BACKFILL_INCOMPLETE'),
    'a window without a run result': backfill({ ...left(0), ...windows({ 0: () => payload('done') }), ...MISSING }, ['No run result (window)'], 'BACKFILL_INCOMPLETE'),
    'a backfill that cannot be': backfill({ planBackfill: fails('BACKFILL_INVALID') }, ['Refused'], 'BACKFILL_INVALID'),
    'a backfill that contradicts itself': { input: { ...input, replay: 'stored-1' }, reaches: ['Invalid input'], ends: 'INPUT_INVALID' },
  };
};
