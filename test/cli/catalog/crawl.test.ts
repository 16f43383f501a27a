import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE, TestLake } from '../athena/lake';

let lake: TestLake;

beforeEach(() => { lake = new TestLake(); });
afterEach(() => lake.close());

/** The columns that the crawler finds in these lines. */
async function typesOf(...lines: string[]): Promise<Record<string, string>> {
  lake.put('raw/t/a.jsonl', lines.map((line) => `${line}\n`).join(''));
  await lake.crawl('raw/t/', 3);
  return lake.columns('t');
}

describe('tables and partitions', () => {
  test('the bucket is level 1: raw/users/ is a table at level 3', async () => {
    lake.put('raw/users/ingestion_date=2026-11-22/a.jsonl.gz', '{"id":1}\n');
    lake.put('raw/users/ingestion_date=2026-11-23/a.jsonl.gz', '{"id":2}\n');
    expect(await lake.crawl('raw/users/', 3)).toEqual({ created: ['users'], updated: [], unchanged: [], partitionsAdded: 2 });
    const table = lake.catalog.getTable(DATABASE, 'users');
    expect(table).toMatchObject({
      Name: 'users',
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'json', compressionType: 'gzip' },
      PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }],
      StorageDescriptor: {
        Columns: [{ Name: 'id', Type: 'int' }],
        Location: 's3://lake/raw/users/',
        SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe', Parameters: { paths: 'id' } },
      },
    });
    expect(lake.catalog.getPartitions(DATABASE, 'users')).toEqual([
      { Values: ['2026-11-22'], StorageDescriptor: { Location: 's3://lake/raw/users/ingestion_date=2026-11-22/' } },
      { Values: ['2026-11-23'], StorageDescriptor: { Location: 's3://lake/raw/users/ingestion_date=2026-11-23/' } },
    ]);
  });

  test('every folder at the level is a table, its name as Glue writes it', async () => {
    lake.put('raw/Web-Orders/a.jsonl', '{"id":1}\n');
    lake.put('raw/users/a.jsonl', '{"id":1}\n');
    expect((await lake.crawl('raw/', 3)).created).toEqual(['web_orders', 'users']);
  });

  test('folders without a key are partition_0, partition_1', async () => {
    lake.put('raw/t/2026/11/a.jsonl', '{"id":1}\n');
    await lake.crawl('raw/t/', 3);
    expect(lake.catalog.getTable(DATABASE, 't')?.PartitionKeys?.map((key) => key.Name)).toEqual(['partition_0', 'partition_1']);
    expect(lake.catalog.getPartitions(DATABASE, 't')[0].Values).toEqual(['2026', '11']);
  });

  test('files of one table under different keys fail, and nothing is written', async () => {
    lake.put('raw/t/day=1/a.jsonl', '{"id":1}\n');
    lake.put('raw/t/b.jsonl', '{"id":1}\n');
    await expect(lake.crawl('raw/t/', 3)).rejects.toThrow('raw/t/day=1/ are laid out differently');
    expect(lake.catalog.listTables(DATABASE)).toEqual([]);
  });

  test('hidden files and folders and empty files are no data', async () => {
    lake.put('raw/t/_SUCCESS', 'not json');
    lake.put('raw/t/.part', 'not json');
    lake.put('raw/t/_tmp/a.jsonl', 'not json');
    lake.put('raw/t/empty.jsonl', '');
    lake.put('raw/t/a.jsonl', '{"id":1}\n');
    await lake.crawl('raw/t/', 3);
    expect(lake.columns('t')).toEqual({ id: 'int' });
  });

  test('an empty prefix makes no table and says so', async () => {
    expect(await lake.crawl('raw/nothing/', 3)).toEqual({ created: [], updated: [], unchanged: [], partitionsAdded: 0 });
    expect(lake.warnings).toEqual(['no object below s3://lake/raw/nothing/: no table made (run the extractor first)']);
  });

  test('a file above the table level is left out and named', async () => {
    lake.put('raw/readme.jsonl', '{"id":1}\n');
    lake.put('raw/t/a.jsonl', '{"id":1}\n');
    await lake.crawl('raw/', 3);
    expect(lake.warnings).toEqual(['raw/readme.jsonl stands above table level 3 and is left out']);
  });
});

