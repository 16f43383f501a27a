import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { DataLakePipeline, Incremental, Pagination, QualityRule, Source, TokenPlace, TokenSource, Transform, TransformMode } from '../../src';
import { ChangingApi, query, Row, Switch } from '../support/changing-api';
import { BIN, cleanEnvironment, datalake } from '../support/datalake-bin';
import { HostileServer, Received, status } from '../support/hostile-server';
import { newStack } from '../support/synth';
import { filesBelow } from '../support/test-lake';

const DAY = 86_400_000;
const FROM = Date.parse('2026-01-01T00:00:00Z');
const ROWS = 60;

let folder: string;
let api: ChangingApi;
let control: Switch;
let server: HostileServer;

/** Six rows a day for ten days; a live run reads from the sixth day on. */
beforeEach(async () => {
  api = new ChangingApi({ size: 5 });
  api.put(...Array.from({ length: ROWS }, (_, id): Row => ({ id, at: FROM + id * DAY / 6 })));
  control = new Switch(until);
  server = await HostileServer.start([control.serve]);
  folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  new DataLakePipeline(stack, 'Shop', {
    databaseName: 'shop',
    sources: [
      Source.http('orders', {
        url: 'https://api.example.com/orders',
        records: '$.results',
        key: ['$.id'],
        pagination: Pagination.cursor({ token: TokenSource.path('$.next'), target: TokenPlace.query('skip') }),
        incremental: Incremental.cursor({ path: '$.at', target: TokenPlace.query('since'), endTarget: TokenPlace.query('until'), start: '2026-01-06T00:00:00Z' }),
        retry: { maxAttempts: 1, maxDelay: Duration.millis(1) },
        quality: [QualityRule.isComplete('id')],
      }),
      Source.http('prices', { url: 'https://api.example.com/prices', records: '$.results' }),
    ],
    transforms: [
      Transform.sql('orders_latest', {
        query: "SELECT id, version FROM orders WHERE ingestion_date = '{{ingestion_date}}'",
        mode: TransformMode.merge({ key: ['id'], latestBy: 'version' }),
      }),
    ],
  });
  App.of(stack)!.synth();
}, 60_000);

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The rows from `since` on and before `until`. */
const until: Switch['now'] = (request, ...rest) => {
  const end = query(request, 'until');
  const bounded = new ChangingApi({ size: 5 });
  bounded.put(...api.rows.filter(({ at }) => end === null || at < Date.parse(end)));
  return bounded.serve(request, ...rest);
};

const APP = ['--json', '--assembly', 'cdk.out', '--lake', 'lake'];
const local = async (...args: string[]) => {
  const { code, stdout, stderr } = await datalake([...args, '--local', ...APP], { cwd: folder });
  const told = JSON.parse(stdout);
  return { code, stderr, told, failure: told.error };
};
const endpoint = () => ['--url', `orders=${server.origin}/`, '--url', `prices=${server.origin}/`];
const run = (source = 'orders') => local('run', source, ...endpoint());
const RANGE = ['--from', '2026-01-01', '--to', '2026-01-08', '--step', '1d'];
const backfill = (...more: string[]) => local('backfill', 'orders', ...RANGE, ...endpoint(), ...more);
const rows = async (sql: string): Promise<string[][]> => (await local('query', sql)).told.rows;

/** Windows that were asked for, by their begin and end. */
const windowsAsked = () => [...new Set(server.received.filter((request) => query(request, 'until') !== null).map(windowOf))].sort();
const windowOf = (request: Received) => `${query(request, 'since')!.slice(0, 10)} ${query(request, 'until')!.slice(0, 10)}`;
const day = (n: number) => new Date(FROM + n * DAY).toISOString().slice(0, 10);
const SEVEN = Array.from({ length: 7 }, (_, n) => `${day(n)} ${day(n + 1)}`);
const objects = (prefix: string) => filesBelow(join(folder, 'lake/s3'), '').map((path) => path.slice(path.indexOf('/') + 1)).filter((key) => key.startsWith(prefix));
const rawObjects = () => objects('raw/orders/');
/** Windows that have a result. */
const windowsDone = () => objects('_runs/orders/backfill-').map((key) => SEVEN[Number(/-(\d{4})\.json$/.exec(key)![1]) - 1]).sort();

