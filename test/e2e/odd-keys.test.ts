import { SchemaTree } from '../../lambda/extractor/scan';
import { rawPrefix, tableLevel } from '../../src/spec';
import { TestLake as QueryLake } from '../cli/athena/lake';
import { extract, ExtractOptions } from '../support/extract';
import { Behaviour, HostileServer, json, raw } from '../support/hostile-server';
import { TestLake } from '../support/test-lake';

let lake: TestLake;
let queries: QueryLake;
let api: HostileServer;

beforeEach(async () => {
  lake = await TestLake.start();
  queries = new QueryLake();
});

afterEach(async () => {
  await api.close();
  await lake.close();
  await queries.close();
});

/** Extracts, crawls what was written, and returns what the run warns of. */
async function ingest(behaviour: Behaviour, spec: ExtractOptions['spec'] = {}): Promise<readonly string[]> {
  api = await HostileServer.start([behaviour]);
  const result = await extract(lake, `${api.origin}/users`, { spec });
  lake.keys(rawPrefix('users')).forEach((key) => queries.put(key, lake.read(key)));
  await queries.crawl(rawPrefix('users'), tableLevel(rawPrefix('users')));
  return result.warnings ?? [];
}

const records = (...texts: string[]) => raw(`{"results":[${texts.join(',')}]}`);

test('ordinary keys warn of nothing', async () => {
  expect(await ingest(json({ results: [{ id: 1, full_name: 'x', größe: 2, nested: { camelCase: [{ $oid: 'y' }] } }] }))).toEqual([]);
  expect(queries.warnings).toEqual([]);
});

test('keys that collide in lower case share a column, which shows the last of a record', async () => {
  const texts = ['{"Id":1,"n":{"A":1}}', '{"id":2,"n":{"a":2}}', '{"ID":3,"id":4,"n":{"A":3,"a":4}}'];
  expect(await ingest(records(...texts))).toEqual([
    expect.stringContaining('"Id", "id", "ID" share the column id'), expect.stringContaining('"A", "a" of "n" share the field a'),
  ]);
  expect(lake.lines('users')).toEqual(texts);
  expect(queries.columns('users')).toEqual({ id: 'int', n: 'struct<A:int>' });
  expect(await queries.rows('SELECT id, n.a FROM users ORDER BY id')).toEqual([['1', '1'], ['2', '2'], ['4', '4']]);
});

test('keys with dots and other signs are columns to be quoted', async () => {
  const text = '{"a.b":1,"x-y":"dash","full name":"Zoë","n":{"c.d":5}}';
  const [top, nested, ...others] = await ingest(records(text));
  expect(top).toMatch(/"a\.b", "x-y", "full name" has a special sign: write it in double quotes in SQL, or rename it/);
  expect(nested).toMatch(/"c\.d" of "n" has a special sign/);
  expect(others).toEqual([]);
  expect(await queries.rows('SELECT "a.b", "x-y", "full name", n."c.d" FROM users')).toEqual([['1', 'dash', 'Zoë', '5']]);
});

test('empty keys, and keys that Glue cannot name, are kept in the record and left out of the table', async () => {
  const text = '{"":"none"," ":"blank","id":1,"n":{"":1,"q:r":2,"z":3}}';
  expect(await ingest(records(text))).toEqual([
    expect.stringContaining('the key "", " " has no column: its name is empty'), expect.stringContaining('"n" is shown without its key "", "q:r"'),
  ]);
  expect(lake.lines('users')).toEqual([text]);
  expect(queries.columns('users')).toEqual({ id: 'int', n: 'struct<z:int>' });
  expect(await queries.rows('SELECT * FROM users')).toEqual([['1', '{z=3}', '2026-11-23']]);
});

test('a key with the name of the partition is kept in the record, and the column shows the partition', async () => {
  const text = '{"id":1,"Ingestion_Date":"1999-01-01"}';
  expect(await ingest(records(text))).toEqual([expect.stringContaining('"Ingestion_Date" has no column: the name is the partition\'s')]);
  expect(lake.lines('users')).toEqual([text]);
  expect(await queries.rows('SELECT id, ingestion_date FROM users')).toEqual([['1', '2026-11-23']]);
});

test('a CSV header of such names', async () => {
  const warnings = await ingest(raw('Id,ID,,a.b,ingestion_date\n1,2,3,4,5\n', { 'content-type': 'text/csv' }), { records: '$', format: { type: 'csv' } });
  expect(warnings).toEqual([
    expect.stringContaining('"ID" (field 2) as "ID_2", "" (field 3) as "column_3"'),
    expect.stringContaining('"ingestion_date" has no column'),
    expect.stringContaining('"a.b" has a special sign'),
  ]);
  expect(await queries.rows('SELECT id, id_2, column_3, "a.b", ingestion_date FROM users')).toEqual([['1', '2', '3', '4', '2026-11-23']]);
});

test('the columns of the extractor and of the crawler have the same names and types', async () => {
  await ingest(records('{"Id":1,"id":2.5,"a.b":1,"":1,"n":{"q:r":1,"c.d":2,"E":[{}],"e":[]},"only":{"x,y":1},"big":12345678901234567890}'));
  const ours = Object.fromEntries(SchemaTree.fromJSON(lake.state('users').schema).glueColumns().map(({ name, type }) => [name, type]));
  expect(ours).toEqual(queries.columns('users'));
});
