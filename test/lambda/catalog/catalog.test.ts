import { GlueClient } from '@aws-sdk/client-glue';
import { GlueCatalog } from '../../../lambda/catalog/glue-catalog';
import { inspectTable } from '../../../lambda/catalog/inspect-table';
import { reconcileTable } from '../../../lambda/catalog/reconcile-table';
import { CatalogRequest, SCHEMA_HASH_PARAMETER } from '../../../src/spec';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { FakePartition, FakeTable, startGlue } from '../../support/glue-server';
import { json } from '../../support/hostile-server';
import { BUCKET, TestLake } from '../../support/test-lake';

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});
let glue: Awaited<ReturnType<typeof startGlue>>;
let client: GlueClient;

const RECORDS = [{ id: 1, name: 'a', address: { city: 'x' } }, { id: 3_000_000_000, name: 'b', address: { city: 'y', zip: '1' }, late: true }];
const FOUND = [{ Name: 'id', Type: 'int' }, { Name: 'name', Type: 'string' }, { Name: 'address', Type: 'struct<city:string>' }];
const WANTED = [
  { Name: 'id', Type: 'bigint' }, { Name: 'name', Type: 'string' }, { Name: 'address', Type: 'struct<city:string,zip:string>' }, { Name: 'late', Type: 'boolean' },
];

const crawled = (columns = FOUND): FakeTable => ({
  Name: 'users',
  Parameters: { classification: 'json' },
  StorageDescriptor: { Columns: columns, Location: 's3://lake/raw/users/', SerdeInfo: { Parameters: { paths: 'address,id,name' } } },
  PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }],
  VersionId: '4',
});

const partition = (date: string, columns = FOUND): FakePartition =>
  ({ Values: [date], StorageDescriptor: { Columns: columns, Location: `s3://lake/raw/users/ingestion_date=${date}/` } });

