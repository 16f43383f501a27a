import { GlueClient } from '@aws-sdk/client-glue';
import { compareTable } from '../../../lambda/catalog/compare-table';
import { GlueCatalog } from '../../../lambda/catalog/glue-catalog';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { startGlue } from '../../support/glue-server';
import { raw } from '../../support/hostile-server';
import { BUCKET, TestLake } from '../../support/test-lake';

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});
let glue: Awaited<ReturnType<typeof startGlue>> | undefined;

afterEach(async () => {
  await glue?.close();
  glue = undefined;
});

/** What is told of a table with these columns over the records, as the extractor stored them. */
async function compare(columns: Record<string, string> | undefined, records: string, partition = 'ingestion_date=2026-01-02') {
  const api = await startApi([raw(`{"results":[${records}]}`)]);
  await extract(lake, `${api.origin}/users`);
  glue = await startGlue(columns && {
    Name: 'users',
    Parameters: { 'projection.ingestion_date.range': '2024-01-01,NOW' },
    StorageDescriptor: { Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })), Location: 's3://lake/raw/users/' },
    PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }],
    VersionId: '1',
  }, []);
  const client = new GlueClient({ endpoint: glue.url, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  try {
    const request = { action: 'compare' as const, source: 'users', bucket: BUCKET, database: 'db', table: 'users', records: 1, schemaChanged: true, partition };
    return (await compareTable(request, { catalog: new GlueCatalog(client), store: lake.store })).warnings;
  } finally {
    client.destroy();
  }
}

test('a table that shows all there is gives no warning, whatever its case and its NULLs', async () => {
  const records = '{"userId":1,"score":1.5,"big":18446744073709551615,"at":{"City":"x","zip":null},"tags":["a"],"flag":true,"any":{"a":1},"none":null},'
    + '{"userId":9007199254740993123,"any":[1],"born":"2001-02-03"}';
  expect(await compare({
    userid: 'bigint',
    score: 'double',
    big: 'decimal(38,0)',
    at: 'struct<city:string,zip:int>',
    tags: 'array<string>',
    flag: 'boolean',
    any: 'string',
    none: 'int',
    born: 'date',
    never: 'timestamp',
  }, records)).toEqual([]);
});

test('columns and fields that are stored and not declared are told, with the type to declare', async () => {
  expect(await compare({ id: 'bigint', at: 'struct<city:string>', list: 'array<struct<a:string>>' },
    '{"id":1,"late":2.5,"at":{"city":"x","geo":{"lat":1.5}},"list":[{"a":"x"},{"b":true}]}')).toEqual([
    'late is stored and not declared: the table has no such column; declare it, as double',
    'at.geo is stored and not declared: the table has no such field; declare it, as struct<lat:double>',
    'list[*].b is stored and not declared: the table has no such field; declare it, as boolean',
  ]);
});

test.each([
  ['int', '3000000000', 'it is declared int, and integers beyond 32 bits are stored too: Athena reads them as NULL, or fails; declare string, which keeps their text'],
  ['bigint', '18446744073709551615', /declared bigint, and numbers beyond 64 bits are stored/],
  ['bigint', '"7"', /declared bigint, and text are stored/],
  ['double', 'true', /declared double, and booleans/],
  ['boolean', '0', /declared boolean, and integers/],
  ['struct<a:string>', '"text"', /declared struct<a:string>, and text/],
  ['array<string>', '{"a":1}', /declared array<string>, and objects/],
  ['map<string,string>', '[1]', /declared map<string,string>, and lists/],
  ['decimal(38,0)', '{"a":1}', /declared decimal\(38,0\), and objects/],
])('a column of %s that holds %s is told', async (type, value, message) => {
  const warnings = await compare({ it: type }, `{"it":${value}}`);
  expect(warnings).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
});

test('of many, the first are told and the others counted', async () => {
  const many = Array.from({ length: 30 }, (_, i) => `"k${i}":1`).join(',');
  const warnings = await compare({ id: 'int' }, `{${many}}`);
  expect(warnings).toHaveLength(21);
  expect(warnings[20]).toBe('and 10 more that the table does not declare');
});

test('a partition that no query would see fails, and says what to set', async () => {
  await expect(compare({ id: 'int' }, '{"id":1}', 'ingestion_date=2023-12-31')).rejects.toMatchObject({
    name: 'PARTITION_NOT_PROJECTED', message: expect.stringMatching(/wrote ingestion_date=2023-12-31, and queries see days from 2024-01-01 on: set firstPartition/),
  });
});

test('a table that is gone fails, and says what to do', async () => {
  await expect(compare(undefined, '{"id":1}')).rejects.toMatchObject({ name: 'TABLE_MISSING', message: expect.stringContaining('deploy the stack again') });
});
