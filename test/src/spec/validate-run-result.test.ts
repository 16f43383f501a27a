import { completeRunResult, runResultProblems } from '../../../src/spec';

const ASKED = { source: 'rates', runId: 'run-1' };
const GOOD = { runId: 'run-1', done: true, records: 2, bytes: 60, partition: 'ingestion_date=2025-02-28' };

const problemsWith = (more: object) => runResultProblems({ ...GOOD, ...more }, ASKED);

test('the least that a function must answer is enough, and what it left out is filled in', () => {
  expect(runResultProblems(GOOD, ASKED)).toEqual([]);
  expect(completeRunResult(GOOD, ASKED)).toEqual({ ...GOOD, source: 'rates', quarantined: 0, parts: 0, pages: 0, schemaChanged: true, schemaHash: '' });
});

test('what it does answer stays', () => {
  const full = { ...GOOD, source: 'rates', schemaChanged: false, schemaHash: 'h', pages: 3, parts: 1, quarantined: 1, skipped: 2, retryAfterSeconds: 0.5, warnings: ['slow'] };
  expect(runResultProblems(full, ASKED)).toEqual([]);
  expect(completeRunResult(full, ASKED)).toEqual(full);
});

test.each<[string, object, RegExp]>([
  ['runId', { runId: undefined }, /answer the run id of the call, "run-1"/],
  ['runId', { runId: 'another' }, /answer the run id of the call/],
  ['done', { done: undefined }, /true when all is written, false to be called again/],
  ['done', { done: 'true' }, /true when/],
  ['records', { records: -1 }, /whole number, 0 or more/],
  ['records', { records: '2' }, /whole number/],
  ['bytes', { bytes: 1.5 }, /whole number/],
  ['partition', { partition: undefined }, /the partition below raw\/rates\/ that the run writes, as "ingestion_date=YYYY-MM-DD"/],
  ['partition', { partition: 'raw/orders/ingestion_date=2025-02-28' }, /below raw\/rates\//],
  ['partition', { partition: 'ingestion_date=2025-02-29' }, /ingestion_date=YYYY-MM-DD/],
  ['partition', { partition: 'ingestion_date=2025-13-01' }, /ingestion_date=YYYY-MM-DD/],
  ['partition', { partition: 'ingestion_date=2025-02-28/x' }, /ingestion_date=YYYY-MM-DD/],
  ['source', { source: 'orders' }, /answer "rates", the source that was asked for/],
  ['retryAfterSeconds', { retryAfterSeconds: NaN }, /use seconds/],
  ['schemaChanged', { schemaChanged: 'no' }, /use true where the columns differ/],
  ['warnings', { warnings: 'slow' }, /a list of texts/],
])('a wrong %s is found: %j', (property, more, fix) => {
  expect(problemsWith(more)).toEqual([{ property, got: (more as Record<string, unknown>)[property], fix: expect.stringMatching(fix) }]);
});

test('all that is wrong is told at once', () => {
  expect(problemsWith({ done: undefined, records: null, partition: 1 }).map(({ property }) => property)).toEqual(['done', 'records', 'partition']);
});

test.each([[undefined], [null], ['done'], [[GOOD]], [7]])('%j is no answer', (answer) => {
  expect(runResultProblems(answer, ASKED)).toEqual([{ property: 'answer', got: answer, fix: 'answer an object: { runId, done, records, bytes, partition }' }]);
});
