import { readBackfill } from '../../../lambda/extractor/backfill';
import { BackfillRange, SourceSpec, SourceState, stateKey, TimeWindowSpec } from '../../../src/spec';
import { ApiOptions, ChangingApi, cursorSpec as specOf, query, Row, Switch } from '../../support/changing-api';
import { extract, ExtractOptions, testSpec } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { HostileServer, json, status } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString().replace('.000', '');
const minutes = (from: number, to: number): BackfillRange => ({ from: at(from), to: at(to) });

let lake: TestLake;
let server: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

async function start(options: ApiOptions = {}) {
  const api = new ChangingApi(options);
  api.put(...Array.from({ length: 30 }, (_, i): Row => ({ id: i, at: NOON + i * MINUTE })));
  const control = new Switch(api.serve);
  server = await startApi([control.serve]);
  return { api, control };
}

const run = (spec: Partial<SourceSpec>, options: ExtractOptions = {}) => extract(lake, server!.origin, { ...options, spec });
const window = (n: number, range: BackfillRange, options: ExtractOptions = {}) => run(specOf(), { runId: `backfill-1-${n}`, backfill: range, ...options });
const ids = () => lake.lines('users').map((line) => (JSON.parse(line) as Row).id).sort((a, b) => a - b);
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const stateOf = (stream: string) => JSON.parse(lake.read(stateKey('users', stream)).toString()) as SourceState;

test('a window holds the records from its begin on and before its end, and neither moves nor reads the watermark', async () => {
  await start();
  await run(specOf());
  const before = lake.read(stateKey('users'));

  const result = await window(1, minutes(10, 20));

  expect(result).toMatchObject({ done: true, records: 10, partition: 'ingestion_date=2026-11-23' });
  expect(ids()).toEqual([...numbers(0, 30), ...numbers(10, 20)].sort((a, b) => a - b)); // the live stream's stand where they stood
  expect(lake.read(stateKey('users'))).toEqual(before);
  expect(stateOf('backfill-1-1')).toMatchObject({ seq: 1, open: null, pending: null });
});

test('its objects have names of their own in the partition of the live stream', async () => {
  await start();
  await run(specOf(), { runId: 'live' });
  await window(1, minutes(0, 5));
  const names = lake.keys('raw/users/').map((key) => key.slice('raw/users/ingestion_date=2026-11-23/'.length));
  expect(names).toEqual([
    expect.stringMatching(/^\d{10}-live-\d{6}-\d{6}\.jsonl\.gz$/),
    expect.stringMatching(/^backfill-1-1-\d{10}-backfill-1-1-\d{6}-\d{6}\.jsonl\.gz$/),
  ]);
});

test('windows run beside each other and beside a live run that holds the source', async () => {
  await start();
  const results = await Promise.all([window(1, minutes(0, 10)), window(2, minutes(10, 20)), run(specOf(), { runId: 'live' })]);
  expect(results.map(({ records }) => records)).toEqual([10, 10, 30]);
  expect(ids()).toHaveLength(50);
});

test('a window that is done is not asked for again', async () => {
  await start();
  const first = await window(1, minutes(0, 10));
  const asked = server!.received.length;
  expect(await window(1, minutes(0, 10))).toEqual(first);
  expect(server!.received).toHaveLength(asked);
  expect(ids()).toEqual(numbers(0, 10));
});

test('a window that failed goes on where it was, and another call of it stores nothing twice', async () => {
  const { api, control } = await start({ size: 2 });
  let answered = 0;
  control.now = (request, ...rest) => (++answered > 3 ? status(500)(request, ...rest) : api.serve(request, ...rest));
  const spec = specOf({}, { retry: { maxAttempts: 1 }, limits: { partBytes: 64 * 1024 } });
  await expect(run(spec, { runId: 'backfill-1-1', backfill: minutes(0, 10) })).rejects.toMatchObject({ code: 'HTTP_500' });
  expect(ids()).toEqual([]);
  control.now = api.serve;
  await run(spec, { runId: 'backfill-1-1', backfill: minutes(0, 10) });
  expect(ids()).toEqual(numbers(0, 10));
});

