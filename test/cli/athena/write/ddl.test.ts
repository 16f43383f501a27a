import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { murmur3 } from '../../../../cli/athena/table/bucket-hash';
import { DATABASE, TestLake } from '../lake';

let lake: TestLake;

beforeEach(() => {
  lake = new TestLake();
  lake.catalog.createDatabase(DATABASE);
});
afterEach(() => lake.close());

const ICEBERG = "TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet', 'write_compression'='zstd')";
const USERS = `CREATE TABLE users (id bigint COMMENT 'the key', seen timestamp, tags array<struct<k:string>>) PARTITIONED BY (day(seen), bucket(4, id)) LOCATION 's3://lake/curated/users/' ${ICEBERG}`;

const column = async (sql: string) => (await lake.rows(sql)).map(([value]) => value);
const files = (folder: string) => readdirSync(join(lake.bucketRoot, 'lake', folder));

describe('CREATE TABLE of an Iceberg table', () => {
  test("is in the catalogue as GetTable shows Athena's", async () => {
    await lake.query(USERS);
    const table = lake.catalog.getTable(DATABASE, 'users');
    expect(table).toMatchObject({
      Name: 'users',
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG', metadata_location: expect.stringMatching(/^s3:\/\/lake\/curated\/users\/metadata\/00000-.*\.datalake\.json$/) },
      PartitionKeys: [],
    });
    expect(table?.StorageDescriptor?.Location).toBe('s3://lake/curated/users');
    expect(lake.columns('users')).toEqual({ id: 'bigint', seen: 'timestamp', tags: 'array<struct<k:string>>' });
    expect(table?.StorageDescriptor?.Columns[0]).toMatchObject({ Comment: 'the key', Parameters: { 'iceberg.field.id': '1', 'iceberg.field.current': 'true' } });
  });

  test('says in its metadata that it is not the Iceberg format', async () => {
    await lake.query(USERS);
    const [name] = files('curated/users/metadata');
    expect(readFileSync(join(lake.bucketRoot, 'lake/curated/users/metadata', name), 'utf8')).toContain('not the Iceberg format');
  });

  test('SHOW CREATE TABLE prints a statement that makes the same table again', async () => {
    await lake.query(USERS);
    const ddl = await column('SHOW CREATE TABLE users');
    await lake.query('DROP TABLE users');
    await lake.query(ddl.join('\n'));
    expect(await column('SHOW CREATE TABLE users')).toEqual(ddl);
    expect(ddl).toContain('PARTITIONED BY (day(`seen`), bucket(4, `id`))');
  });

  test('IF NOT EXISTS leaves the table that is there alone', async () => {
    await lake.query(USERS);
    await lake.query("CREATE TABLE IF NOT EXISTS users (other int) LOCATION 's3://lake/other/' TBLPROPERTIES ('table_type'='ICEBERG')");
    expect(Object.keys(lake.columns('users'))).toEqual(['id', 'seen', 'tags']);
    await expect(lake.query(USERS)).rejects.toThrow(`TABLE_ALREADY_EXISTS: line 1:14: Table 'awsdatacatalog.${DATABASE}.users' already exists`);
  });

  test('takes reserved words as names in backticks', async () => {
    const columns = '`user` string, `date` date, `of` struct<`from`:int>';
    await lake.query(`CREATE TABLE \`order\` (${columns}) PARTITIONED BY (truncate(4, \`user\`), day(\`date\`)) LOCATION 's3://lake/t/' ${ICEBERG}`);
    expect(lake.columns('order')).toEqual({ user: 'string', date: 'date', of: 'struct<from:int>' });
  });

  test.each([
    ["CREATE TABLE t (a int) LOCATION 's3://lake/t/'", 'INVALID_TABLE_PROPERTY: line 1:14: CREATE TABLE makes Iceberg tables only'],
    ["CREATE TABLE t (a smallint) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", 'NOT_SUPPORTED: line 1:14: Type not supported for Iceberg: smallint'],
    ["CREATE TABLE t (a array<tinyint>) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", 'NOT_SUPPORTED: line 1:14: Type not supported for Iceberg: tinyint'],
    ["CREATE TABLE t (a int, A string) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'a' specified more than once"],
    ["CREATE TABLE t (a varchar2) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", 'SYNTAX_ERROR: line 1:19: "varchar2" is not a Hive type'],
    ["CREATE TABLE t (a int) LOCATION '/tmp/t' TBLPROPERTIES ('table_type'='ICEBERG')", "INVALID_TABLE_PROPERTY: line 1:24: LOCATION '/tmp/t' is no s3://"],
    ["CREATE TABLE t (a int) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG', 'format'='orc')", 'NOT_SUPPORTED_LOCALLY: line 1:14: the format orc'],
    ["CREATE TABLE t (a int) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG', 'colour'='red')", 'INVALID_TABLE_PROPERTY: line 1:14: Unsupported table property key: colour'],
    ["CREATE TABLE t (a int) PARTITIONED BY (day(a)) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", "INVALID_TABLE_PROPERTY: line 1:14: column 'a' of type int cannot be partitioned by day"],
    ["CREATE TABLE t (a int) PARTITIONED BY (b) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", "INVALID_TABLE_PROPERTY: line 1:14: Unknown partition column 'b'"],
    ["CREATE TABLE t (a int) PARTITIONED BY (b int) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", 'INVALID_TABLE_PROPERTY: line 1:40: "b int" is no partition transform'],
    ['CREATE TABLE "t" (a int) LOCATION \'s3://lake/t/\' TBLPROPERTIES (\'table_type\'=\'ICEBERG\')', "SYNTAX_ERROR: line 1:14: mismatched input '\"t\"': quote names with backticks"],
    [`CREATE TABLE t (date string) LOCATION 's3://lake/t/' ${ICEBERG}`, "SYNTAX_ERROR: line 1:17: mismatched input 'date': it is a reserved word; write `date`"],
    [`CREATE TABLE t (a array<struct<From:int>>) LOCATION 's3://lake/t/' ${ICEBERG}`, "SYNTAX_ERROR: line 1:32: mismatched input 'From': it is a reserved word"],
    [`CREATE TABLE t (\`date\` date) PARTITIONED BY (day(date)) LOCATION 's3://lake/t/' ${ICEBERG}`, "SYNTAX_ERROR: line 1:50: mismatched input 'date'"],
    [`CREATE TABLE order (a int) LOCATION 's3://lake/t/' ${ICEBERG}`, "SYNTAX_ERROR: line 1:14: mismatched input 'order'"],
    ["CREATE TABLE nosuch.t (a int) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')", "SCHEMA_NOT_FOUND: line 1:14: Schema 'nosuch' does not exist"],
    ["CREATE TABLE `t` WITH (table_type = 'ICEBERG') AS SELECT 1 AS a", "SYNTAX_ERROR: line 1:14: mismatched input '`t`': quote names with double quotes"],
    ["CREATE TABLE t WITH (format = 'PARQUET') AS SELECT 1 AS a", 'NOT_SUPPORTED_LOCALLY: line 1:14: CREATE TABLE AS of a table that is not Iceberg'],
    ["CREATE TABLE t WITH (table_type = 'ICEBERG', is_external = false) AS SELECT 1 AS a", 'INVALID_TABLE_PROPERTY: line 1:14: location must be an address'],
    ["CREATE TABLE t WITH (table_type = 'ICEBERG', location = 's3://lake/t/') AS SELECT 1 AS a", 'INVALID_TABLE_PROPERTY: line 1:14: is_external must be false'],
  ])('%s fails', async (sql, message) => {
    await expect(lake.query(sql)).rejects.toThrow(message);
    expect(lake.catalog.listTables(DATABASE)).toEqual([]);
  });
});

