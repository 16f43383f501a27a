/** A statement for both engines, or one that Athena's DDL and Trino's write differently. */
export type Step = string | { readonly athena: string; readonly trino: string };

export interface Script {
  /** Columns of each table, in Hive's notation. */
  readonly tables: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** `CREATE TABLE name <properties> AS ...`: Trino needs no properties. */
const as = (table: string, query: string): Step => ({
  athena: `CREATE TABLE ${table} WITH (table_type = 'ICEBERG', is_external = false, location = 's3://lake/made/${table}/') AS ${query}`,
  trino: `CREATE TABLE ${table} AS ${query}`,
});

const insertOf = (column: string, ...values: string[]) => values.map((value) => `INSERT INTO t (${column}) VALUES (${value})`);

const USERS = 'id int, name string, visits bigint';
const SOME_USERS = "INSERT INTO t (id, name, visits) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (NULL, 'n', 0)";
const ALL_USERS = 'SELECT id, name, visits FROM t ORDER BY id, name, visits';

/** Statements whose answers Trino 483 gave; `answers.json` holds them, `trino.test.ts` asks again. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  'INSERT stores numbers in numbers and moments in moments, rounded': {
    tables: { t: 'i int, b bigint, d double, f float, s string, dt date, ts timestamp, dec decimal(10,2), bo boolean' },
    steps: [
      ...insertOf('i', '9999999999', '1.5', '-2.5', '2.5e0', "'x'", 'true', 'NULL', '0.4'),
      ...insertOf('b', '1', "'x'", '1e30', 'true', '2.5'),
      ...insertOf('d', '1', '1.5', "'1.5'"),
      ...insertOf('f', '1', '1.5', '0.1e0'),
      ...insertOf('s', '1', "DATE '2026-01-01'", "'text'", 'NULL', "CAST('abc' AS varchar(2))"),
      ...insertOf('dt', "'2026-01-01'", "TIMESTAMP '2026-01-01 23:59:59.999'", "DATE '2026-01-02'"),
      ...insertOf('ts', "DATE '2026-01-01'", "TIMESTAMP '2026-01-01 00:00:00.123'", "TIMESTAMP '2026-01-01 00:00:00.123456'", "'2026-01-01 00:00:00'"),
      ...insertOf('dec', '1', '1.555', '-1.005e0', '2.675e0', 'CAST(1 AS bigint)', 'CAST(1.25 AS decimal(38,2))', '123456789012', "'1.5'"),
      ...insertOf('bo', '1', 'true', 'NULL'),
      'SELECT i, b, d, f, s, dt, ts, dec, bo FROM t ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9',
    ],
  },
  'INSERT stores nested values by position': {
    tables: { t: 'k int, r struct<a:int,b:string>, ar array<bigint>, m map<string,bigint>, deep array<struct<x:int,y:map<string,string>>>' },
    steps: [
      "INSERT INTO t (k, r) SELECT 1, ROW(1, 'x')",
      "INSERT INTO t (k, r) SELECT 2, CAST(ROW(1, 'x') AS row(b integer, a varchar))",
      "INSERT INTO t (k, r) SELECT 3, CAST(ROW(NULL, 'x') AS row(a bigint, b varchar))",
      "INSERT INTO t (k, r) SELECT 4, ROW('x', 1)",
      'INSERT INTO t (k, r) SELECT 5, NULL',
      'INSERT INTO t (k, ar) SELECT 6, ARRAY[1, 2]',
      'INSERT INTO t (k, ar) SELECT 7, ARRAY[]',
      'INSERT INTO t (k, ar) SELECT 8, ARRAY[1.5]',
      "INSERT INTO t (k, ar) SELECT 9, ARRAY['x']",
      "INSERT INTO t (k, m) SELECT 10, MAP(ARRAY['a'], ARRAY[1])",
      "INSERT INTO t (k, deep) SELECT 11, ARRAY[CAST(ROW(1, MAP(ARRAY['k'], ARRAY['v'])) AS row(x integer, y map(varchar, varchar))), NULL]",
      'SELECT k, r, ar, m, deep FROM t ORDER BY k',
      "UPDATE t SET r = CAST(ROW(9, 'new') AS row(a integer, b varchar)), deep = NULL WHERE k IN (1, 11)",
      'SELECT k, r, deep FROM t WHERE r.a > 5 OR k = 11 ORDER BY k',
    ],
  },
  'INSERT names its columns, and takes a query': {
    tables: { t: USERS },
    steps: [
      'INSERT INTO t (id, visits) VALUES (1)',
      'INSERT INTO t (id, id) VALUES (1, 2)',
      'INSERT INTO t (id, nosuch) VALUES (1, 2)',
      'INSERT INTO t SELECT 1, 2',
      'INSERT INTO nosuch SELECT 1',
      'INSERT INTO t (visits, name) SELECT * FROM (VALUES (1, \'a\'), (NULL, \'b\')) AS v(x, y)',
      "INSERT INTO t WITH s AS (SELECT 7 AS id, 'seven' AS name) SELECT id, name, length(name) FROM s",
      'INSERT INTO t (SELECT id + 1, upper(name), visits FROM t WHERE id IS NOT NULL)',
      'INSERT INTO t SELECT id, name, visits FROM t WHERE false',
      'INSERT INTO t (id) SELECT 1/0',
      'INSERT INTO t SELECT * FROM t UNION ALL SELECT 0, NULL, NULL',
      ALL_USERS,
    ],
  },
  'UPDATE sees the row as it was': {
    tables: { t: USERS },
    steps: [
      SOME_USERS,
      "UPDATE t SET visits = 'x'",
      'UPDATE t SET visits = 1.5 WHERE id = 1',
      'UPDATE t SET id = visits + 1, visits = id WHERE id > 1',
      ALL_USERS,
      'UPDATE t SET nosuch = 1',
      "UPDATE t SET name = NULL WHERE name = 'c'",
      'UPDATE t SET visits = (SELECT max(visits) FROM t) WHERE t.id = 1',
      "UPDATE t SET visits = CASE WHEN visits IS NULL THEN 0 ELSE visits * 10 END, name = coalesce(name, '?')",
      'UPDATE t SET visits = 1 / (id - 3) WHERE id <> 3',
      'UPDATE t SET visits = 1 / (id - 3)',
      'UPDATE t SET visits = 1 WHERE name',
      "UPDATE t SET name = 'no one' WHERE false",
      ALL_USERS,
    ],
  },
  'DELETE removes what the condition holds for': {
    tables: { t: USERS },
    steps: [
      SOME_USERS,
      'DELETE FROM t WHERE nosuch = 1',
      'DELETE FROM t WHERE name',
      'DELETE FROM t WHERE id <> 1 AND visits > 2',
      ALL_USERS,
      "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE name = 'a')",
      'DELETE FROM t WHERE id NOT IN (SELECT id FROM t)',
      ALL_USERS,
      'DELETE FROM t WHERE 1/0 = 1',
      'DELETE FROM t',
      'SELECT count(*) FROM t',
    ],
  },
  'MERGE by key': {
    tables: { t: USERS },
    steps: [
      SOME_USERS,
      "MERGE INTO t USING (VALUES (2, 'B'), (8, 'H'), (NULL, 'N')) AS s(id, name) ON t.id = s.id WHEN MATCHED AND t.visits > 100 THEN DELETE "
        + 'WHEN MATCHED THEN UPDATE SET name = s.name, visits = t.visits + 1 WHEN NOT MATCHED AND s.id IS NOT NULL THEN INSERT VALUES (s.id, s.name, 0)',
      ALL_USERS,
      "MERGE INTO t AS target USING (VALUES (1, true), (3, false)) AS s(k, del) ON target.id = s.k AND s.del WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (name, id) VALUES (CASE WHEN s.del THEN 'x' ELSE 'y' END, s.k)",
      ALL_USERS,
      'MERGE INTO t USING (SELECT id, max(name) AS name FROM t GROUP BY id) s ON t.id = s.id AND t.name = s.name WHEN MATCHED AND s.id = 3 THEN UPDATE SET visits = -1',
      'MERGE INTO t USING (SELECT NULL AS v, 2 AS k) s ON id = k WHEN MATCHED THEN UPDATE SET name = v',
      "MERGE INTO t USING (SELECT 5 AS k) s ON t.id = s.k WHEN MATCHED THEN UPDATE SET visits = 1/0 WHEN NOT MATCHED THEN INSERT (id, name) VALUES (k, 'five')",
      "MERGE INTO t USING (SELECT 5 AS k) s ON t.id = s.k WHEN MATCHED THEN UPDATE SET name = 'FIVE' WHEN NOT MATCHED THEN INSERT (id, visits) VALUES (k, 1/0)",
      "MERGE INTO t USING (WITH w AS (SELECT 6 AS k) SELECT k, row_number() OVER (ORDER BY k) AS n FROM w) s ON t.id = s.k WHEN NOT MATCHED THEN INSERT VALUES (s.k, 'w', s.n)",
      'MERGE INTO t USING t AS s ON t.id IS NOT DISTINCT FROM s.id AND t.name IS NOT DISTINCT FROM s.name AND t.visits IS NOT DISTINCT FROM s.visits WHEN MATCHED AND s.id IS NULL THEN UPDATE SET visits = 99',
      'MERGE INTO t USING (SELECT id FROM t WHERE false) s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)',
      ALL_USERS,
    ],
  },
  'MERGE refuses several source rows for one target row': {
    tables: { t: USERS },
    steps: [
      SOME_USERS,
      "MERGE INTO t USING (VALUES (1, 'A'), (1, 'AA')) AS s(id, name) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name",
      "MERGE INTO t USING (VALUES (1, 'A'), (1, 'AA')) AS s(id, name) ON t.id = s.id WHEN MATCHED AND s.name = 'zz' THEN DELETE",
      ALL_USERS,
      "MERGE INTO t USING (VALUES (1, 'A'), (1, 'AA')) AS s(id, name) ON t.id = s.id WHEN MATCHED AND s.name = 'A' THEN UPDATE SET name = s.name",
      "MERGE INTO t USING (VALUES (7, 'A'), (7, 'AA')) AS s(id, name) ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)",
      ALL_USERS,
    ],
  },
  'MERGE that is wrong changes nothing': {
    tables: { t: USERS },
    steps: [
      SOME_USERS,
      "MERGE INTO t USING (VALUES (2)) AS s(k) ON id = k WHEN MATCHED THEN UPDATE SET visits = 'x'",
      'MERGE INTO t USING (VALUES (2)) AS s(k) ON id = k WHEN NOT MATCHED THEN INSERT (id) VALUES (name)',
      "MERGE INTO t USING (VALUES (2)) AS s(k) ON id = k WHEN NOT MATCHED THEN UPDATE SET name = 'x'",
      "MERGE INTO t USING (VALUES (2)) AS s(k) ON id = k WHEN MATCHED THEN UPDATE SET t.name = 'x'",
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.id = s.k',
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.id = s.k WHEN NOT MATCHED BY SOURCE THEN DELETE',
      'MERGE INTO t USING (SELECT 1/0 AS k) s ON t.id = s.k WHEN MATCHED THEN DELETE',
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.name WHEN MATCHED THEN DELETE',
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.id = s.k WHEN MATCHED AND name THEN DELETE',
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.id = s.k WHEN MATCHED THEN UPDATE SET visits = 1) OR (visits = 2',
      'DELETE FROM t WHERE id = 1) OR (true',
      'UPDATE t SET visits = 1 FROM t',
      'INSERT INTO t VALUES (1, 2, 3)',
      'MERGE INTO t USING nosuch s ON t.id = s.k WHEN MATCHED THEN DELETE',
      'MERGE INTO t USING (SELECT 1 AS k) s ON t.id = s.nosuch WHEN MATCHED THEN DELETE',
      ALL_USERS,
    ],
  },
  'a partition is replaced by one MERGE with a delete flag, latest wins': {
    tables: { t: 'day string, id int, v string', s: 'day string, id int, v string, seq int' },
    steps: [
      "INSERT INTO t VALUES ('d1', 1, 'a'), ('d1', 2, 'b'), ('d2', 1, 'c')",
      "INSERT INTO s VALUES ('d1', 2, 'old', 1), ('d1', 2, 'new', 2), ('d1', 3, 'x', 1)",
      'MERGE INTO t USING (SELECT day, id, v, false AS gone FROM (SELECT *, row_number() OVER (PARTITION BY day, id ORDER BY seq DESC) AS n FROM s) WHERE n = 1 '
        + "UNION ALL SELECT day, id, NULL, true FROM t WHERE day = 'd1' AND id NOT IN (SELECT id FROM s WHERE day = 'd1')) AS src ON t.day = src.day AND t.id = src.id "
        + 'WHEN MATCHED AND src.gone THEN DELETE WHEN MATCHED THEN UPDATE SET v = src.v WHEN NOT MATCHED THEN INSERT VALUES (src.day, src.id, src.v)',
      'SELECT day, id, v FROM t ORDER BY day, id',
    ],
  },
  'CREATE TABLE AS takes names and types from the query': {
    tables: { t: USERS },
    steps: [
      as('c', 'SELECT 1'),
      as('c', 'SELECT 1 AS a, 2 AS a'),
      as('c', 'SELECT NULL AS a'),
      as('c', 'SELECT 1/0 AS a'),
      as('c', "SELECT 1 AS \"A\", 'x' AS b, 1.50 AS dec, 2e0 AS d, true AS bo, DATE '2026-01-01' AS dt, CAST(TIMESTAMP '2026-01-01 00:00:00' AS timestamp(6)) AS ts, ARRAY[1] AS ar, MAP(ARRAY['k'], ARRAY[1]) AS m, CAST(ROW(1) AS row(x bigint)) AS r"),
      'SELECT * FROM c',
      as('c', 'SELECT 1 AS a'),
      { athena: "CREATE TABLE IF NOT EXISTS c WITH (table_type = 'ICEBERG', is_external = false, location = 's3://lake/made/c/') AS SELECT 1 AS a", trino: 'CREATE TABLE IF NOT EXISTS c AS SELECT 1 AS a' },
      as('types', 'SELECT 1.5 + 1 AS a, 1.5 * 2.25 AS b, sum(1.5) AS c, -1.5 AS d, 1.5 - 2 AS e, CAST(1 AS bigint) + 1.5 AS f, sum(1) AS g, count(*) AS h, max(1.5) AS i, avg(1) AS j, CAST(1 AS decimal(38,2)) * 2.55 AS k, coalesce(1.5, 2.25) AS l, 1 + CAST(2 AS bigint) AS m'),
      'INSERT INTO types SELECT * FROM types',
      'SELECT * FROM types',
      as('none', 'SELECT id, name FROM t WITH NO DATA'),
      "INSERT INTO none VALUES (1, 'x')",
      'SELECT * FROM none',
      as('ordered', '(SELECT name, count(*) AS n FROM t GROUP BY name ORDER BY name)'),
      'SELECT count(*) FROM ordered',
    ],
  },
  'columns that are added or widened are NULL or exact in older rows': {
    tables: { t: 'id int, n int, f float, dec decimal(5,2)' },
    steps: [
      'INSERT INTO t VALUES (1, 2147483647, 0.1e0, 1.25)',
      { athena: 'ALTER TABLE t ADD COLUMNS (name string, at_day date)', trino: 'ALTER TABLE t ADD COLUMN name varchar' },
      { athena: 'ALTER TABLE t CHANGE COLUMN n n bigint', trino: 'ALTER TABLE t ADD COLUMN at_day date' },
      { athena: 'ALTER TABLE t CHANGE COLUMN f f double', trino: 'ALTER TABLE t ALTER COLUMN n SET DATA TYPE bigint' },
      { athena: 'ALTER TABLE t CHANGE COLUMN dec dec decimal(20,2)', trino: 'ALTER TABLE t ALTER COLUMN f SET DATA TYPE double' },
      { athena: 'OPTIMIZE t REWRITE DATA USING BIN_PACK', trino: 'ALTER TABLE t ALTER COLUMN dec SET DATA TYPE decimal(20,2)' },
      "INSERT INTO t VALUES (2, 9999999999, 0.1e0, 123456789.25, 'x', DATE '2026-01-01')",
      'SELECT id, n, f, dec, name, at_day FROM t ORDER BY id',
      'UPDATE t SET name = CAST(n AS varchar) WHERE name IS NULL',
      'SELECT id, name FROM t ORDER BY id',
    ],
  },
};
