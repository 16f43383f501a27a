import { gzipSync } from 'node:zlib';
import { TestLake } from './lake';

let lake: TestLake;
let tables = 0;

beforeAll(() => { lake = new TestLake(); });
afterAll(() => lake.close());

/** The values of the column `v` of this type, one a line of `{"v": ...}`. */
async function read(type: string, values: readonly string[]): Promise<(string | null)[]> {
  const name = `t${tables++}`;
  lake.table(name, { v: type }, values.map((value) => `{"v":${value}}`));
  return (await lake.rows(`SELECT v FROM ${name}`)).map(([value]) => value);
}

describe('what the OpenX SerDe makes of a value (measured on Trino 483)', () => {
  test('anything in a string column keeps its text', async () => {
    expect(await read('string', ['1', '1.50', 'true', '{"a": 1.50, "B":"x\\u00e9"}', '[1, 2.50 ,"x",null]', 'null', '1e3', '-0', '""', '"a\\/b"', '18446744073709551616', '"\\ud83d"']))
      .toEqual(['1', '1.50', 'true', '{"a":1.50,"B":"xé"}', '[1,2.50,"x",null]', null, '1E+3', '0', '', 'a/b', '18446744073709551616', '?']);
  });

  test('an int column: text is converted, fractions are cut, what does not fit is NULL', async () => {
    expect(await read('int', ['1', '"12"', '1.9', '"1.9"', '1e3', '3000000000', '"abc"', 'true', '""', '" 1 "', 'null', '"+5"', '"0x1F"']))
      .toEqual(['1', '12', '1', '1', '1000', null, null, null, null, null, null, '5', '31']);
  });

  test('a bigint column holds 64 bits exactly, more is NULL', async () => {
    expect(await read('bigint', ['3000000000', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '9007199254740993', '1e999999999']))
      .toEqual(['3000000000', '9223372036854775807', null, '-9223372036854775808', '9007199254740993', null]);
  });

  test('a double column prints as Java does', async () => {
    expect(await read('double', ['1', '"1.5"', '1e3', '"abc"', 'true', '1e400', '0.1', '1e10', '1e-4', '123456789.123', '-0.001', '100', '1e7']))
      .toEqual(['1.0', '1.5', '1000.0', null, null, 'Infinity', '0.1', '1.0E10', '1.0E-4', '1.23456789123E8', '-0.001', '100.0', '1.0E7']);
  });

  test('a boolean column is true for true and "true" only', async () => {
    expect(await read('boolean', ['true', '"TRUE"', '1', '"no"', '{}', 'null'])).toEqual(['true', 'true', 'false', 'false', 'false', null]);
  });

  test('a decimal column rounds half up and never passes through a double', async () => {
    expect(await read('decimal(5,2)', ['1.25', '1.255', '12345', '"x"', '1e2', 'true', '-0.005'])).toEqual(['1.25', '1.26', null, null, '100.00', null, '-0.01']);
    expect(await read('decimal(38,0)', ['18446744073709551616'])).toEqual(['18446744073709551616']);
  });

  test('a timestamp column reads text, milliseconds, and seconds with a fraction', async () => {
    expect(await read('timestamp', ['"2026-11-23 10:00:00.123"', '"2026-11-23T10:00:00.123Z"', '"2026-11-23T10:00:00+02:00"', '1700000000000', '1700000000.5', '"2026-11-23"', '"x"', '"2026-02-30 00:00:00"']))
      .toEqual(['2026-11-23 10:00:00.123', '2026-11-23 10:00:00.123', '2026-11-23 08:00:00.000', '2023-11-14 22:13:20.000', '2023-11-14 22:13:20.500', null, null, null]);
  });

  test('a date column reads text and days since 1970', async () => {
    expect(await read('date', ['"2026-11-23"', '"2026-11-23T10:00:00Z"', '20000', '"2026-1-3"', '"x"'])).toEqual(['2026-11-23', '2026-11-23', '2024-10-04', '2026-01-03', null]);
  });

  test('a struct column: missing fields are NULL, names match without case, the last wins', async () => {
    expect(await read('struct<x:string,lastName:int>', ['{"x":"a","LASTNAME":5}', '{}', 'null', '["v"]', '{"X":"a","x":"b"}', '{"x":"b","X":"a"}']))
      .toEqual(['{x=a, lastname=5}', '{x=null, lastname=null}', null, '{x=v, lastname=null}', '{x=b, lastname=null}', '{x=a, lastname=null}']);
  });

  test('an array column: one value is an array of one', async () => {
    expect(await read('array<string>', ['["x",1.50,null]', '[]', '"x"', '5', 'null', '{"a":1}', '""'])).toEqual(['[x, 1.50, null]', '[]', '[x]', '[5]', null, '[{"a":1}]', null]);
  });

  test('a map column has lower-case keys', async () => {
    expect(await read('map<string,int>', ['{"K":1,"k":2}', '{}', 'null'])).toEqual(['{k=2}', '{}', null]);
  });
});