describe('CREATE TABLE AS', () => {
  const as = (name: string, query: string, more = '') =>
    `CREATE TABLE ${name} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://lake/made/${more ? 'p' : name}/'${more}) AS ${query}`;

  test("has the query's types in the catalogue", async () => {
    await lake.query(as('t', "SELECT 1 AS a, count(*) AS n, 1.50 AS d, 'x' AS s, ARRAY[CAST(ROW(1) AS row(x bigint))] AS r, sum(1) AS total"));
    expect(lake.columns('t')).toEqual({ a: 'int', n: 'bigint', d: 'decimal(3,2)', s: 'string', r: 'array<struct<x:bigint>>', total: 'bigint' });
  });

  test.each([
    ['CAST(1 AS smallint) AS a', 'NOT_SUPPORTED: line 1:14: Type not supported for Iceberg: smallint'],
    ['now() AS a', 'NOT_SUPPORTED_LOCALLY: line 1:14: a table column of the type timestamp with time zone'],
    ['ROW(1) AS a', 'NOT_SUPPORTED: line 1:14: Row type field does not have a name'],
    ["json_parse('1') AS a", 'NOT_SUPPORTED: line 1:14: Type not supported for Iceberg: json'],
  ])('of %s fails and leaves no table', async (item, message) => {
    await expect(lake.query(as('t', `SELECT ${item}`))).rejects.toThrow(message);
    expect(lake.catalog.listTables(DATABASE)).toEqual([]);
  });

  test('does not go where files lie already', async () => {
    lake.put('made/t/x.txt', 'x');
    await expect(lake.query(as('t', 'SELECT 1 AS a'))).rejects.toThrow('ICEBERG_FILESYSTEM_ERROR: line 1:14: Cannot create a table on a non-empty location: s3://lake/made/t');
  });

  test("keeps the partitioning, in a CTAS's order of arguments", async () => {
    await lake.query(as('t', "SELECT 1 AS a, DATE '2026-01-01' AS d", ", partitioning = ARRAY['month(d)', 'bucket(a, 5)']"));
    expect(await column('SHOW CREATE TABLE t')).toContain('PARTITIONED BY (month(`d`), bucket(5, `a`))');
  });
});

