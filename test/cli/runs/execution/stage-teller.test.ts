import { Event } from '../../../../cli/render/events';
import { StageTeller, TableNews } from '../../../../cli/runs/execution/stage-teller';
import { HistoryEvent } from '../../../../cli/workflow';

const STEPS = new Map([['E', 'extract'], ['C', 'catalogue'], ['N', 'claim'], ['Q', 'quality'], ['T', 'transforms']]);
const RESULT = { source: 'users', runId: 'r', records: 2000, pages: 4, bytes: 160_000, warnings: ['a value was odd'] };

function told(...history: object[]): Event[] {
  const events: Event[] = [];
  const table = { text: 'table lake.users created' } as TableNews;
  const teller = new StageTeller({ source: 'users', runId: 'r', steps: STEPS, table, emit: (event) => events.push(event) });
  history.forEach((one, i) => teller.event({ id: i, timestamp: new Date(1000 * i).toISOString(), ...one } as HistoryEvent));
  return events;
}

const entered = (name: string) => ({ type: 'TaskStateEntered', name, input: {} });
const exited = (name: string, assigned: object) => ({ type: 'TaskStateExited', name, output: {}, assigned });

test('tells each stage when it begins and what it did when the next one begins', () => {
  const events = told(entered('N'), entered('E'), exited('E', { result: RESULT }), entered('X'), entered('E'), entered('C'), { type: 'ExecutionSucceeded' });
  expect(events).toEqual([
    { type: 'stage', source: 'users', stage: 'extract', detail: 'run r' },
    { type: 'stage-done', source: 'users', stage: 'extract', detail: expect.stringMatching(/^2,000 records from 4 pages, 160 kB stored, 4.0 s$/) as string },
    { type: 'warning', source: 'users', message: 'a value was odd' },
    { type: 'stage', source: 'users', stage: 'catalogue', detail: undefined },
    { type: 'stage-done', source: 'users', stage: 'catalogue', detail: 'table lake.users created' },
  ]);
});

test('tells of rules that failed, and of transforms with their rows', () => {
  const quality = [{ name: 'complete', level: 'ERROR', passed: true }, { name: 'fresh', level: 'WARN', passed: false }];
  const transforms = [{ name: 'by_country', table: 'c', rows: 12 }, { name: 'by_age', table: 'a' }];
  const events = told(entered('Q'), exited('Q', { quality }), entered('T'), exited('T', { transforms }), { type: 'ExecutionSucceeded' });
  expect(events.filter(({ type }) => type === 'stage-done').map((event) => (event as { detail: string }).detail))
    .toEqual(['2 rules, failed: fresh (WARN)', 'by_country: 12 rows, by_age']);
});

test('a stage that failed says nothing of what it did', () => {
  expect(told(entered('C'), { type: 'ExecutionFailed', error: 'X', cause: '' })).toEqual([expect.objectContaining({ type: 'stage' })]);
});

test('a retry is told once, in the words of the function or the query', () => {
  const retry = { type: 'RetryScheduled', name: 'E', error: 'BUSY', cause: '{"errorMessage":"another run"}', seconds: 1 };
  expect(told(retry, retry)).toEqual([{ type: 'retrying', source: 'users', code: 'BUSY', message: 'another run' }]);
  expect(told({ ...retry, cause: '{"Status":{"StateChangeReason":"no table"}}' })).toMatchObject([{ message: 'no table' }]);
  expect(told({ ...retry, cause: 'plain' })).toMatchObject([{ message: 'plain' }]);
});

test('a wait that is shortened is told once a state, one that an API asked for each time', () => {
  const wait = (kind: string, asked: number, seconds: number) => ({ type: 'Waiting', name: 'W', kind, asked, seconds });
  expect(told(wait('fixed', 15, 0.05), wait('fixed', 15, 0.05))).toEqual([{ type: 'wait-shortened', source: 'users', state: 'W', asked: 15, seconds: 0.05 }]);
  expect(told(wait('computed', 3, 3), wait('computed', 3, 3))).toHaveLength(2);
  expect(told(wait('retry', 0.5, 0.5))).toEqual([]);
});