/** Every row once, in its newest version. */
const expectCurated = async (ids: number[]) =>
  expect(await rows('SELECT id, version FROM shop.orders_latest ORDER BY id')).toEqual(ids.map((id) => [String(id), String(api.rows.find((row) => row.id === id)!.version ?? 1)]));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('a backfill that overlaps with live runs: the raw table keeps both, the curated one has each key once', async () => {
  expect((await run()).failure).toBeUndefined();
  const live = rawObjects();
  await expectCurated(numbers(30, 60));
  api.put({ id: 40, at: FROM + 40 * DAY / 6, version: 2 });

  const { code, told, failure } = await backfill();
  expect(failure).toBeUndefined();

  expect(code).toBe(0);
  expect(told).toMatchObject({ ok: true, runs: [{ source: 'orders', records: 42, runId: expect.stringMatching(/^backfill-[0-9a-f]{12}$/) }] });
  expect(windowsAsked()).toEqual(SEVEN);
  expect(rawObjects()).toEqual(expect.arrayContaining(live));
  expect(await rows('SELECT count(*), count(DISTINCT id) FROM shop.orders')).toEqual([['72', '60']]);
  await expectCurated(numbers(0, 60));

  const asked = server.received.length;
  expect((await run()).told).toMatchObject({ ok: true, runs: [{ records: 0 }] }); // the watermark stands where the live run left it
  expect(query(server.received[asked], 'since')).toBe(new Date(FROM + 59 * DAY / 6).toISOString());
}, 120_000);

test('a person sees a line a window, and how many were read before', async () => {
  control.now = (request, ...rest) => (query(request, 'since')?.startsWith(day(6)) ? status(500) : until)(request, ...rest);
  const told = async () => {
    const { stderr } = await datalake(['backfill', 'orders', '--local', ...RANGE, ...endpoint(), ...APP.slice(1)], { cwd: folder });
    return stderr.replace(/backfill-[0-9a-f]{12}/g, 'ID');
  };
  const first = await told();
  expect(first).toMatch(/^orders: ID, 7 windows$/m);
  expect(first).toMatch(/^orders: window 2 of 7, 2026-01-02T00:00:00Z to 2026-01-03T00:00:00Z: 6 records$/m);
  expect(first).toMatch(/^orders: window 7 of 7, .*: failed: HTTP_500$/m);
  control.now = until;
  const second = await told();
  expect(second).toMatch(/^orders: ID, 7 windows, 6 of them read before$/m);
  expect(second.match(/^orders: window /gm)).toHaveLength(1);
}, 120_000);

test('a window that fails fails the backfill by its name, and no other window; started again, only that one is read', async () => {
  control.now = (request, ...rest) => (windowOf(request) === SEVEN[2] ? status(500) : until)(request, ...rest);
  const { code, failure } = await backfill();
  expect(code).toBe(1);
  expect(failure).toMatchObject({
    code: 'BACKFILL_INCOMPLETE',
    message: expect.stringMatching(/^1 of 7 windows of backfill-\w+ are not read; 2026-01-03T00:00:00Z to 2026-01-04T00:00:00Z: HTTP_500: /),
    hint: expect.stringContaining('datalake backfill --local orders --from 2026-01-01 --to 2026-01-08 --step 1d'),
  });
  expect(windowsDone()).toEqual(SEVEN.filter((_, n) => n !== 2));
  expect(objects('curated/')).toEqual([]); // nothing follows before all is there

  control.now = until;
  server.received.splice(0);
  expect((await backfill()).failure).toBeUndefined();
  expect(windowsAsked()).toEqual([SEVEN[2]]);
  await expectCurated(numbers(0, 42));

  server.received.splice(0);
  expect((await backfill()).failure).toMatchObject({ code: 'ALREADY_COMPLETE', hint: expect.stringMatching(/datalake replay --local backfill-/) });
  expect(server.received).toEqual([]);
}, 120_000);

