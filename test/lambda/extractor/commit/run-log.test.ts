import { failureOf, FACTS, lostAnswer, openLog, optionsOf, partOf, runAll, SOURCE, stageAll, withCalls } from './support';
import { RunLog, Timing } from '../../../../lambda/extractor/commit';
import { runResultKey, SourceState, stagingPrefix, stateKey } from '../../../../src/spec';
import { TestLake } from '../../../support/test-lake';

const DATE = '2025-06-30';

describe('a run log on S3', () => {
  let lake: TestLake;
  let onRequest: ((operation: string, key: string) => void) | undefined;

  beforeEach(async () => {
    onRequest = undefined;
    lake = await TestLake.start({ onRequest: ({ operation, key }) => onRequest?.(operation, key) });
  });
  afterEach(() => lake.close());

  test('brings a run into the table, and its result beside it', async () => {
    const result = await runAll(lake.store, 'run1', ['{"id":1}', '{"id":2}']);

    expect(lake.lines(SOURCE, DATE)).toEqual(['{"id":1}', '{"id":2}']);
    expect(result).toEqual({
      source: 'users',
      runId: 'run1',
      done: true,
      records: 2,
      quarantined: 0,
      pages: 1,
      parts: 1,
      bytes: partOf('{"id":1}', '{"id":2}').body.length,
      schemaChanged: true,
      schemaHash: 'hash of columns',
      partition: 'ingestion_date=2025-06-30',
      cursorHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      warnings: ['a warning'],
    });
    expect(JSON.parse(lake.read(runResultKey(SOURCE, 'run1')).toString())).toEqual(result);
    expect(lake.keys('_staging/')).toEqual([]);
    expect(lake.state(SOURCE)).toMatchObject({ seq: 1, open: null, pending: null, schema: { lines: ['{"id":1}', '{"id":2}'] }, schemaHash: 'hash of columns' });
  });

  test('shows nothing before the commit', async () => {
    await stageAll(await openLog(lake.store, 'run1'), '{"id":1}');

    expect(lake.lines(SOURCE)).toEqual([]);
  });

  test('replaces a snapshot of the same day and keeps other days and foreign objects', async () => {
    await runAll(lake.store, 'yesterday', ['y'], { scheduledTime: '2025-06-29T04:00:00Z' });
    await lake.store.put('raw/users/ingestion_date=2025-06-30/by-hand.jsonl.gz', partOf('foreign').body, {});
    await runAll(lake.store, 'morning', ['a', 'b']);
    const evening = await runAll(lake.store, 'evening', ['c']);

    expect(lake.lines(SOURCE, '2025-06-29')).toEqual(['y']);
    expect(lake.lines(SOURCE, DATE).sort()).toEqual(['c', 'foreign']);
    expect(evening.schemaChanged).toBe(false);
  });

  test('adds up what is appended', async () => {
    await runAll(lake.store, 'one', ['a'], { mode: 'append' });
    await runAll(lake.store, 'two', ['a'], { mode: 'append' });

    expect(lake.lines(SOURCE)).toEqual(['a', 'a']);
  });

  test('ends an append run without records well', async () => {
    const result = await runAll(lake.store, 'none', [], { mode: 'append' });

    expect(result).toMatchObject({ done: true, records: 0, parts: 0 });
    expect(lake.lines(SOURCE)).toEqual([]);
  });

  test('keeps the old snapshot when the API returns nothing, unless that is allowed', async () => {
    await runAll(lake.store, 'full', ['a']);
    const log = await openLog(lake.store, 'empty');
    const error = await failureOf(stageAll(log));
    await log.suspend();

    expect(error).toMatchObject({ code: 'EMPTY_SNAPSHOT', retryable: false, message: expect.stringContaining('allowEmpty') });
    expect(lake.lines(SOURCE, DATE)).toEqual(['a']);

    await runAll(lake.store, 'allowed', [], { allowEmpty: true });
    expect(lake.lines(SOURCE, DATE)).toEqual([]);
  });

  test('does nothing for a run that is done, and returns its result', async () => {
    const result = await runAll(lake.store, 'run1', ['a']);
    const before = lake.read(stateKey(SOURCE));

    expect(await RunLog.open(lake.store, optionsOf('run1'))).toEqual(result);
    expect(lake.read(stateKey(SOURCE))).toEqual(before);
  });

  test('goes on after a suspension from the last checkpoint, in the same partition', async () => {
    const first = await openLog(lake.store, 'run1');
    await first.stagePart(partOf('a'));
    await first.checkpoint({ next: { page: 2 }, end: false, counts: { records: 1, pages: 1, quarantined: 0 }, schema: { a: 1 } });
    await first.stagePart(partOf('lost with the page that was not whole'));
    const soFar = await first.suspend({ schemaHash: 'h', retryAfterSeconds: 7 });
    const second = await openLog(lake.store, 'run1', { scheduledTime: '2025-07-04T00:00:00Z' });

    expect(soFar).toMatchObject({ done: false, records: 1, parts: 1, pages: 1, retryAfterSeconds: 7, partition: 'ingestion_date=2025-06-30' });
    expect(second.resumed).toMatchObject({ next: { page: 2 }, end: false, counts: { records: 1, pages: 1 }, schema: { a: 1 } });
    expect(second.date).toBe(DATE);
    await second.stagePart(partOf('b'));
    await second.checkpoint({ next: null, end: true, counts: { records: 2, pages: 2, quarantined: 0 }, schema: {} });
    expect(await second.commit(FACTS)).toMatchObject({ records: 2, parts: 2 });
    expect(lake.lines(SOURCE)).toEqual(['a', 'b']);
    expect(lake.keys('_staging/')).toEqual([]);
  });

  test('lets another run in after a suspension, and starts over when that one has committed', async () => {
    const first = await openLog(lake.store, 'run1');
    await first.stagePart(partOf('old'));
    await first.checkpoint({ next: { page: 2 }, end: false, counts: { records: 1, pages: 1, quarantined: 0 }, schema: {} });
    await first.suspend();
    await runAll(lake.store, 'run2', ['new']);

    const again = await openLog(lake.store, 'run1');
    await again.close();
    expect(again.resumed).toBeUndefined();
  });

  test('refuses a run beside a live one, naming it', async () => {
    const first = await openLog(lake.store, 'run1', { holder: 'function 7' });
    const error = await failureOf(openLog(lake.store, 'run2'));
    await first.close();

    expect(error).toMatchObject({ code: 'BUSY', retryable: true, retryAfterSeconds: expect.any(Number) });
    expect(error.message).toMatch(/run "run1" \(function 7\) until 20\d\d-/);
  });

  test('hands the same run over at once, and fences the attempt before', async () => {
    const first = await openLog(lake.store, 'run1');
    await stageAll(first, 'a');
    const second = await openLog(lake.store, 'run1');
    const error = await failureOf(first.commit(FACTS));

    expect(error).toMatchObject({ code: 'FENCED', retryable: true });
    expect(second.resumed).toMatchObject({ end: true });
    await second.commit(FACTS);
    expect(lake.lines(SOURCE)).toEqual(['a']);
  });

  test('takes over from a run whose lease has ended', async () => {
    const first = await openLog(lake.store, 'run1', { leaseSeconds: -5, timing: neverWakes });
    await stageAll(first, 'a');
    await runAll(lake.store, 'run2', ['b']);

    expect(await failureOf(first.commit(FACTS))).toMatchObject({ code: 'FENCED' });
    expect(lake.lines(SOURCE)).toEqual(['b']);
  });

  test('renews the lease while it runs, and learns there that it is fenced', async () => {
    const wakes: (() => void)[] = [];
    const timing = {
      random: () => 0,
      sleep: (_ms: number, signal?: AbortSignal) => new Promise<void>((wake) => {
        wakes.push(wake);
        signal?.addEventListener('abort', () => wake());
      }),
    };
    const log = await openLog(lake.store, 'run1', { timing });
    const before = lake.state(SOURCE);
    wakes.pop()!();
    await until(() => wakes.length > 0);

    expect(lake.state(SOURCE).nonce).not.toBe(before.nonce);
    await (await openLog(lake.store, 'run1')).close();
    const logged = until(() => wakes.length === 0);
    wakes.pop()!();
    await logged;
    await log.close();
    expect(await failureOf(log.stagePart(partOf('a')))).toMatchObject({ code: 'FENCED' });
  });

  test('lets exactly one of 16 runs in', async () => {
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, i) =>
      RunLog.open(lake.store, optionsOf(`run${i}`)).then((log) => log as RunLog, (error) => error.code as string)));
    const winners = outcomes.filter((outcome) => outcome instanceof RunLog);
    await Promise.all(winners.map((log) => log.close()));

    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'BUSY')).toHaveLength(15);
    expect(lake.state(SOURCE).epoch).toBe(1);
  });

  test('lets exactly one of 16 attempts of a run commit', async () => {
    const attempts = await Promise.all(Array.from({ length: 16 }, async (_, i) => {
      const log = await RunLog.open(lake.store, optionsOf('run'));
      if (!(log instanceof RunLog)) {
        return 'done';
      }
      const staged = log.resumed ? Promise.resolve() : stageAll(log, `by ${i}`);
      return staged.then(() => log.commit(FACTS)).then(() => 'committed', async (error) => {
        await log.suspend();
        return error.code as string;
      });
    }));

    expect(attempts.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    expect(attempts.filter((outcome) => !['committed', 'FENCED', 'done'].includes(outcome))).toEqual([]);
    expect(lake.lines(SOURCE)).toHaveLength(1);
  });

  describe('when things go wrong', () => {
    const interrupted = (operation: string, after: string) => {
      let left = 1;
      return () => {
        if (left-- > 0) {
          throw lostAnswer();
        }
        throw new Error(`${operation} after ${after}`);
      };
    };

    test('another run publishes what a dead one committed, with its whole result', async () => {
      const dead = withCalls(lake.store, { copy: interrupted('copy', 'the crash') });
      await failureOf(runAll(dead, 'dead', ['a', 'b']));
      expect(lake.lines(SOURCE)).toEqual([]);

      await runAll(lake.store, 'next', ['c'], { scheduledTime: '2025-07-01T00:00:00Z' });
      expect(lake.lines(SOURCE, DATE)).toEqual(['a', 'b']);
      expect(JSON.parse(lake.read(runResultKey(SOURCE, 'dead')).toString())).toMatchObject({
        runId: 'dead', done: true, records: 2, parts: 1, schemaChanged: true, schemaHash: 'hash of columns', warnings: ['a warning'],
      });
      expect(lake.keys(stagingPrefix(SOURCE, 'dead'))).toEqual([]);
    });

    test('a commit whose answer is lost is known by its nonce', async () => {
      let lost = 0;
      const store = withCalls(lake.store, {
        put: async (key, body, options) => {
          const outcome = await lake.store.put(key, body, options);
          if (key === stateKey(SOURCE) && (JSON.parse(body.toString()) as SourceState).pending && lost++ === 0) {
            throw lostAnswer();
          }
          return outcome;
        },
      });

      expect(await runAll(store, 'run1', ['a'])).toMatchObject({ done: true, records: 1 });
      expect(lost).toBe(1);
      expect(lake.state(SOURCE).seq).toBe(1);
    });

    test('a part whose answer is lost is known by its hash, and another one under its name is an error', async () => {
      const losing = withCalls(lake.store, {
        put: async (key, body, options) => {
          await lake.store.put(key, body, options);
          throw lostAnswer();
        },
      });
      const log = await openLog(lake.store, 'run1');
      Object.assign((log as unknown as { context: { store: unknown } }).context, { store: losing });
      await log.stagePart(partOf('a'));
      await lake.store.put('_staging/users/run1/000001-000001.jsonl.gz', partOf('foreign').body, { metadata: { sha256: 'other' } });
      const error = await failureOf(log.stagePart(partOf('b')));
      await log.close();

      expect(error).toMatchObject({ code: 'OBJECT_DIFFERS', retryable: false, message: expect.stringContaining('000001-000001.jsonl.gz') });
      expect(await failureOf(log.checkpoint({ next: null, end: true, counts: { records: 1, pages: 1, quarantined: 0 }, schema: {} }))).toBe(error);
    });

    test('a copy that was sent twice keeps later deletions waiting, within the time that is left', async () => {
      const twice = withCalls(lake.store, { copy: async (...copy) => ({ ...await lake.store.copy(...copy), retried: true } as never) });
      await runAll(twice, 'run1', ['a'], { quietSeconds: 3600 });

      const error = await failureOf(runAll(lake.store, 'run2', ['b'], { timeLeftMs: () => 1000 }));
      expect(error).toMatchObject({ code: 'PUBLISH_LATER', retryable: true });
      expect(error.retryAfterSeconds).toBeGreaterThan(3500);
      expect(lake.lines(SOURCE, DATE)).toContain('b');
    });

    test('committed data that is gone is an alarm, not an empty table', async () => {
      await failureOf(runAll(withCalls(lake.store, { copy: interrupted('copy', 'the crash') }), 'dead', ['a']));
      await lake.store.delete('_staging/users/dead/000001-000000.jsonl.gz');

      expect(await failureOf(openLog(lake.store, 'next'))).toMatchObject({ code: 'DATA_MISSING', retryable: false });
      expect(lake.state(SOURCE).pending).not.toBeNull();
    });
  });
});

/** A process that stands still: it renews nothing. */
const neverWakes: Timing = {
  random: () => 0,
  sleep: (_ms, signal) => new Promise((wake) => signal?.addEventListener('abort', () => wake())),
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
