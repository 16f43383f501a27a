import { putRandomUsers, TestLake } from './lake';
import { EXPRESSIONS, FAILURES, OVER_USERS } from './statements-table';

let lake: TestLake;

beforeAll(async () => {
  lake = new TestLake();
  putRandomUsers(lake);
  await lake.crawl('raw/randomuser/', 3);
});

afterAll(() => lake.close());

describe('the three queries of the example', () => {
  test('count all users', async () => {
    const result = await lake.query('SELECT count(*) AS total_users FROM randomuser');
    expect(result.columns).toEqual([{ name: 'total_users', type: 'bigint' }]);
    expect(result.rows).toEqual([['2000']]);
    expect(result.scannedBytes).toBeGreaterThan(100_000);
  });

  test('count users per country, the largest first', async () => {
    const result = await lake.query(`SELECT location.country AS country, count(*) AS users_count FROM ${'"randomuser_db"."randomuser"'}
      GROUP BY location.country ORDER BY users_count DESC, country LIMIT 3;`);
    expect(result.columns).toEqual([{ name: 'country', type: 'varchar' }, { name: 'users_count', type: 'bigint' }]);
    expect(result.rows).toEqual([['Netherlands', '116'], ['Mexico', '104'], ['India', '102']]);
  });

  test('five rows of nested fields take the names of the fields', async () => {
    const result = await lake.query('SELECT name.first, name.last, email, location.country FROM randomuser LIMIT 5');
    expect(result.columns.map((column) => column.name)).toEqual(['first', 'last', 'email', 'country']);
    expect(result.rows).toHaveLength(5);
    expect(result.rows[0]).toEqual(['Rachel', 'Kelley', 'rachel.kelley@example.com', 'Ireland']);
  });
});

describe('answers that Trino 483 gave', () => {
  test.each(EXPRESSIONS)('SELECT %s', async (expressions, expected) => {
    expect(await lake.rows(`SELECT ${expressions}`)).toEqual([expected]);
  });

  test.each(OVER_USERS)('%s', async (sql, expected) => {
    expect(await lake.rows(sql)).toEqual(expected);
  });
});

describe('statements that fail', () => {
  test.each(FAILURES)('%s: %s', async (sql, message) => {
    await expect(lake.query(sql)).rejects.toThrow(message);
  });
});

describe('column names and types', () => {
  test('opens no file for LIMIT 0, which asks for columns only; a part of a statement may end so', async () => {
    expect(await lake.query('SELECT gender, location.country FROM randomuser LIMIT 0')).toEqual({
      columns: [{ name: 'gender', type: 'varchar' }, { name: 'country', type: 'varchar' }], rows: [], scannedBytes: 0,
    });
    const { rows, scannedBytes } = await lake.query('SELECT (SELECT count(*) FROM randomuser) AS n, (SELECT nat FROM randomuser LIMIT 0) AS none');
    expect(rows).toEqual([['2000', null]]);
    expect(scannedBytes).toBeGreaterThan(0);
  });

  test('expressions without a name are _colN by position', async () => {
    const { columns } = await lake.query('SELECT 1, count(*) AS n, max(nat), nat FROM randomuser GROUP BY nat LIMIT 1');
    expect(columns.map((column) => column.name)).toEqual(['_col0', 'n', '_col2', 'nat']);
  });

  test('names are lower case', async () => {
    const { columns } = await lake.query('SELECT NAT, Name.First, 1 AS "Total" FROM RandomUser LIMIT 1');
    expect(columns.map((column) => column.name)).toEqual(['nat', 'first', 'total']);
  });

  test("types have Athena's names", async () => {
    const { columns } = await lake.query(`SELECT 'x', 1, 9999999999, 1.5, 1e0, true, DATE '2026-01-02', TIMESTAMP '2026-01-02 00:00:00',
      ARRAY[1], MAP(ARRAY['a'], ARRAY[1]), name, now(), CAST(1 AS tinyint), CAST(1 AS real), sum(1) OVER () FROM randomuser LIMIT 1`);
    expect(columns.map((column) => column.type)).toEqual(['varchar', 'integer', 'bigint', 'decimal', 'double', 'boolean', 'date', 'timestamp',
      'array', 'map', 'row', 'timestamp with time zone', 'tinyint', 'float', 'bigint']);
  });

  test('a decimal says how many digits it has', async () => {
    expect((await lake.query('SELECT CAST(1 AS decimal(12,3)) AS d, 1 AS i')).columns).toEqual([{ name: 'd', type: 'decimal', precision: 12, scale: 3 }, { name: 'i', type: 'integer' }]);
  });

  test('a star shows the columns in the order of the catalogue, partition keys last', async () => {
    const { columns } = await lake.query('SELECT * FROM randomuser LIMIT 1');
    expect(columns.map((column) => column.name)).toEqual(['gender', 'name', 'location', 'email', 'login', 'dob', 'registered', 'phone', 'cell', 'id', 'picture', 'nat',
      'ingestion_date']);
  });
});
