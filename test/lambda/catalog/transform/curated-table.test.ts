import type { Column as GlueColumn, Table } from '@aws-sdk/client-glue';
import { tableDdl } from '../../../../lambda/catalog/transform/curated-table';
import { queryColumns } from '../../../../lambda/catalog/transform/query-columns';
import { parseHiveType } from '../../../../src/spec/hive-type';
import { TransformPlan } from '../../../../src/spec/workflow-plan';

const TARGET = { database: 'lake', table: 'users', location: 's3://bucket/curated/users/', partitionBy: ['country'] };
const columns = (types: Record<string, string>) => Object.entries(types).map(([name, type]) => ({ name, type: parseHiveType(type) }));
const iceberg = (types: Record<string, string>, more: GlueColumn[] = []): Table => ({
  Name: 'users',
  Parameters: { table_type: 'ICEBERG' },
  StorageDescriptor: { Columns: [...Object.entries({ ...types, _run_id: 'string' }).map(([Name, Type]) => ({ Name, Type })), ...more] },
});

describe('the table of a transform', () => {
  test('is made as an Iceberg table of Parquet and zstd under its prefix', () => {
    expect(tableDdl(TARGET, columns({ 'country': 'string', 'odd `name': 'struct<a:int>' }), undefined)).toEqual([
      'CREATE TABLE IF NOT EXISTS `lake`.`users` (`country` string, `odd ``name` struct<`a`:int>, `_run_id` string)\n'
      + "PARTITIONED BY (`country`)\nLOCATION 's3://bucket/curated/users/'\n"
      + "TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet', 'write_compression'='zstd')",
    ]);
  });

  test('gets the columns that the query has and it lacks; a column that Iceberg has dropped is one that it lacks', () => {
    const table = iceberg({ country: 'string' }, [{ Name: 'old', Type: 'int', Parameters: { 'iceberg.field.current': 'false' } }]);
    expect(tableDdl(TARGET, columns({ country: 'string' }), table)).toEqual([]);
    expect(tableDdl(TARGET, columns({ country: 'string', n: 'int', old: 'string' }), table)).toEqual(['ALTER TABLE `lake`.`users` ADD COLUMNS (`n` int, `old` string)']);
  });

  test.each([
    ['int', 'bigint'], ['float', 'double'], ['decimal(10,2)', 'decimal(12,2)'], ['decimal(10,2)', 'decimal(12,4)'], ['array<int>', 'array<int>'], ['struct<a:int>', 'struct<a: int>'],
  ])('%s fits a column of the type %s', (value, column) => {
    expect(tableDdl(TARGET, columns({ n: value }), iceberg({ n: column }))).toEqual([]);
  });

  test.each([
    ['bigint', 'int'], ['string', 'int'], ['int', 'string'], ['double', 'float'], ['int', 'double'], ['decimal(12,2)', 'decimal(10,2)'], ['decimal(10,3)', 'decimal(10,2)'],
    ['array<string>', 'array<int>'], ['date', 'timestamp'],
  ])('%s does not fit a column of the type %s: the error says what was and what is', (value, column) => {
    expect(() => tableDdl(TARGET, columns({ n: value }), iceberg({ n: column })))
      .toThrow(`table lake.users, column n: was ${column}, the query now yields ${value}; CAST it in the query to what it was, or give`);
  });

  test('no other table is taken for it', () => {
    expect(() => tableDdl(TARGET, columns({ n: 'int' }), { Name: 'users', Parameters: { classification: 'json' } }))
      .toThrow('table lake.users: there is a table of this name that is no Iceberg table; give the transform another name');
  });
});

describe('the columns of a query', () => {
  const plan = (options: Partial<TransformPlan> = {}): TransformPlan =>
    ({ name: 't', table: 't', inputs: [], query: '', mode: { type: 'append' }, partitionBy: [], columns: {}, ...options });
  const types = (result: Record<string, string>, options: Partial<TransformPlan> = {}) => Object.fromEntries(
    queryColumns(Object.entries(result).map(([Name, Type]) => ({ Name, Type })), plan(options)).map(({ name, type }) => [name, type]));

  test('have the types that Athena tells', () => {
    expect(types({ A: 'varchar', b: 'integer', c: 'timestamp', d: 'smallint' })).toEqual({
      a: parseHiveType('string'), b: parseHiveType('int'), c: parseHiveType('timestamp'), d: parseHiveType('int'),
    });
    expect(queryColumns([{ Name: 'price', Type: 'decimal', Precision: 12, Scale: 2 }], plan())).toEqual([{ name: 'price', type: parseHiveType('decimal(12,2)') }]);
  });

  test('have declared types where Athena tells too little', () => {
    expect(types({ tags: 'array' }, { columns: { tags: 'array<string>' } })).toEqual({ tags: parseHiveType('array<string>') });
    expect(() => types({ tags: 'array' })).toThrow("column tags of the query is of the type array; declare its type: columns: { tags: 'array<string>' }");
    expect(() => types({ who: 'row(name varchar)' })).toThrow("declare its type: columns: { who: 'struct<name:string>' }");
  });

  test.each<[string, Record<string, string>, Partial<TransformPlan>, string]>([
    ['a column without a name', { _col0: 'bigint' }, {}, 'the query yields a column without a name; name every expression with AS'],
    ['two of a name', { a: 'bigint', A: 'bigint' }, {}, 'the query yields two columns a;'],
    ['the column of the table itself', { _run_id: 'varchar' }, {}, 'the query yields a column _run_id, which the table has by itself'],
    ['a time with a zone', { t: 'timestamp with time zone' }, {}, 'column t of the query is of the type timestamp with time zone; CAST it AS timestamp'],
    ['a NULL without a type', { t: 'unknown' }, {}, 'CAST it to a type that a table can have'],
    ['a partition that is not there', { a: 'varchar' }, { partitionBy: ['b'] }, 'partitionBy names b, which is no column of the query; it yields a'],
    ['a key that is not there', { a: 'varchar' }, { mode: { type: 'merge', key: ['b'], latestBy: 'a' } }, 'key names b, which is no column of the query'],
    ['a latestBy that is not there', { a: 'varchar' }, { mode: { type: 'merge', key: ['a'], latestBy: 'b' } }, 'latestBy names b'],
    ['a declared column that is not there', { a: 'varchar' }, { columns: { b: 'int' } }, 'columns names b'],
    ['a partition by a double', { a: 'double' }, { partitionBy: ['a'] }, 'partitionBy names a, whose type no partition can have'],
  ])('%s is an error', (_, result, options, message) => {
    expect(() => types(result, options)).toThrow(message);
  });
});
