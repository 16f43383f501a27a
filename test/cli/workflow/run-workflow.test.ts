import { execute, lambda, machine, pass, TestFunction } from './support';
import { localPace } from '../../../cli/workflow/pace';

test('tells the history in the order of what happened', async () => {
  const { events } = await execute(machine({
    S: lambda({ throw: 'Z' }, { Retry: [{ ErrorEquals: ['Z'], IntervalSeconds: 3, MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['Z'], Next: 'E' }] }),
    E: { Type: 'Pass', Assign: { x: 1 }, Output: 'end', End: true },
  }));
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, i) => i + 1));
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskFailed', 'RetryScheduled', 'Waiting', 'TaskScheduled', 'TaskFailed', 'ErrorCaught',
    'TaskStateExited', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded',
  ]);
  expect(events.find(({ type }) => type === 'RetryScheduled')).toMatchObject({ name: 'S', error: 'Z', seconds: 3 });
  expect(events.at(-2)).toMatchObject({ name: 'E', output: 'end', assigned: { x: 1 } });
});

test('says which state an execution failed in, and how', async () => {
  const { outcome, events } = await execute(machine({ S: { Type: 'Pass', Next: 'T' }, T: lambda({ throw: 'Z' }) }));
  expect(outcome).toEqual({ status: 'FAILED', error: 'Z', cause: '{"errorType":"Z","errorMessage":"boom"}', state: 'T' });
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', error: 'Z' });
});

describe('waits', () => {
  const waits = async (state: object, input: unknown = {}) => {
    const { events } = await execute(machine({ S: { Type: 'Wait', End: true, ...state } }), input, { pace: (seconds, kind) => localPace(seconds, kind) / 1000 });
    return events.filter((event) => event.type === 'Waiting').map((event) => event as { asked: number; seconds: number; kind: string });
  };

  test('of a fixed length are shortened, and say so', async () => {
    expect(await waits({ Seconds: 60 })).toEqual([expect.objectContaining({ asked: 60, seconds: 0.05 / 1000, kind: 'fixed' })]);
  });

  test('that data asks for are kept', async () => {
    expect(await waits({ Seconds: '{% $states.input.retryAfterSeconds %}' }, { retryAfterSeconds: 3 })).toEqual([expect.objectContaining({ asked: 3, seconds: 0.003, kind: 'computed' })]);
  });

  test('may name a time', async () => {
    const [wait] = await waits({ Timestamp: '{% $states.input %}' }, new Date(Date.now() + 60_000).toISOString());
    expect(wait.asked).toBeGreaterThan(58);
    expect(wait.asked).toBeLessThanOrEqual(60);
    expect((await waits({ Timestamp: '2001-01-01T00:00:00Z' }))[0].asked).toBe(0);
  });

  test.each([['{% -1 %}'], ['{% "soon" %}']])('of %s fail', async (Seconds) => {
    const { outcome } = await execute(machine({ S: { Type: 'Wait', Seconds, End: true } }));
    expect(outcome).toMatchObject({ error: 'States.QueryEvaluationError', cause: expect.stringMatching(/'Seconds' takes an integer/) as string });
  });
});

test('an execution that takes too long has timed out, and nothing catches that', async () => {
  const start = performance.now();
  const sleeper = lambda({ sleep: 20_000 }, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }], Retry: [{ ErrorEquals: ['States.ALL'] }] });
  const { outcome, events } = await execute(machine({ S: sleeper, E: pass(1) }, { TimeoutSeconds: 1 }));
  expect(outcome).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut' });
});

test.each([[0, 6], [1, 1], [2, 2]])('a map with MaxConcurrency %i runs %i at once', async (MaxConcurrency, most) => {
  const counted = new TestFunction();
  const states = { I: lambda({ sleep: 20 }) };
  await execute(machine({ S: { Type: 'Map', Items: [1, 2, 3, 4, 5, 6], MaxConcurrency, ItemProcessor: { StartAt: 'I', States: states }, End: true } }), {}, { integrations: counted.integrations });
  expect(counted.most).toBe(most);
  expect(counted.calls).toHaveLength(6);
});

test('a failed branch stops the others: what follows in them does not run', async () => {
  const slow = { StartAt: 'A', States: { A: lambda({ sleep: 50, n: 'slow' }, { End: undefined, Next: 'B' }), B: lambda({ n: 'after' }) } };
  const wrong = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'F' } } };
  const { outcome, calls } = await execute(machine({ S: { Type: 'Parallel', Branches: [slow, wrong], End: true } }));
  await new Promise((done) => setTimeout(done, 100));
  expect(outcome).toMatchObject({ error: 'F' });
  expect(calls).toEqual([{ sleep: 50, n: 'slow' }]);
});

test("what is no error of the workflow is nobody's to catch", async () => {
  const definition = machine({ S: lambda({ crash: true }, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }] }), E: pass(1) });
  await expect(execute(definition)).rejects.toThrow('a bug of this machine');
});