describe('types', () => {
  test('numbers widen: int < bigint < double; text and numbers together are string', async () => {
    expect(await typesOf(
      '{"i":1,"b":1,"d":1,"s":1,"f":true,"n":null,"m":true}',
      '{"i":-2147483648,"b":2147483648,"d":1.5,"s":"x","f":false,"n":null,"m":1}',
    )).toEqual({ i: 'int', b: 'bigint', d: 'double', s: 'string', f: 'boolean', n: 'string', m: 'string' });
  });

  test('a number that neither 64 bits nor a double holds is string, because Athena reads it as NULL otherwise', async () => {
    expect(await typesOf('{"a":9223372036854775807,"b":9223372036854775808,"c":0.1234567890123456789,"d":0.12345678901234567}'))
      .toEqual({ a: 'bigint', b: 'string', c: 'string', d: 'double' });
  });

  test('structs and arrays merge over all records', async () => {
    expect(await typesOf('{"s":{"a":1},"l":[1,null],"ls":[{"x":1}]}', '{"s":{"b":"x"},"l":[2.5],"ls":[{"y":[]}]}', '{"s":null,"l":[]}'))
      .toEqual({ s: 'struct<a:int,b:string>', l: 'array<double>', ls: 'array<struct<x:int,y:array<string>>>' });
  });

  test('an object in one record and text in another is string; an empty object is string', async () => {
    expect(await typesOf('{"a":{"x":1},"b":[1],"e":{}}', '{"a":"x","b":{"x":1}}')).toEqual({ a: 'string', b: 'string', e: 'string' });
  });

  test('top-level names are lower case, nested names keep theirs', async () => {
    expect(await typesOf('{"userId":1,"Home":{"zipCode":"x"}}')).toEqual({ userid: 'int', home: 'struct<zipCode:string>' });
  });

  test('names that differ in case are one column, with a warning', async () => {
    expect(await typesOf('{"id":1,"ID":"x","n":{"A":1,"a":2.5}}')).toEqual({ id: 'string', n: 'struct<A:double>' });
    expect(lake.warnings).toEqual(expect.arrayContaining([
      expect.stringContaining('"ID" and "id" differ in case only'), expect.stringContaining('"a" and "A" differ in case only'),
    ]));
  });

  test('a column named like a partition key, an empty name and a name Hive cannot write are left out, with a warning', async () => {
    lake.put('raw/t/day=1/a.jsonl', '{"id":1,"day":"x","":1,"n":{"a:b":1,"c":2}}\n');
    await lake.crawl('raw/t/', 3);
    expect(lake.columns('t')).toEqual({ id: 'int', n: 'struct<c:int>' });
    expect(lake.warnings).toHaveLength(3);
  });
});

describe('a later crawl', () => {
  test('adds columns, nested fields and partitions, drops none', async () => {
    lake.put('raw/t/day=1/a.jsonl', '{"id":1,"old":"x","n":{"a":1}}\n');
    await lake.crawl('raw/t/', 3);
    lake.put('raw/t/day=1/a.jsonl', '{"id":1,"n":{"b":[{"c":1}]}}\n');
    lake.put('raw/t/day=2/a.jsonl', '{"new":1.5}\n');
    expect(await lake.crawl('raw/t/', 3)).toEqual({ created: [], updated: ['t'], unchanged: [], partitionsAdded: 1 });
    expect(lake.columns('t')).toEqual({ id: 'int', old: 'string', n: 'struct<a:int,b:array<struct<c:int>>>', new: 'double' });
  });

  test('changes nothing when nothing is new', async () => {
    lake.put('raw/t/day=1/a.jsonl', '{"id":1}\n');
    await lake.crawl('raw/t/', 3);
    expect(await lake.crawl('raw/t/', 3)).toEqual({ created: [], updated: [], unchanged: ['t'], partitionsAdded: 0 });
  });

  test("keeps a column's type and warns when the files hold another", async () => {
    lake.put('raw/t/a.jsonl', '{"id":1}\n');
    await lake.crawl('raw/t/', 3);
    lake.put('raw/t/b.jsonl', '{"id":"x"}\n');
    expect((await lake.crawl('raw/t/', 3)).unchanged).toEqual(['t']);
    expect(lake.columns('t')).toEqual({ id: 'int' });
    expect(lake.warnings).toEqual([expect.stringContaining('id is int in the catalogue, the files hold string')]);
  });
});