test.each([
  ['in rising order the API is left at the first record beyond the end', { order: 'ascending' }],
  ['an API that takes an end is told of it', { endTarget: { in: 'query', name: 'until' } }],
] as const)('%s', async (name, cursor) => {
  const { control, api } = await start({ size: 2 });
  control.now = (request, ...rest) => {
    const until = query(request, 'until');
    const bounded = new ChangingApi({ size: 2 });
    bounded.put(...api.rows.filter((row) => until === null || row.at < Date.parse(until)));
    return bounded.serve(request, ...rest);
  };
  if (!name.startsWith('an API')) {
    control.now = api.serve;
  }
  await run(specOf(cursor), { runId: 'backfill-1-1', backfill: minutes(4, 8) });
  expect(ids()).toEqual([4, 5, 6, 7]);
  expect(server!.received.length).toBeLessThanOrEqual(3);
});

test('a lag reaches back in live runs only', async () => {
  await start();
  await run(specOf({ lag: 5 * MINUTE }), { runId: 'backfill-1-1', backfill: minutes(10, 20) });
  expect(ids()).toEqual(numbers(10, 20));
  expect(query(server!.received[0], 'since')).toBe(at(10));
});

test('integers beyond what a double holds are bounds like others', async () => {
  const base = 9007199254740993n;
  server = await startApi([(request, ...rest) => {
    const from = BigInt(query(request, 'since')!);
    const found = Array.from({ length: 40 }, (_, i) => base + BigInt(i)).filter((value) => value >= from);
    return json({ results: found.map((value) => ({ id: Number(value - base), at: String(value) })) })(request, ...rest);
  }]);
  const spec = specOf({ format: 'integer' }, { pagination: { type: 'none' } });
  await run(spec, { runId: 'backfill-1-1', backfill: { from: String(base + 5n), to: String(base + 9n) } });
  expect(ids()).toEqual([5, 6, 7, 8]);
});

test('a source of time windows asks for them from the begin to the end, in its own steps', async () => {
  server = await startApi([(request, ...rest) => json({ results: [{ id: Date.parse(query(request, 'from')!) }] })(request, ...rest)]);
  const incremental: TimeWindowSpec = {
    type: 'timeWindow', start: at(0), stepMs: 10 * MINUTE, startTarget: { in: 'query', name: 'from' }, endTarget: { in: 'query', name: 'to' },
  };
  const result = await run({ incremental }, { runId: 'backfill-1-1', backfill: minutes(-60, -35) });
  expect(server.received.map((request) => [query(request, 'from'), query(request, 'to')])).toEqual([[at(-60), at(-50)], [at(-50), at(-40)], [at(-40), at(-35)]]);
  expect(result).toMatchObject({ done: true, records: 3 });
});

test('a state that is gone while the window has data in the table is an error, not a second load', async () => {
  await start();
  await window(1, minutes(0, 10));
  await lake.store.delete(stateKey('users', 'backfill-1-1'));
  await lake.store.delete('_runs/users/backfill-1-1.json');
  await expect(window(1, minutes(0, 10))).rejects.toMatchObject({ code: 'STATE_MISSING' });
  await window(2, minutes(10, 20)); // another window does not care
});

describe('a request is refused', () => {
  const cursor = testSpec(specOf());
  const request = { runId: 'w', scheduledTime: '2026-11-23T04:00:00Z', backfill: minutes(0, 10) };

  test('never when all is right', () => {
    expect(readBackfill(request, cursor)).toEqual(minutes(0, 10));
    expect(readBackfill({ runId: 'w' }, testSpec())).toBeUndefined();
  });

  test.each([
    ['of a source that reads everything', request, testSpec(), /"users" cannot ask for a part/],
    ['of a cursor that no request carries', request, testSpec(specOf({ target: undefined })), /cannot ask for a part/],
    ['with an end before its begin', { ...request, backfill: minutes(10, 0) }, cursor, /to behind from/],
    ['with a begin that is no time', { ...request, backfill: { from: 'yesterday', to: at(0) } }, cursor, /"yesterday".*ISO 8601 times/],
    ['without a partition', { ...request, scheduledTime: undefined }, cursor, /scheduledTime/],
    ['without a name', { ...request, runId: undefined }, cursor, /runId/],
    ['that redrives as well', { ...request, redrive: {} }, cursor, /no redrive/],
  ])('%s', (_, bad, spec, message) => {
    expect(() => readBackfill(bad, spec)).toThrow(message);
  });
});