describe('ALTER TABLE and DROP TABLE', () => {
  test.each([
    ['ALTER TABLE users ADD COLUMNS (id string)', "COLUMN_ALREADY_EXISTS: line 1:13: Column 'id'"],
    ['ALTER TABLE users ADD COLUMNS (a int, a int)', 'DUPLICATE_COLUMN_NAME'],
    ['ALTER TABLE users CHANGE COLUMN id id int', 'NOT_SUPPORTED: line 1:33: Cannot change column type: id: bigint -> int'],
    ['ALTER TABLE users CHANGE COLUMN id id string', 'NOT_SUPPORTED: line 1:33: Cannot change column type: id: bigint -> string'],
    ['ALTER TABLE users CHANGE COLUMN id other bigint', 'a column cannot be renamed locally'],
    ['ALTER TABLE users CHANGE COLUMN nosuch nosuch bigint', "COLUMN_NOT_FOUND: line 1:33: Column 'nosuch' does not exist"],
    ['ALTER TABLE users DROP COLUMN id', 'NOT_SUPPORTED_LOCALLY: line 1:19: this ALTER TABLE'],
    ["ALTER TABLE users ADD PARTITION (id = '1')", `NOT_SUPPORTED: line 1:13: table ${DATABASE}.users has no partitions to add`],
    ['ALTER TABLE nosuch ADD COLUMNS (a int)', 'TABLE_NOT_FOUND: line 1:13'],
  ])('%s fails', async (sql, message) => {
    await lake.query(USERS);
    const before = lake.catalog.getTable(DATABASE, 'users');
    await expect(lake.query(sql)).rejects.toThrow(message);
    expect(lake.catalog.getTable(DATABASE, 'users')).toEqual(before);
  });

  test('DROP TABLE takes the files of an Iceberg table with it', async () => {
    await lake.query(USERS);
    await lake.query('INSERT INTO users (id) VALUES (1)');
    await lake.query('DROP TABLE `users`');
    expect(files('curated/users')).toEqual([]);
    await lake.query('DROP TABLE IF EXISTS users');
    await expect(lake.query('DROP TABLE users')).rejects.toThrow('TABLE_NOT_FOUND: line 1:12');
  });
});

