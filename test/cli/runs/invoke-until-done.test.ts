import { CommandError } from '../../../cli/errors';
import { Event } from '../../../cli/render/events';
import { invokeUntilDone } from '../../../cli/runs/invoke-until-done';
import { RunResult } from '../../../src/spec/run-result';

const result = (more: Partial<RunResult>): RunResult => ({
  source: 'users', runId: 'r', done: false, records: 0, quarantined: 0, bytes: 0, parts: 0, pages: 0, schemaChanged: false, schemaHash: '', partition: 'p', ...more,
});

async function loop(...answers: (RunResult | CommandError)[]) {
  const events: Event[] = [];
  const waits: number[] = [];
  let calls = 0;
  const ended = await invokeUntilDone({
    source: 'users',
    emit: (event) => events.push(event),
    sleep: async (ms) => waits.push(ms),
    invoke: async () => {
      const answer = answers[Math.min(calls++, answers.length - 1)];
      if (answer instanceof CommandError) {
        throw answer;
      }
      return answer;
    },
  }).catch((error: CommandError) => error);
  return { ended, events, waits, calls };
}

test('calls again while a run is not done', async () => {
  const { ended, calls, waits } = await loop(result({ pages: 1 }), result({ pages: 2 }), result({ pages: 3, done: true }));
  expect(ended).toMatchObject({ pages: 3 });
  expect([calls, waits]).toEqual([3, []]);
});

test('waits as long as the API asked, and says so', async () => {
  const { waits, events } = await loop(result({ retryAfterSeconds: 30 }), result({ done: true }));
  expect(waits).toEqual([30_000]);
  expect(events).toEqual([{ type: 'waiting', source: 'users', seconds: 30, reason: 'the API asked for it' }]);
});

test('does not count a wait that the API asked for as standing still', async () => {
  const waiting = result({ retryAfterSeconds: 1 });
  const { ended } = await loop(waiting, waiting, waiting, waiting, waiting, result({ done: true }));
  expect(ended).toMatchObject({ done: true });
});

test('gives up when invocations bring no page further', async () => {
  const { ended, calls } = await loop(result({ pages: 2 }));
  expect(ended).toMatchObject({ code: 'NO_PROGRESS' });
  expect(calls).toBe(4);
});

test('takes records for progress where no pages are counted', async () => {
  const answers = [1, 2, 3, 4, 5].map((records) => result({ records, done: records === 5 }));
  expect((await loop(...answers)).ended).toMatchObject({ records: 5, done: true });
});

test.each(['BUSY', 'FENCED', 'PARENT_BUSY'])('tries %s again, a bounded number of times', async (code) => {
  const { ended, calls } = await loop(new CommandError(code, 'held'));
  expect(ended).toMatchObject({ code });
  expect(calls).toBe(9);
});

test('does not repeat what the extractor has given up', async () => {
  const { ended, calls } = await loop(new CommandError('HTTP_503', 'down'));
  expect(ended).toMatchObject({ code: 'HTTP_503' });
  expect(calls).toBe(1);
});
