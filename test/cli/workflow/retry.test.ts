import { Retrier } from '../../../cli/workflow/asl';
import { planRetry, RetryCounts } from '../../../cli/workflow/retry';

/** The delays before each attempt, until no retrier takes the error any more. */
function delays(retriers: Retrier[], errors: string[], random = () => 0.5): number[] {
  let counts: RetryCounts = [];
  const found: number[] = [];
  for (const error of errors) {
    const plan = planRetry(retriers, counts, error, random);
    if (plan === undefined) {
      break;
    }
    counts = plan.counts;
    found.push(plan.delaySeconds);
  }
  return found;
}

const twelve = Array.from({ length: 12 }, () => 'A');

test.each<[string, Retrier, number[]]>([
  ['one second, doubled, three times by default', { ErrorEquals: ['A'] }, [1, 2, 4]],
  ['an interval and a rate', { ErrorEquals: ['A'], IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 4 }, [3, 4.5, 6.75, 10.125]],
  ['a longest delay', { ErrorEquals: ['A'], IntervalSeconds: 2, MaxDelaySeconds: 5, MaxAttempts: 4 }, [2, 4, 5, 5]],
  ['full jitter takes a part of the delay', { ErrorEquals: ['A'], IntervalSeconds: 2, MaxDelaySeconds: 5, MaxAttempts: 3, JitterStrategy: 'FULL' }, [1, 2, 2.5]],
  ['none at all', { ErrorEquals: ['A'], MaxAttempts: 0 }, []],
])('%s', (_name, retrier, expected) => {
  expect(delays([retrier], twelve)).toEqual(expected);
});

test("each retrier counts its own attempts (the developer guide's example)", () => {
  const retriers = [{ ErrorEquals: ['A', 'B'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 }, { ErrorEquals: ['C'], IntervalSeconds: 5 }];
  expect(delays(retriers, ['A', 'B', 'C', 'B'])).toEqual([1, 2, 5]);
});

test('the first retrier that names the error is the only one asked', () => {
  expect(delays([{ ErrorEquals: ['A'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }], twelve)).toEqual([1]);
});

test.each([['States.DataLimitExceeded', 'States.ALL'], ['States.Runtime', 'States.ALL'], ['States.Timeout', 'States.TaskFailed']])('%s is not what %s takes', (error, name) => {
  expect(delays([{ ErrorEquals: [name] }], [error])).toEqual([]);
});