describe('raw tables', () => {
  const RAW = "CREATE EXTERNAL TABLE raw (`id` int, `b` struct<`x`:string>) PARTITIONED BY (`day` string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://lake/raw/' TBLPROPERTIES ('classification'='json')";

  test('a declared table shows the partitions that ALTER TABLE adds, without a crawl', async () => {
    lake.put('raw/day=2026-01-01/a.jsonl', '{"id":1,"b":{"x":"y"}}\n');
    lake.put('elsewhere/a.jsonl', '{"id":2}\n');
    await lake.query(RAW);
    expect(await lake.rows('SELECT * FROM raw')).toEqual([]);
    await lake.query("ALTER TABLE raw ADD IF NOT EXISTS PARTITION (day = '2026-01-01') PARTITION (day = '2026-01-02') LOCATION 's3://lake/elsewhere/'");
    await lake.query("ALTER TABLE raw ADD IF NOT EXISTS PARTITION (day = '2026-01-01')");
    expect(await lake.rows('SELECT id, b.x, day FROM raw ORDER BY id')).toEqual([['1', 'y', '2026-01-01'], ['2', null, '2026-01-02']]);
    await expect(lake.query("ALTER TABLE raw ADD PARTITION (day = '2026-01-01')")).rejects.toThrow('ALREADY_EXISTS: line 1:13: Partition already exists: day=2026-01-01');
    await expect(lake.query("ALTER TABLE raw ADD PARTITION (hour = '1')")).rejects.toThrow("INVALID_PARTITION_VALUE: line 1:21: PARTITION names hour, the table's keys are day");
  });

  test('columns can be added, and dropping the table leaves its files', async () => {
    lake.put('raw/day=2026-01-01/a.jsonl', '{"id":1,"more":"m"}\n');
    await lake.query(RAW);
    await lake.query('ALTER TABLE raw ADD COLUMNS (`more` string)');
    await lake.query("ALTER TABLE raw ADD PARTITION (day = '2026-01-01')");
    expect(await lake.rows('SELECT more FROM raw')).toEqual([['m']]);
    await lake.query('DROP TABLE raw');
    expect(existsSync(join(lake.bucketRoot, 'lake/raw/day=2026-01-01/a.jsonl'))).toBe(true);
  });

  test.each(['INSERT INTO raw (id) VALUES (1)', 'DELETE FROM raw', 'UPDATE raw SET id = 1', 'MERGE INTO raw USING (SELECT 1 AS k) s ON id = k WHEN MATCHED THEN DELETE'])(
    '%s is refused', async (sql) => {
      await lake.query(RAW);
      await expect(lake.query(sql)).rejects.toThrow(`changing ${DATABASE}.raw, which is no Iceberg table,`);
    });
});

describe('one statement writes at most 100 partitions', () => {
  const days = (count: number) => `SELECT n AS id, date_add('day', CAST(n AS integer), TIMESTAMP '2026-01-01 00:00:00') AS seen FROM UNNEST(sequence(1, ${count})) AS t(n)`;

  test.each([['day(seen)', 100], ['month(seen)', 2000], ['bucket(100, id)', 5000], ['truncate(50, id)', 4000]])('%s of %d rows fits', async (transform, rows) => {
    await lake.query(`CREATE TABLE t (id bigint, seen timestamp) PARTITIONED BY (${transform}) LOCATION 's3://lake/t/' ${ICEBERG}`);
    expect((await lake.query(`INSERT INTO t ${days(rows)}`)).updateCount).toBe(rows);
  });

  test.each([['day(seen)', 101], ['id', 101], ['day(seen), bucket(2, id)', 101], ['bucket(101, id)', 5000], ['truncate(10, id)', 4000]])('%s of %d rows does not', async (transform, rows) => {
    await lake.query(`CREATE TABLE t (id bigint, seen timestamp) PARTITIONED BY (${transform}) LOCATION 's3://lake/t/' ${ICEBERG}`);
    await expect(lake.query(`INSERT INTO t ${days(rows)}`)).rejects.toThrow('ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions');
    expect(await column('SELECT count(*) FROM t')).toEqual(['0']);
  });
});

test('a bucket is what the Iceberg specification says (appendix B)', () => {
  const long = (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  };
  expect([long(34n), long(17486n), Buffer.from('iceberg'), Buffer.from([0, 1, 2, 3])].map(murmur3)).toEqual([2017239379, -653330422, 1210000089, -188683207]);
});
