import { BackfillPlan, BackfillRequest, BackfillUnit, backfillUnit, backfillWindows, MAX_BACKFILL_WINDOWS, planBackfill } from '../../../src/spec';

const NOW = Date.parse('2026-11-23T12:00:00Z') + 0.25; // a clock tells parts of a millisecond
const request = (changes: Partial<BackfillRequest> = {}): BackfillRequest => ({ from: '2026-01-01', to: '2026-01-04', step: '1d', ...changes });
const plan = (changes: Partial<BackfillRequest> = {}, unit: BackfillUnit = 'time') => planBackfill(request(changes), unit, NOW);
const windows = (...args: Parameters<typeof plan>) => backfillWindows(plan(...args) as BackfillPlan, args[1] ?? 'time');

test('windows follow each other from the begin to the end, the last one as long as is left', () => {
  expect(windows({ to: '2026-01-02T06:00:00Z', step: '12h' })).toEqual([
    { n: 1, from: '2026-01-01T00:00:00Z', to: '2026-01-01T12:00:00Z' },
    { n: 2, from: '2026-01-01T12:00:00Z', to: '2026-01-02T00:00:00Z' },
    { n: 3, from: '2026-01-02T00:00:00Z', to: '2026-01-02T06:00:00Z' },
  ]);
});

test('the same part in the same steps reads the same, however it was written', () => {
  expect(plan({ from: '2026-01-01T01:00:00+01:00', step: 'P1D' })).toEqual(plan());
  expect(plan({ step: '24h' })).toEqual(plan());
  expect(plan({ step: 'PT23H60M' })).toEqual(plan());
});

test('integers are not rounded', () => {
  expect(windows({ from: '9007199254740993', to: '9007199254741000', step: '5' }, 'integer')).toEqual([
    { n: 1, from: '9007199254740993', to: '9007199254740998' }, { n: 2, from: '9007199254740998', to: '9007199254741000' },
  ]);
});

test('the longest list of windows fits the variable of the workflow', () => {
  const times = windows({ from: '2020-01-01', to: '2025-06-23', step: '1d' });
  expect(times.length).toBeGreaterThan(1_990);
  const end = 10n ** 38n;
  const integers = windows({ from: String(end - 2_000n), to: String(end), step: '1' }, 'integer');
  expect(integers).toHaveLength(MAX_BACKFILL_WINDOWS);
  expect(Math.max(JSON.stringify(times).length, JSON.stringify(integers).length)).toBeLessThan(256 * 1024 - 4096);
});

test.each<[string, Partial<BackfillRequest>, BackfillUnit, RegExp]>([
  ['an end before the begin', { from: '2026-01-04', to: '2026-01-01' }, 'time', /^to: got "2026-01-01", which is not after from, "2026-01-04"/],
  ['an end at the begin', { to: '2026-01-01' }, 'time', /not after from/],
  ['a step longer than the range', { step: '4d' }, 'time', /^step: got "4d", which is longer/],
  ['too many windows', { from: '2020-01-01', step: '1m' }, 'time', /makes \d+ windows of at most 2000/],
  ['an end that lies ahead', { to: '2027-01-01', step: '30d' }, 'time', /lies ahead/],
  ['a begin that is no time', { from: 'last week' }, 'time', /^from: got "last week"; write an ISO 8601 time/],
  ['a day that does not exist', { from: '2026-02-30' }, 'time', /^from: got "2026-02-30"/],
  ['a part of a second', { from: '2026-01-01T00:00:00.5Z' }, 'time', /whole seconds/],
  ['a part of a day, for a source of dates', { from: '2026-01-01T06:00:00Z' }, 'day', /whole days/],
  ['a step of hours, for a source of dates', { step: '6h' }, 'day', /^step: got "6h"; write whole days/],
  ['a step that is no length', { step: '1 day' }, 'time', /^step: got "1 day"; write a length/],
  ['a step of months', { step: 'P1M' }, 'time', /^step: got "P1M"/],
  ['an empty length', { step: 'P' }, 'time', /^step: got "P"/],
  ['a step of nothing', { step: '0d' }, 'time', /^step: got "0d"/],
  ['a time for a source of integers', {}, 'integer', /^from: got "2026-01-01"; write an integer/],
  ['no concurrency', { concurrency: 0 }, 'time', /^concurrency: got 0; use 1 to 40/],
])('fails for %s', (_, changes, unit, message) => {
  const problems = plan(changes, unit);
  expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
});

test('a source can be backfilled whose requests can ask for a part of it', () => {
  const place = { in: 'query', name: 'p' } as const;
  const timeWindow = { type: 'timeWindow', start: '2026-01-01', stepMs: 1000, startTarget: place, endTarget: place } as const;
  const cursor = { type: 'cursor', path: '$.at', target: place } as const;
  expect(backfillUnit(timeWindow)).toBe('time');
  expect(backfillUnit({ ...timeWindow, format: 'date' })).toBe('day');
  expect(backfillUnit(cursor)).toBe('time');
  expect(backfillUnit({ ...cursor, format: 'integer' })).toBe('integer');
  expect(backfillUnit({ ...cursor, target: undefined })).toBeUndefined();
  expect(backfillUnit(undefined)).toBeUndefined();
});
