import { Duration } from 'aws-cdk-lib';
import { QualityLevel, QualityRule } from '../../../src';
import { athenaQuality } from '../../../src/quality/athena-quality';
import { TestLake } from '../../cli/athena/lake';

let lake: TestLake;
let tables = 0;

beforeAll(() => { lake = new TestLake(); });
afterAll(() => lake.close());

const COLUMNS = { id: 'string', n: 'bigint', t: 'string', login: 'struct<uuid:string,inner:struct<k:int>>' };

/** What the statement says of a partition of these lines; another partition holds nothing but faults. */
async function verdicts(rules: QualityRule[], lines: readonly string[], columns: Record<string, string> = COLUMNS) {
  const table = `t${tables++}`;
  lake.partitioned(table, columns, { '2026-11-23': lines, '2026-11-22': ['{}', '{}'] });
  const { statement } = athenaQuality(rules, 'randomuser_db', table);
  const { rows } = await lake.query(statement.replace('{{ingestion_date}}', '2026-11-23'));
  expect(rows.map(([name]) => name)).toEqual(rules.map((rule) => rule.name));
  return Object.fromEntries(rows.map(([name, passed, actual]): [string, [boolean, string]] => [name!, [passed === 'true', actual ?? 'NULL']]));
}

/** Whether one rule holds for these values of the column `id`. */
async function holds(rule: QualityRule, ...ids: (string | null)[]): Promise<boolean> {
  return (await verdicts([rule], ids.map((id) => JSON.stringify({ id }))))[rule.name][0];
}

describe('a rule about values', () => {
  const lines = ['{"id":"a","n":1,"login":{"uuid":"x","inner":{"k":1}}}', '{"id":"b","n":2,"login":{"uuid":"y"}}', '{"id":"b","n":null,"login":null}'];

  test('every rule is answered in one row, with what was found', async () => {
    expect(await verdicts([
      QualityRule.isComplete('id'), QualityRule.isComplete('login.uuid'), QualityRule.isComplete('login.inner.k'), QualityRule.isUnique('id'),
      QualityRule.isIn('id', ['a', 'b']), QualityRule.between('n', 1, 2), QualityRule.matches('login.uuid', '[xyz]', { allowNull: true }),
      QualityRule.rowCount({ min: 3, max: 3 }), QualityRule.sql('n >= 1 OR login IS NULL'),
    ], lines)).toEqual({
      'isComplete(id)': [true, '0 of 3 rows fail'],
      'isComplete(login.uuid)': [false, '1 of 3 rows fail'],
      'isComplete(login.inner.k)': [false, '2 of 3 rows fail'],
      'isUnique(id)': [false, '1 of 3 rows fail'],
      'isIn(id)': [true, '0 of 3 rows fail'],
      'between(n)': [false, '1 of 3 rows fail'],
      'matches(login.uuid)': [true, '0 of 3 rows fail'],
      'rowCount': [true, '3 rows'],
      'sql(n >= 1 OR login IS NULL)': [true, '0 of 3 rows fail'],
    });
  });

  test('NULL fails, and passes where the rule allows it', async () => {
    const both = (rule: (allowNull: boolean) => QualityRule) => Promise.all([false, true].map((allowNull) => holds(rule(allowNull), '1', null)));
    expect(await both((allowNull) => QualityRule.isUnique('id', { allowNull }))).toEqual([false, true]);
    expect(await both((allowNull) => QualityRule.isUnique('id', { allowNull, otherColumns: ['login.uuid'] }))).toEqual([false, true]);
    expect(await both((allowNull) => QualityRule.matches('id', '1', { allowNull }))).toEqual([false, true]);
    expect(await both((allowNull) => QualityRule.isIn('id', ['1'], { allowNull }))).toEqual([false, true]);
    expect(await both((allowNull) => QualityRule.between('id', 1, 1, { allowNull }))).toEqual([false, true]);
    expect(await holds(QualityRule.sql('id = \'1\''), '1', null)).toBe(false);
  });

  test('what does not fit its column\'s type is NULL, and so fails', async () => {
    const found = await verdicts([QualityRule.isComplete('n'), QualityRule.rowCount({ min: 2 })], ['{"n":9223372036854775808}', '{"n":"text"}']);
    expect(found).toEqual({ 'isComplete(n)': [false, '2 of 2 rows fail'], 'rowCount': [true, '2 rows'] });
  });

  test('text that is no number fails, even where NULL passes', async () => {
    expect(await holds(QualityRule.between('id', 0, 10, { allowNull: true }), 'seven', null)).toBe(false);
    expect(await holds(QualityRule.between('id', 0, 10), '7', '1e1', '0')).toBe(true);
    expect(await holds(QualityRule.isIn('id', [7]), '7.0')).toBe(true);
  });

  test('the whole value must match', async () => {
    expect(await holds(QualityRule.matches('id', 'a|b'), 'a', 'b')).toBe(true);
    expect(await holds(QualityRule.matches('id', 'a|b'), 'ab')).toBe(false);
    expect(await holds(QualityRule.matches('id', 'a'), 'a\n')).toBe(false);
    expect(await holds(QualityRule.matches('id', '[a-z]*'), '')).toBe(true);
  });

  test('quotes in names, values and patterns stay what they are', async () => {
    expect(await holds(QualityRule.isIn('id', ["it's", 'say "x"'], { name: "it's \"fine\"" }), "it's", 'say "x"')).toBe(true);
    expect(await holds(QualityRule.matches('id', "[a-z']+"), "it's")).toBe(true);
    expect((await verdicts([QualityRule.isComplete('odd "name')], ['{"odd \\"name":"1"}'], { 'odd "name': 'string' }))['isComplete(odd "name)'][0]).toBe(true);
  });
});