describe('lines and files', () => {
  test('column names match without case, and the last of several spellings wins', async () => {
    lake.table('spellings', { userid: 'string' }, ['{"userId":"1"}', '{"USERID":"2","userid":"3"}', '{"userid":"4","userId":"5","userid":"6"}']);
    expect(await lake.rows('SELECT userid FROM spellings')).toEqual([['1'], ['3'], ['6']]);
  });

  test('a blank line is a row of NULLs, and counts', async () => {
    lake.table('blank', { a: 'string' }, ['{"a":"1"}', '', '{"a":"3"}', '"x"']);
    expect(await lake.rows('SELECT a FROM blank')).toEqual([['1'], [null], ['3'], [null]]);
    expect(await lake.rows('SELECT count(*), count(a) FROM blank')).toEqual([['4', '2']]);
  });

  test('a byte order mark, CRLF and a missing last line feed are no data', async () => {
    lake.table('bytes', { a: 'string' }, Buffer.from('\ufeff{"a":"1"}\r\n{"a":"2"}'));
    expect(await lake.rows('SELECT a FROM bytes')).toEqual([['1'], ['2']]);
  });

  test('a malformed line fails the query and is named; count(*) does not read it', async () => {
    lake.table('broken', { a: 'string' }, ['{"a":"1"}', '{"a":', '{"a":"3"}']);
    await expect(lake.query('SELECT a FROM broken')).rejects.toThrow('HIVE_CURSOR_ERROR: s3://lake/tables/broken/a.jsonl, line 2: not JSON: expected a JSON value at byte 6');
    expect(await lake.rows('SELECT count(*) FROM broken')).toEqual([['3']]);
  });

  test('a scalar where a struct is declared fails only when the column is read', async () => {
    lake.table('scalar', { n: 'struct<x:string>', m: 'int' }, ['{"n":"str","m":5}']);
    expect(await lake.rows('SELECT m FROM scalar')).toEqual([['5']]);
    await expect(lake.query('SELECT n FROM scalar')).rejects.toThrow('HIVE_CURSOR_ERROR: s3://lake/tables/scalar/a.jsonl, line 1: not JSON: expected an object for the struct column');
  });

  test('text that is not UTF-8 fails with its place', async () => {
    lake.table('latin', { a: 'string' }, Buffer.from('{"a":"\xff"}\n', 'latin1'));
    await expect(lake.query('SELECT a FROM latin')).rejects.toThrow('a.jsonl, line 1: not JSON: expected UTF-8 text');
  });

  test('a truncated gzip file fails and is named', async () => {
    lake.table('cut', { a: 'string' }, []);
    lake.put('tables/cut/b.jsonl.gz', gzipSync('{"a":"1"}\n'.repeat(1000)).subarray(0, 40));
    await expect(lake.query('SELECT a FROM cut')).rejects.toThrow('HIVE_CURSOR_ERROR: s3://lake/tables/cut/b.jsonl.gz: not a whole gzip file');
  });

  test('several gzip members in one file are one text, hidden files are skipped', async () => {
    lake.table('members', { a: 'string' }, []);
    lake.put('tables/members/b.jsonl.gz', Buffer.concat([gzipSync('{"a":"1"}\n'), gzipSync('{"a":"2"}\n')]));
    lake.put('tables/members/_SUCCESS', 'x');
    lake.put('tables/members/.hidden', 'x');
    expect(await lake.rows('SELECT a FROM members')).toEqual([['1'], ['2']]);
  });

  test('a table whose format is not read here is refused', async () => {
    lake.catalog.putTable('randomuser_db', { Name: 'parquet', StorageDescriptor: { Columns: [], Location: 's3://lake/p/', SerdeInfo: { SerializationLibrary: 'ParquetHiveSerDe' } } });
    await expect(lake.query('SELECT * FROM parquet')).rejects.toThrow('NOT_SUPPORTED_LOCALLY: table randomuser_db.parquet: reading ParquetHiveSerDe');
  });

  test('a table without files has no rows and its own types', async () => {
    lake.table('nothing', { a: 'string', n: 'struct<x:int>' }, []);
    expect(await lake.query('SELECT a, n FROM nothing')).toEqual({ columns: [{ name: 'a', type: 'varchar' }, { name: 'n', type: 'row' }], rows: [], scannedBytes: 0 });
  });
});