test('killed in the middle and started again it converges: nothing is lost or doubled, and what was read is not asked for again', async () => {
  const kill = new AbortController();
  let asked = 0;
  control.now = (request, ...rest) => {
    if (++asked === 9) {
      kill.abort();
    }
    return until(request, ...rest);
  };
  const args = ['backfill', 'orders', '--local', ...RANGE, '--concurrency', '2', ...endpoint(), ...APP];
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env: cleanEnvironment(), stdio: 'ignore', signal: kill.signal, killSignal: 'SIGKILL' });
  await new Promise((done) => child.on('error', () => undefined).once('close', done));
  const done = windowsDone();
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(7);

  control.now = until;
  await new Promise((later) => setTimeout(later, 300)); // requests under way when the process died
  server.received.splice(0);
  expect((await backfill()).failure).toBeUndefined();
  expect(windowsAsked().filter((window) => done.includes(window))).toEqual([]);
  expect(windowsDone()).toEqual(SEVEN);
  expect(await rows('SELECT count(*), count(DISTINCT id) FROM shop.orders')).toEqual([['42', '42']]);
  await expectCurated(numbers(0, 42));
}, 120_000);

describe('a replay', () => {
  test('of a run or of a backfill asks the API for nothing, and makes the same rows', async () => {
    const live = (await run()).told.runs[0].runId;
    const backfilled = (await backfill()).told.runs[0].runId;
    await expectCurated(numbers(0, 60));
    server.received.splice(0);
    for (const runId of [live, backfilled]) {
      expect((await local('query', 'DELETE FROM shop.orders_latest')).failure).toBeUndefined();
      expect((await local('replay', runId)).failure).toBeUndefined();
      expect((await local('replay', runId)).told).toMatchObject({ runs: [{ runId }] }); // twice doubles nothing
      await expectCurated(numbers(0, 60)); // both wrote the partition of the same day
    }
    expect(server.received).toEqual([]);
  }, 180_000);

  test('of a run whose objects are gone says which run has replaced it', async () => {
    const first = (await run('prices')).told.runs[0].runId;
    const second = (await run('prices')).told.runs[0].runId;
    const { code, failure } = await local('replay', first);
    expect(code).toBe(1);
    expect(failure).toMatchObject({ code: 'RUN_GONE', message: expect.stringMatching(new RegExp(`1 of the 1 objects of run "${first}" are gone from .*raw/prices/.*holds ${second}`)) });
    expect((await local('replay', second)).failure).toBeUndefined();
    expect((await local('replay', 'no-such-run', '--source', 'prices')).failure).toMatchObject({ code: 'RUN_UNKNOWN', message: expect.stringContaining(second) });
    expect(await local('replay', 'no-such-run')).toMatchObject({ code: 2, failure: { code: 'AMBIGUOUS_SOURCE' } });
  }, 120_000);
});

test.each([
  ['an end before the begin', ['--from', '2026-01-08', '--to', '2026-01-01', '--step', '1d'], 'BACKFILL_INVALID', /not after from/],
  ['a step longer than the range', ['--from', '2026-01-01', '--to', '2026-01-02', '--step', '2d'], 'BACKFILL_INVALID', /longer/],
  ['a begin that is no time', ['--from', 'monday', '--to', '2026-01-02', '--step', '1d'], 'BACKFILL_INVALID', /from: got "monday"/],
  ['too many windows at a time', [...RANGE, '--concurrency', '999'], 'BACKFILL_INVALID', /concurrency: got 999; use 1 to 40/],
])('%s is wrong usage, before anything runs', async (_, args, code, message) => {
  expect(await local('backfill', 'orders', ...args)).toMatchObject({ code: 2, failure: { code, message: expect.stringMatching(message) } });
  expect(objects('')).toEqual([]);
});

test('a source that cannot be asked for a part is refused', async () => {
  expect(await local('backfill', 'prices', ...RANGE)).toMatchObject({ code: 2, failure: { code: 'BACKFILL_UNSUPPORTED', hint: expect.stringContaining('Incremental.timeWindow') } });
});
