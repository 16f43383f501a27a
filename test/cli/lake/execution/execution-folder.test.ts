import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExecutionFolder, findExecution, lastExecution } from '../../../../cli/lake/execution/execution-folder';
import { summary } from '../../../../cli/lake/execution/summary';
import { REMEMBERED } from '../../../../cli/lake/keep-newest';
import { HistoryEvent } from '../../../../cli/workflow';
import { newFolder } from '../../../support/handwritten-app';

const event = (detail: object) => ({ id: 1, timestamp: '2026-01-02T03:04:05.000Z', ...detail }) as HistoryEvent;

const WORKFLOW = {
  logicalId: 'M',
  arn: 'arn',
  functions: [],
  definition: { States: { E: { Catch: [{ Assign: { error: { step: 'extract' } } }] }, C: { Assign: { error: { step: 'catalogue' } } }, X: {} } },
};

function record(...events: object[]) {
  const runs = newFolder();
  const folder = ExecutionFolder.create(runs, 'users', 'run-1');
  events.forEach((one) => folder.record(event(one)));
  folder.close();
  return { runs, folder };
}

test.each([
  ['ExecutionSucceeded', 'SUCCEEDED'], ['ExecutionFailed', 'FAILED'], ['ExecutionTimedOut', 'TIMED_OUT'], ['PassStateEntered', 'ABORTED'],
])('an execution whose last event is %s is %s', (type, status) => {
  const { runs } = record({ type: 'ExecutionStarted' }, { type });
  expect(findExecution(runs, 'run-1')).toMatchObject({ status });
  expect(findExecution(runs, 'run-2')).toBeUndefined();
});

test('a last line that a kill cut off is left out', () => {
  const { runs, folder } = record({ type: 'ExecutionStarted' }, { type: 'TaskStateEntered', name: 'E' });
  appendFileSync(folder.history, '{"type":"ExecutionSuc');
  expect(findExecution(runs, 'run-1')).toMatchObject({ status: 'ABORTED', events: [{ type: 'ExecutionStarted' }, { name: 'E' }] });
});

test('the last execution of a source is the one that began last', async () => {
  const { runs } = record({ type: 'ExecutionStarted' });
  await new Promise((done) => setTimeout(done, 20));
  ExecutionFolder.create(runs, 'users', 'a-later-one').close();
  expect(lastExecution(runs, 'users')?.name).toBe('a-later-one');
  expect(lastExecution(runs, 'orders')).toBeUndefined();
});

test('what was told is kept', () => {
  const { folder } = record();
  folder.tell({ to: 'sns', topic: 't', text: 'm' });
  expect(JSON.parse(readFileSync(folder.messages, 'utf8'))).toMatchObject({ to: 'sns', text: 'm', time: expect.stringMatching(/Z$/) as string });
});

describe('in short', () => {
  const inShort = (...events: object[]) => summary(lastExecution(record(...events).runs, 'users'), WORKFLOW);

  test('nothing but success', () => {
    expect(inShort({ type: 'TaskStateEntered', name: 'E' }, { type: 'ExecutionSucceeded' })).toEqual({
      runId: 'run-1', status: 'SUCCEEDED', endedAt: '2026-01-02T03:04:05.000Z', history: expect.stringMatching(/users\/run-1\/history\.jsonl$/) as string,
    });
  });

  test('the step that was under way at a kill', () => {
    expect(inShort({ type: 'TaskStateEntered', name: 'E' }, { type: 'PassStateEntered', name: 'C' }, { type: 'PassStateEntered', name: 'X' })).toMatchObject({ status: 'ABORTED', step: 'catalogue' });
  });

  test("the step, error and cause that the workflow's failure path told", () => {
    const told = { step: 'extract', error: 'HTTP_403', cause: 'no' };
    expect(inShort({ type: 'TaskStateExited', name: 'E', assigned: { error: told } }, { type: 'ExecutionFailed', error: 'HTTP_403', cause: 'step extract: no' }))
      .toMatchObject({ status: 'FAILED', ...told });
  });

  test('the error of an execution that took no failure path', () => {
    expect(inShort({ type: 'TaskStateEntered', name: 'E' }, { type: 'ExecutionTimedOut', error: 'States.Timeout', cause: 'late' }))
      .toMatchObject({ status: 'TIMED_OUT', step: 'extract', error: 'States.Timeout', cause: 'late' });
  });
});

test('the oldest executions of a source are forgotten, those of another one are not', () => {
  const { runs } = record({ type: 'ExecutionStarted' });
  const other = ExecutionFolder.create(runs, 'orders', 'run-0');
  other.close();
  for (let i = 2; i <= REMEMBERED + 1; i++) {
    ExecutionFolder.create(runs, 'users', `run-${i}`).close();
  }
  expect(readdirSync(join(runs, 'users'))).toHaveLength(REMEMBERED);
  expect(findExecution(runs, 'run-1')).toBeUndefined();
  expect(findExecution(runs, 'run-2')).toBeDefined();
  expect(findExecution(runs, 'run-0')).toBeDefined();
  expect(lastExecution(runs, 'users')).toMatchObject({ name: `run-${REMEMBERED + 1}` });
});