test('several columns are unique together', async () => {
  const rule = QualityRule.isUnique('id', { otherColumns: ['n'] });
  expect((await verdicts([rule], ['{"id":"a","n":1}', '{"id":"a","n":2}']))[rule.name][0]).toBe(true);
  expect((await verdicts([rule], ['{"id":"a","n":1}', '{"id":"a","n":1}']))[rule.name]).toEqual([false, '1 of 2 rows fail']);
  expect((await verdicts([rule], ['{"id":"a"}', '{"id":"b","n":1}']))[rule.name][0]).toBe(false);
});

test('a partition without rows passes all but freshness and a least number of rows', async () => {
  const found = await verdicts([
    QualityRule.isComplete('id'), QualityRule.isUnique('id'), QualityRule.isUnique('id', { otherColumns: ['n'], name: 'pair' }), QualityRule.matches('id', 'a'),
    QualityRule.isIn('n', [1]), QualityRule.between('n', 1, 2), QualityRule.sql('false'), QualityRule.rowCount({ max: 1 }),
    QualityRule.rowCount({ min: 1, name: 'some' }), QualityRule.freshness('t', Duration.days(1)),
  ], []);
  expect(Object.entries(found).filter(([, [passed]]) => !passed)).toEqual([['some', [false, '0 rows']], ['freshness(t)', [false, 'no readable time']]]);
});

test('a reference is looked up in the whole other table, and compared as text', async () => {
  lake.table('countries', { code: 'bigint' }, ['{"code":1}', '{"code":2}', '{"code":null}']);
  const rule = (allowNull = false) => QualityRule.referential('id', 'countries', 'code', { allowNull });
  expect(await holds(rule(), '1', '2')).toBe(true);
  expect(await holds(rule(), '1', '3')).toBe(false);
  expect(await holds(rule(), '1', null)).toBe(false);
  expect(await holds(rule(true), '1', null)).toBe(true);
});

test('freshness takes the newest readable time', async () => {
  const rule = QualityRule.freshness('t', Duration.hours(1));
  const ago = (seconds: number) => JSON.stringify({ t: new Date(Date.now() - seconds * 1000).toISOString() });
  expect((await verdicts([rule], [ago(86400), ago(60), '{"t":"soon"}', '{}']))[rule.name][0]).toBe(true);
  expect((await verdicts([rule], [ago(86400), ago(4000)]))[rule.name]).toEqual([false, expect.stringMatching(/^the newest is 40\d\d seconds old$/)]);
  // Two hours east of Greenwich, the clock shows two hours more at the same moment.
  const east = (seconds: number) => JSON.stringify({ t: new Date(Date.now() + (7200 - seconds) * 1000).toISOString().replace('Z', '+02:00') });
  expect((await verdicts([rule], [east(60)]))[rule.name][0]).toBe(true);
  expect((await verdicts([rule], [east(4000)]))[rule.name]).toEqual([false, expect.stringMatching(/^the newest is 40\d\d seconds old$/)]);
  expect((await verdicts([rule], ['{"t":"soon"}']))[rule.name]).toEqual([false, 'no readable time']);
});

test('the plan names every rule with its level and what it expects', () => {
  const { rules } = athenaQuality([
    QualityRule.isUnique('login.uuid'), QualityRule.between('dob.age', 0, 120, { level: QualityLevel.WARN, allowNull: true }), QualityRule.rowCount({ min: 1 }),
  ], 'db', 't');
  expect(rules).toEqual([
    { name: 'isUnique(login.uuid)', level: 'ERROR', expected: 'login.uuid is unique' },
    { name: 'between(dob.age)', level: 'WARN', expected: 'dob.age is from 0 to 120, or NULL' },
    { name: 'rowCount', level: 'ERROR', expected: 'at least 1 rows' },
  ]);
});

test('the statement reads the table once, and the given partition only', () => {
  const { statement } = athenaQuality([QualityRule.isComplete('a'), QualityRule.isUnique('b')], 'db', 'users');
  expect(statement.match(/FROM "db"\."users"/g)).toHaveLength(1);
  expect(statement).toContain("WHERE \"$rows\".\"ingestion_date\" = '{{ingestion_date}}'");
});
