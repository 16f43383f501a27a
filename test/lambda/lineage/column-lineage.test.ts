import { columnOrigins } from '../../../lambda/lineage/events/column-lineage';

/** `column <- table.field, table.field (SUBTYPE)` */
const told = (query: string) => columnOrigins(query)
  .map(({ column, from, subtype }) => `${column} <- ${from.map(({ table, field }) => `${table}.${field}`).join(', ')} (${subtype})`);

test('a column, a field of a struct, an expression and an aggregate', () => {
  expect(told('SELECT email, location.country AS country, upper(name.first) AS first, max(registered.age) AS oldest FROM randomuser GROUP BY 1, 2, 3')).toEqual([
    'email <- randomuser.email (IDENTITY)',
    'country <- randomuser.location (IDENTITY)',
    'first <- randomuser.name (TRANSFORMATION)',
    'oldest <- randomuser.registered (AGGREGATION)',
  ]);
});

test('qualified columns of a join; an unqualified one may be of either table and is left out', () => {
  expect(told('SELECT u."login".uuid AS id, o.total, u.first || u.last AS name, total AS doubtful FROM users u JOIN orders AS o ON o.user_id = u.id')).toEqual([
    'id <- users.login (IDENTITY)',
    'total <- orders.total (IDENTITY)',
    'name <- users.first, users.last (TRANSFORMATION)',
  ]);
});

test('through common table expressions and subqueries in FROM', () => {
  expect(told(`
    WITH latest AS (SELECT id, max(seen) AS seen, lower(mail) AS mail FROM events GROUP BY id, 3)
    SELECT l.id, l.seen, l.mail, s.n FROM latest l JOIN (SELECT id, count(x) AS n FROM visits GROUP BY id) s ON s.id = l.id`)).toEqual([
    'id <- events.id (IDENTITY)',
    'seen <- events.seen (AGGREGATION)',
    'mail <- events.mail (TRANSFORMATION)',
    'n <- visits.x (AGGREGATION)',
  ]);
});

test.each([
  ['all columns', 'SELECT * FROM t'],
  ['a set operation', 'SELECT a FROM t UNION ALL SELECT a FROM u'],
  ['a subquery in an expression', 'SELECT (SELECT max(a) FROM u) AS m FROM t'],
  ['a row count, which comes from no column', 'SELECT count(*) AS n FROM t'],
  ['text that is no query', 'SELEC a FROM t'],
  ['elements of an array', 'SELECT i.item FROM t CROSS JOIN UNNEST(t.items) AS i (item)'],
])('of %s nothing is known', (_, query) => {
  expect(told(query)).toEqual([]);
});
