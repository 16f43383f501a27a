import { absorb } from '../../../lambda/catalog/absorb-schema';
import { findRun } from '../../../lambda/catalog/backfill/find-run';
import { planBackfillOf } from '../../../lambda/catalog/backfill/plan-backfill';
import { sumUpBackfill } from '../../../lambda/catalog/backfill/sum-up-backfill';
import { MergedSchema, readMergedSchema } from '../../../lambda/catalog/merged-schema';
import { SchemaTree } from '../../../lambda/extractor/scan';
import { backfillFailureKey, backfillKey, BackfillRecord, BackfillRequest, PlannedBackfill, windowRunId } from '../../../src/spec';
import { query } from '../../support/changing-api';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { json } from '../../support/hostile-server';
import { scan } from '../../support/scan';
import { BUCKET, TestLake } from '../../support/test-lake';

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const ABOUT = { source: 'users', bucket: BUCKET, database: 'db', table: 'users' };
const plan = (changes: Partial<BackfillRequest> = {}) =>
  planBackfillOf({ action: 'planBackfill', ...ABOUT, unit: 'time', backfill: { from: '2026-01-01', to: '2026-01-05', step: '1d', ...changes } }, { store: lake.store });
const sumUp = (id: string) => sumUpBackfill({ action: 'sumUpBackfill', ...ABOUT, id }, { store: lake.store });
const find = (runId: string) => findRun({ action: 'findRun', ...ABOUT, runId }, { store: lake.store });
const recordOf = (id: string) => JSON.parse(lake.read(backfillKey('users', id)).toString()) as BackfillRecord;

/** Reads windows; each has a record, with a column of its own. */
async function read({ id, scheduledTime }: PlannedBackfill, windows: PlannedBackfill['windows']) {
  const api = await startApi([(request, ...rest) => {
    const since = query(request, 'since')!.slice(0, 10);
    return json({ results: [{ id: since, at: `${since}T06:00:00Z`, [`on_${since.slice(8)}`]: 1 }] })(request, ...rest);
  }]);
  for (const { n, from, to } of windows) {
    await extract(lake, api.origin, {
      runId: windowRunId(id, n),
      scheduledTime,
      backfill: { from, to },
      spec: { key: ['$.id'], incremental: { type: 'cursor', path: '$.at', target: { in: 'query', name: 'since' } } },
    });
  }
}

test('the same backfill keeps its id and its partition, and has fewer windows left', async () => {
  const first = await plan();
  expect(first).toMatchObject({ id: expect.stringMatching(/^backfill-[0-9a-f]{12}$/), concurrency: 4, total: 4 });
  await read(first, first.windows.slice(1, 3));
  const second = await plan({ from: '2026-01-01T01:00:00+01:00', step: '24h', concurrency: 9 });
  expect(second).toEqual({ ...first, concurrency: 9, windows: [first.windows[0], first.windows[3]] });
  expect((await plan({ step: '2d' })).id).not.toBe(first.id);
  expect(recordOf(first.id)).toMatchObject({ source: 'users', unit: 'time', from: '2026-01-01T00:00:00Z', step: 86_400_000 });
});

test('what cannot be planned is told at once, all of it', async () => {
  await expect(plan({ from: 'x', step: 'y' })).rejects.toMatchObject({ name: 'BACKFILL_INVALID', message: expect.stringMatching(/from: got "x".*step: got "y"/) });
  expect(lake.keys('_backfills/')).toEqual([]);
});

test('windows that are missing are named, with the reason of their last failure', async () => {
  const planned = await plan();
  await read(planned, planned.windows.slice(0, 1));
  const note = { error: 'HTTP_500', cause: 'c'.repeat(1_000) };
  await lake.store.put(backfillFailureKey('users', planned.id, windowRunId(planned.id, 3)), Buffer.from(JSON.stringify(note)), {});
  const { result, problem } = await sumUp(planned.id);
  expect(result).toBeUndefined();
  expect(problem).toMatch(/^3 of 4 windows of backfill-\w+ are not read; 2026-01-03T00:00:00Z to 2026-01-04T00:00:00Z: HTTP_500: c{300}\. Start it again/);
  expect(problem!.length).toBeLessThan(600);
});

