import { TestLake } from './lake';

let lake: TestLake;

beforeEach(async () => {
  lake = new TestLake();
  lake.put('raw/users/ingestion_date=2026-11-22/a.jsonl', '{"id":1,"name":{"first":"Ada"}}\n');
  await lake.crawl('raw/users/', 3);
});

afterEach(() => lake.close());

const column = async (sql: string) => (await lake.rows(sql)).map(([value]) => value);

test('SHOW names databases, tables, columns and partitions', async () => {
  expect(await column('SHOW DATABASES')).toEqual(['randomuser_db']);
  expect(await column('show tables')).toEqual(['users']);
  expect(await column('SHOW TABLES IN randomuser_db;')).toEqual(['users']);
  expect(await column('SHOW COLUMNS IN users')).toEqual(['id', 'name', 'ingestion_date']);
  expect(await column('SHOW PARTITIONS randomuser_db.users')).toEqual(['ingestion_date=2026-11-22']);
});

test('DESCRIBE lists columns, then partition keys', async () => {
  expect(await lake.rows('DESCRIBE `randomuser_db`.`users`')).toEqual([
    ['id', 'int', ''], ['name', 'struct<first:string>', ''], ['ingestion_date', 'string', ''],
    ['', '', ''], ['# Partition Information', '', ''], ['# col_name', 'data_type', 'comment'], ['ingestion_date', 'string', ''],
  ]);
});

test('SHOW CREATE TABLE prints the DDL of the table', async () => {
  const ddl = (await column('SHOW CREATE TABLE users')).join('\n');
  expect(ddl).toContain('CREATE EXTERNAL TABLE `randomuser_db.users`(\n  `id` int, \n  `name` struct<first:string>)\nPARTITIONED BY ( \n  `ingestion_date` string)');
  expect(ddl).toContain("LOCATION\n  's3://lake/raw/users/'");
});

test('a partition is read once the catalogue has it, which MSCK REPAIR TABLE brings about', async () => {
  lake.put('raw/users/ingestion_date=2026-11-23/a.jsonl', '{"id":2}\n');
  expect(await column('SELECT count(*) FROM users')).toEqual(['1']);
  expect(await column('MSCK REPAIR TABLE users')).toEqual([
    'Partitions not in metastore: users:ingestion_date=2026-11-23',
    'Repair: Added partition to metastore users:ingestion_date=2026-11-23',
  ]);
  expect(await lake.rows('SELECT ingestion_date, id FROM users ORDER BY 1')).toEqual([['2026-11-22', '1'], ['2026-11-23', '2']]);
  expect(await column('MSCK REPAIR TABLE users')).toEqual([]);
});

test('a query that reads no column reads the partitions all the same', async () => {
  expect(await column('SELECT ingestion_date FROM users')).toEqual(['2026-11-22']);
});

test('an unknown table or database is named', async () => {
  await expect(lake.query('DESCRIBE user')).rejects.toThrow("TABLE_NOT_FOUND: line 1:10: Table 'awsdatacatalog.randomuser_db.user' does not exist. Did you mean 'users'?");
  await expect(lake.query('SHOW TABLES IN nosuch')).rejects.toThrow("SCHEMA_NOT_FOUND: line 1:16: Schema 'nosuch' does not exist");
  await expect(lake.query('SHOW FUNCTIONS')).rejects.toThrow('NOT_SUPPORTED_LOCALLY: line 1:1: the statement SHOW FUNCTIONS');
});