describe('the sample', () => {
  const padded = (record: object) => `${JSON.stringify({ ...record, pad: 'x'.repeat(1000) })}\n`;

  test('is the first megabyte of each file, decompressed: a later column is not found, and that is said', async () => {
    lake.put('raw/t/a.jsonl.gz', padded({ id: 1 }).repeat(1100) + '{"late":1}\nnot json\n');
    await lake.crawl('raw/t/', 3);
    expect(lake.columns('t')).toEqual({ id: 'int', pad: 'string' });
    expect(lake.warnings).toEqual([expect.stringMatching(/^table t: .* only the first megabyte of 1 of 1 files/)]);
  });

  test('a file of less is read to its end', async () => {
    lake.put('raw/t/a.jsonl.gz', padded({ id: 1 }).repeat(900) + '{"late":1}');
    await lake.crawl('raw/t/', 3);
    expect(lake.columns('t')).toEqual({ id: 'int', pad: 'string', late: 'int' });
    expect(lake.warnings).toEqual([]);
  });

  test('a record longer than that is not sampled', async () => {
    lake.put('raw/t/a.jsonl', `{"a":"${'x'.repeat(1024 * 1024)}"}\n`);
    await lake.crawl('raw/t/', 3);
    expect(lake.warnings).toEqual([expect.stringContaining('the first record is longer than 1 MB')]);
  });
});

describe('bad files', () => {
  test.each([
    ['truncated JSON', '{"a":1}\n{"a":\n', 'raw/t/a.jsonl, line 2: not JSON: expected a JSON value at byte 6'],
    ['HTML', '<html>\n', 'raw/t/a.jsonl, line 1: not JSON: expected a JSON value at byte 1, near "<html>"'],
    ['a value after the record', '{"a":1} {"a":2}\n', 'expected the end of the line after the value'],
    ['a trailing comma', '{"a":1,}\n', 'expected a quoted key'],
    ['a leading zero', '{"a":01}\n', 'expected "," or "}"'],
    ['a raw control character', '{"a":"\t"}\n', 'no raw control character in a string'],
    ['a bad escape', '{"a":"\\x"}\n', 'expected an escape'],
    ['an unclosed string', '{"a":"x}\n', 'the closing quote of a string'],
    ['a line that is no object', '[1]\n', 'expected an object in each line, got array'],
  ])('%s fails with file and line, and the catalogue stays as it was', async (_, body, message) => {
    lake.put('raw/t/a.jsonl', body);
    await expect(lake.crawl('raw/t/', 3)).rejects.toThrow(message);
    expect(lake.catalog.listDatabases()).toEqual([]);
  });

  test('a file that is no gzip, whatever its name says, is named', async () => {
    lake.put('raw/t/a.jsonl.gz', Buffer.from('{"a":1}\n'));
    await expect(lake.crawl('raw/t/', 3)).rejects.toThrow('raw/t/a.jsonl.gz: not a whole gzip file');
  });
});

test('the catalogue holds one whole file a table and no remains', async () => {
  lake.put('raw/t/a.jsonl', '{"id":1}\n');
  await lake.crawl('raw/t/', 3);
  expect(readdirSync(join(lake.folder, 'catalog', DATABASE))).toEqual(['t.json']);
});
