import { queryLineage } from '../../../lambda/lineage/events/column-lineage';
import { ColumnSource } from '../../../lambda/lineage/events/column-source';

const partsOf = (sources: readonly ColumnSource[]) => sources.map(({ table, field, part }) => `${table}.${field} ${part.type === 'INDIRECT' ? 'by ' : ''}${part.subtype}`);
/** `column <- table.field IDENTITY, table.field by FILTER` */
const told = (query: string) => queryLineage(query).columns.map(({ column, from }) => `${column} <- ${partsOf(from).join(', ')}`);
/** What decides about the rows. */
const rows = (query: string) => partsOf(queryLineage(query).rows);

test('a column, a field of a struct, an expression and an aggregate', () => {
  expect(told('SELECT email, location.country AS country, upper(name.first) AS first, max(registered.age) AS oldest FROM randomuser GROUP BY 1, 2, 3')).toEqual([
    'email <- randomuser.email IDENTITY',
    'country <- randomuser.location IDENTITY',
    'first <- randomuser.name TRANSFORMATION',
    'oldest <- randomuser.registered AGGREGATION',
  ]);
});

test('qualified columns of a join; an unqualified one may be of either table and is left out', () => {
  expect(told('SELECT u."login".uuid AS id, o.total, u.first || u.last AS name, total AS doubtful FROM users u JOIN orders AS o ON o.user_id = u.id')).toEqual([
    'id <- users.login IDENTITY',
    'total <- orders.total IDENTITY',
    'name <- users.first TRANSFORMATION, users.last TRANSFORMATION',
  ]);
});

test('through common table expressions and subqueries in FROM', () => {
  expect(told(`
    WITH latest AS (SELECT id, max(seen) AS seen, lower(mail) AS mail FROM events GROUP BY id, 3)
    SELECT l.id, l.seen, l.mail, s.n FROM latest l JOIN (SELECT id, count(x) AS n FROM visits GROUP BY id) s ON s.id = l.id`)).toEqual([
    'id <- events.id IDENTITY',
    'seen <- events.seen AGGREGATION',
    'mail <- events.mail TRANSFORMATION',
    'n <- visits.x AGGREGATION',
  ]);
});

test('of what a value is made, and what decides which value it is', () => {
  expect(told(`SELECT CASE WHEN t.a > 1 THEN t.b ELSE t.c || t.d END AS chosen, CASE t.e WHEN 1 THEN t.a END AS simple, if(t.a > t.b, t.c, 0) AS small,
    max(t.a) + t.b AS mixed, sum(if(t.ok, t.n, 0)) AS sum_of_some, coalesce(t.a, t.b) AS either FROM t GROUP BY 1`)).toEqual([
    'chosen <- t.a by CONDITIONAL, t.b TRANSFORMATION, t.c TRANSFORMATION, t.d TRANSFORMATION',
    'simple <- t.e by CONDITIONAL, t.a TRANSFORMATION',
    'small <- t.a by CONDITIONAL, t.b by CONDITIONAL, t.c TRANSFORMATION',
    'mixed <- t.a AGGREGATION, t.b TRANSFORMATION',
    'sum_of_some <- t.ok by CONDITIONAL, t.n AGGREGATION',
    'either <- t.a TRANSFORMATION, t.b TRANSFORMATION',
  ]);
});

test('windows, filters and orders of functions decide, and are not what the value is made of', () => {
  expect(told(`SELECT row_number() OVER (PARTITION BY t.a ORDER BY t.b DESC) AS nth, lag(t.c) OVER (ORDER BY t.b) AS before, sum(t.d) OVER (PARTITION BY t.a) AS total,
    sum(t.d) FILTER (WHERE t.e > 1) AS some, array_agg(t.c ORDER BY t.b) AS list, max_by(t.c, t.b) AS latest FROM t`)).toEqual([
    'nth <- t.a by WINDOW, t.b by WINDOW',
    'before <- t.c TRANSFORMATION, t.b by WINDOW',
    'total <- t.d AGGREGATION, t.a by WINDOW',
    'some <- t.d AGGREGATION, t.e by FILTER',
    'list <- t.c AGGREGATION, t.b by SORT',
    'latest <- t.c AGGREGATION, t.b AGGREGATION',
  ]);
});

test('joins, filters, groups and orders decide about the rows', () => {
  expect(rows(`SELECT u.country, date(o.at) AS day, sum(o.total) AS total FROM users u JOIN orders o ON o.user_id = u.id AND o.paid
    WHERE u.ingestion_date = '{{ingestion_date}}' GROUP BY u.country, 2 HAVING count(o.id) > 1 ORDER BY day LIMIT 3`)).toEqual([
    'orders.user_id by JOIN', 'users.id by JOIN', 'orders.paid by JOIN', 'users.ingestion_date by FILTER', 'users.country by GROUP_BY', 'orders.at by GROUP_BY',
    'orders.id by FILTER', 'orders.at by SORT',
  ]);
  expect(rows('SELECT u.a FROM users u JOIN orders USING (id)')).toEqual(['users.id by JOIN', 'orders.id by JOIN']);
  expect(rows('SELECT t.a FROM t CROSS JOIN u WHERE t.b = u.c')).toEqual(['t.b by FILTER', 'u.c by FILTER']);
  expect(rows('SELECT a FROM t')).toEqual([]);
});

test('what decides within a query in FROM decides about the whole result, once; a query that nobody reads decides nothing', () => {
  const query = `
    WITH newest AS (SELECT id, max(seen) AS seen FROM events WHERE kind = 'view' GROUP BY id), unread AS (SELECT id FROM visits WHERE old)
    SELECT n.id, CASE WHEN n.seen > p.seen THEN p.name END AS name FROM newest n JOIN (SELECT id, name, seen FROM people WHERE active) p ON p.id = n.id WHERE n.id > 0`;
  expect(rows(query)).toEqual([
    'events.kind by FILTER', 'events.id by GROUP_BY', 'people.active by FILTER', 'people.id by JOIN', 'events.id by JOIN', 'events.id by FILTER',
  ]);
  expect(told(query)).toEqual(['id <- events.id IDENTITY', 'name <- events.seen by CONDITIONAL, people.seen by CONDITIONAL, people.name TRANSFORMATION']);
});

test('names whose table the text does not tell are left out of conditions, the others are told', () => {
  expect(rows('SELECT u.a FROM users u JOIN orders o ON o.user_id = u.id AND paid WHERE u.b > 1 AND total > 2')).toEqual([
    'orders.user_id by JOIN', 'users.id by JOIN', 'users.b by FILTER',
  ]);
  expect(rows('SELECT a FROM t WHERE b IN (SELECT id FROM u WHERE c) AND d > 0')).toEqual(['t.b by FILTER', 't.d by FILTER']);
  expect(rows('SELECT a FROM t JOIN u USING (x) JOIN v USING (id)')).toEqual(['t.x by JOIN', 'u.x by JOIN', 'v.id by JOIN']);
  expect(told('SELECT sum(a) OVER w AS s, lag(a) OVER (ORDER BY (SELECT 1)) AS b FROM t WINDOW w AS (PARTITION BY r)')).toEqual([]);
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