test('without notes the first missing window is named', async () => {
  const { id } = await plan();
  expect((await sumUp(id)).problem).toMatch(/^4 of 4 .*; the first one is 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z\./);
});

test('a complete backfill is one result, and its columns are the table\'s beside the live run\'s', async () => {
  const planned = await plan();
  const api = await startApi([json({ results: [{ id: 'live', live: true }] })]);
  await extract(lake, api.origin, { spec: { writeMode: { type: 'append' } } });
  await read(planned, planned.windows);

  const { result } = await sumUp(planned.id);

  expect(result).toMatchObject({ runId: planned.id, done: true, records: 4, parts: 4, pages: 4, partition: `ingestion_date=${planned.scheduledTime.slice(0, 10)}` });
  expect(recordOf(planned.id).result).toEqual(result);
  expect((await sumUp(planned.id)).result).toEqual(result);
  const merged = await readMergedSchema(lake.store, { action: 'inspect', ...ABOUT, records: 0, schemaChanged: false });
  expect((merged as MergedSchema).columns.map(({ Name }) => Name).sort()).toEqual(['at', 'id', 'live', 'on_01', 'on_02', 'on_03', 'on_04']);
});

const treeOf = (records: readonly object[]) => scan(JSON.stringify(records)).schema;

test('a schema takes in all that another one has seen, in any order', () => {
  const some = [{ a: 1, b: { c: 'x' }, l: [{ p: 1 }] }, { a: 3_000_000_000 }];
  const others = [{ a: 'text', b: { d: true }, l: [{ q: 2 }], e: null }, { f: Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`k${i}`, i])) }];
  const whole = treeOf([...some, ...others]).hash();
  for (const [into, from] of [[some, others], [others, some]]) {
    const tree = treeOf(into);
    absorb(tree.root, treeOf(from).root);
    expect(tree.hash()).toBe(whole);
    expect(SchemaTree.fromJSON(tree.toJSON()).hash()).toBe(whole);
  }
});

describe('a run to replay', () => {
  const store = async (runId: string, spec = {}) => {
    const api = await startApi([json({ results: [{ id: 1 }] })]);
    return extract(lake, api.origin, { runId, spec });
  };

  test('is found with all its objects, a backfill by its own id', async () => {
    expect(await find((await store('run-1')).runId)).toMatchObject({ runId: 'run-1', records: 1 });
    const planned = await plan();
    await read(planned, planned.windows);
    await expect(find(planned.id)).rejects.toMatchObject({ name: 'RUN_UNKNOWN' }); // not summed up yet
    await sumUp(planned.id);
    expect(await find(planned.id)).toMatchObject({ records: 4 });
  });

  test('is refused when a snapshot has replaced it, naming the run that has', async () => {
    await store('run-1');
    await store('run-2');
    await expect(find('run-1')).rejects.toMatchObject({ name: 'RUN_GONE', message: expect.stringMatching(/1 of the 1 objects of run "run-1" are gone from .*holds run-2$/) });
    expect(await find('run-2')).toMatchObject({ runId: 'run-2' });
  });

  test('does not count the objects of a run whose id begins alike', async () => {
    const append = { writeMode: { type: 'append' } as const };
    await store('run', append);
    await store('run-0001', append);
    const own = lake.keys('raw/users/').filter((key) => /-run-\d{6}-/.test(key));
    expect(own).toHaveLength(1);
    await lake.store.delete(own[0]);
    await expect(find('run')).rejects.toMatchObject({ name: 'RUN_GONE' });
  });

  test('is refused when nobody knows it, with those that are known', async () => {
    await expect(find('run-9')).rejects.toMatchObject({ name: 'RUN_UNKNOWN', message: expect.stringContaining('none is there') });
    await store('run-1');
    await expect(find('run-9')).rejects.toMatchObject({ name: 'RUN_UNKNOWN', message: expect.stringContaining('there are run-1.') });
    await expect(find('../x')).rejects.toMatchObject({ name: 'REPLAY_INVALID' });
  });
});
