import { tableReferences } from '../../../src/transform/table-references';

const named = (query: string) => tableReferences(query).map(({ database, table }) => (database === undefined ? table : `${database}.${table}`));

test.each<[string, string[]]>([
  ['SELECT * FROM users', ['users']],
  ['select a from "Users" as u, "db"."Orders" o where u.x in (1, 2)', ['users', 'db.orders']],
  ['SELECT * FROM awsdatacatalog.db.users', ['db.users']],
  ['SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (x, y) CROSS JOIN d', ['a', 'b', 'c', 'd']],
  ['SELECT * FROM (a JOIN b ON f(a.x, b.x) = 1), c', ['a', 'b', 'c']],
  ['SELECT (SELECT max(x) FROM a), extract(dow FROM day), trim(BOTH \'x\' FROM name), substring(s FROM 2) FROM b', ['a', 'b']],
  ['SELECT * FROM a WHERE x IS DISTINCT FROM y AND z IN (SELECT z FROM b) ORDER BY 1, c', ['a', 'b']],
  ['SELECT * FROM a UNION ALL SELECT * FROM b', ['a', 'b']],
  ['WITH x AS (SELECT * FROM a), y (p, q) AS (SELECT 1, 2 FROM x) SELECT * FROM y, x', ['a']],
  ['WITH users AS (SELECT * FROM users) SELECT * FROM users', ['users']],
  ['WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t', []],
  ['SELECT * FROM a CROSS JOIN UNNEST(a.list, sequence(1, n)) AS t (x, y), b', ['a', 'b']],
  ['SELECT * FROM (VALUES (1, NULL), (2, true)) AS v (a, b), c', ['c']],
  ["SELECT 'FROM x' AS \"FROM y\" -- FROM z\nFROM a /* JOIN b */", ['a']],
  ['SELECT count(*) OVER (PARTITION BY a, b) FROM t TABLESAMPLE BERNOULLI (10) GROUP BY a, b', ['t']],
  ['SELECT 1', []],
])('the tables of %s', (query, tables) => {
  expect(named(query).sort()).toEqual([...tables].sort());
});
