import { DATABASE, TestLake } from './lake';

let lake: TestLake;

/** `raw.at` is a Hive table's timestamp (three digits), `t.seen` an Iceberg table's (six). */
beforeAll(async () => {
  lake = new TestLake();
  lake.catalog.createDatabase(DATABASE);
  lake.table('raw', { id: 'int', at: 'timestamp' }, ['{"id":1,"at":"2026-01-02 03:04:05"}']);
  await lake.query("CREATE TABLE t (id int, seen timestamp, r struct<inner_at:timestamp>) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG')");
  await lake.query("INSERT INTO t (id, seen) VALUES (1, TIMESTAMP '2026-01-02 03:04:05.123456'), (2, DATE '2026-01-02'), (3, TIMESTAMP '1969-12-31 23:59:59.999999')");
});
afterAll(() => lake.close());

const SIX = '2026-01-02 03:04:05.123456';

test.each([
  ['SELECT seen FROM t ORDER BY id', [[SIX], ['2026-01-02 00:00:00.000000'], ['1969-12-31 23:59:59.999999']]],
  ['SELECT * FROM t WHERE id = 1', [['1', SIX, null]]],
  ["SELECT max(seen), date_trunc('day', seen), seen + INTERVAL '1' DAY FROM t WHERE id = 1 GROUP BY seen", [[SIX, '2026-01-02 00:00:00.000000', '2026-01-03 03:04:05.123456']]],
  ['SELECT array_agg(seen ORDER BY id) FROM t WHERE id < 3', [[`[${SIX}, 2026-01-02 00:00:00.000000]`]]],
  ["SELECT seen FROM t WHERE seen > TIMESTAMP '2026-01-02 00:00:00'", [[SIX]]],
  ['SELECT CAST(seen AS timestamp(3)), CAST(CAST(seen AS timestamp(3)) AS timestamp(6)) FROM t WHERE id = 3', [['1970-01-01 00:00:00.000', '1970-01-01 00:00:00.000000']]],
  ['SELECT "at" FROM raw', [['2026-01-02 03:04:05.000']]],
  ['SELECT raw."at", t.seen FROM raw JOIN t ON raw.id = t.id', [['2026-01-02 03:04:05.000', SIX]]],
  ["SELECT date_parse('2026-01-02', '%Y-%m-%d'), max(seen) FROM t", [['2026-01-02 00:00:00.000', SIX]]],
  ["SELECT TIMESTAMP '2026-01-02 03:04:05.1234', TIMESTAMP '2026-01-02 03:04:05.123'", [['2026-01-02 03:04:05.123400', '2026-01-02 03:04:05.123']]],
  ["SELECT CAST('2026-01-02 03:04:05.1235' AS timestamp), CAST('2026-01-02 03:04:05.1235' AS timestamp(6))", [['2026-01-02 03:04:05.124', '2026-01-02 03:04:05.123500']]],
])('%s', async (sql, rows) => {
  expect(await lake.rows(sql)).toEqual(rows);
});

test('a result that may be of the one or of the other kind is refused', async () => {
  await expect(lake.query('SELECT coalesce(t.seen, raw."at") AS x FROM raw JOIN t ON raw.id = t.id'))
    .rejects.toThrow('NOT_SUPPORTED_LOCALLY: the result x over both timestamp(3) and timestamp(6), which print differently');
  expect((await lake.query('SELECT coalesce(t.seen, raw."at") AS x FROM raw JOIN t ON raw.id = t.id LIMIT 0')).columns).toEqual([{ name: 'x', type: 'timestamp' }]);
});

test.each(['CAST(now() AS timestamp(9))', 'CAST(now() AS timestamp(6) with time zone)'])('%s is refused', async (sql) => {
  await expect(lake.query(`SELECT ${sql}`)).rejects.toThrow('NOT_SUPPORTED_LOCALLY');
});