async function given(table: FakeTable | undefined, partitions: FakePartition[] = []) {
  glue = await startGlue(table, partitions);
  client = new GlueClient({ endpoint: glue.url, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

async function store(...results: object[]) {
  const api = await startApi([json({ results })]);
  return extract(lake, `${api.origin}/users`);
}

afterEach(async () => {
  client.destroy();
  await glue.close();
});

const request = (action: CatalogRequest['action']): CatalogRequest => ({
  action, source: 'users', bucket: BUCKET, database: 'db', table: 'users', records: 2, schemaChanged: true,
});
const inspect = () => inspectTable(request('inspect'), { catalog: new GlueCatalog(client), store: lake.store });
const reconcile = () => reconcileTable(request('reconcile'), { catalog: new GlueCatalog(client), store: lake.store });
const calls = (operation: string) => glue.calls.filter((call) => call.operation === operation);

describe('inspect', () => {
  test('of a source that stored nothing asks for no table', async () => {
    await given(undefined);
    const api = await startApi([json({ results: [] })]);
    await extract(lake, `${api.origin}/users`, { spec: { writeMode: { type: 'append' } } });
    expect(await inspect()).toEqual({ hasData: false, current: false });
    expect(glue.calls).toEqual([]);
  });

  test('finds a table that is missing, and one that nobody has reconciled, not current', async () => {
    await store(...RECORDS);
    await given(undefined);
    expect(await inspect()).toEqual({ hasData: true, current: false });
    await glue.close();
    await given(crawled(WANTED));
    expect(await inspect()).toEqual({ hasData: true, current: false });
  });

  test('finds a reconciled table current until the records show something new', async () => {
    const { schemaHash } = await store(...RECORDS);
    await given(crawled());
    await reconcile();
    expect(await inspect()).toEqual({ hasData: true, current: true });
    expect(glue.table().Parameters[SCHEMA_HASH_PARAMETER]).toBe(schemaHash); // what the run's result says too
    await store({ id: 1, name: 'a', newest: 1 });
    expect(await inspect()).toEqual({ hasData: true, current: false });
  });
});

describe('a source of a function of one\'s own, which keeps no state', () => {
  const inspectAfter = (result: { records: number; schemaChanged: boolean }) =>
    inspectTable({ ...request('inspect'), ...result }, { catalog: new GlueCatalog(client), store: lake.store });

  test('is taken at its word', async () => {
    await given(undefined);
    expect(await inspectAfter({ records: 0, schemaChanged: true })).toEqual({ hasData: false, current: false });
    expect(await inspectAfter({ records: 1, schemaChanged: false })).toEqual({ hasData: true, current: false });
    await glue.close();
    await given(crawled());
    expect(await inspectAfter({ records: 0, schemaChanged: false })).toEqual({ hasData: true, current: true });
    expect(await inspectAfter({ records: 1, schemaChanged: true })).toEqual({ hasData: true, current: false });
    expect(await reconcile()).toEqual({ added: [], changed: [], partitions: 0 });
  });
});

describe('reconcile', () => {
  test('adds columns and fields that the crawler missed, widens types, and leaves all else as it was', async () => {
    await store(...RECORDS);
    await given(crawled());
    expect(await reconcile()).toEqual({ added: ['late'], changed: ['id', 'address'], partitions: 0 });
    expect(glue.table()).toMatchObject({
      Parameters: { classification: 'json' },
      StorageDescriptor: { Columns: WANTED, Location: 's3://lake/raw/users/', SerdeInfo: { Parameters: { paths: 'address,id,late,name' } } },
      PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }],
    });
  });

  test('gives every partition the table\'s columns, a hundred at a time', async () => {
    await store(...RECORDS);
    const dates = Array.from({ length: 230 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10));
    await given(crawled(), [...dates.map((date) => partition(date)), partition('2027-01-01', WANTED)]);
    expect(await reconcile()).toMatchObject({ partitions: 230 });
    expect(calls('BatchUpdatePartition').map(({ input }) => input.Entries.length)).toEqual([100, 100, 30]);
    expect(glue.partitions.every(({ StorageDescriptor }) => JSON.stringify(StorageDescriptor.Columns) === JSON.stringify(WANTED))).toBe(true);
    expect(glue.partitions[229].StorageDescriptor.Location).toBe('s3://lake/raw/users/ingestion_date=2026-08-18/');
  });

  test('that is cut off between table and partitions is made good by the next', async () => {
    await store(...RECORDS);
    await given(crawled(WANTED), [partition('2026-11-23')]);
    expect(await reconcile()).toEqual({ added: [], changed: [], partitions: 1 });
    expect(await reconcile()).toEqual({ added: [], changed: [], partitions: 0 });
    expect(calls('UpdateTable')).toHaveLength(1); // the mark alone, once
  });

  test('keeps a type that a person gave to text', async () => {
    await store({ id: 1, name: '2026-11-23' });
    await given(crawled([{ Name: 'id', Type: 'decimal(38,0)' }, { Name: 'name', Type: 'date' }]));
    expect(await reconcile()).toMatchObject({ added: [], changed: [] });
  });

  test('fails when the crawler made no table of what is stored', async () => {
    await store(...RECORDS);
    await given(undefined);
    await expect(reconcile()).rejects.toMatchObject({ name: 'TABLE_MISSING', message: expect.stringMatching(/^db\.users: .*source "users" has stored records/) });
  });

  test('does not undo what someone else changed at the same time', async () => {
    await store(...RECORDS);
    await given(crawled());
    const catalog = new GlueCatalog(client);
    const read = catalog.getTable.bind(catalog);
    catalog.getTable = async (name) => {
      const table = await read(name);
      glue.table().VersionId = '5';
      return table;
    };
    await expect(reconcileTable(request('reconcile'), { catalog, store: lake.store })).rejects.toMatchObject({ name: 'ConcurrentModificationException' });
  });
});
