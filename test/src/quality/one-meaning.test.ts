import fc from 'fast-check';
import { DqdlEvaluator, Row } from './dqdl-evaluator';
import { QualityRule } from '../../../src';
import { athenaQuality } from '../../../src/quality/athena-quality';
import { dqdlRuleset } from '../../../src/quality/dqdl';
import { DATABASE, TestLake } from '../../cli/athena/lake';

let lake: TestLake;

beforeAll(() => {
  lake = new TestLake();
  lake.table('codes', { code: 'string' }, ['{"code":"a"}', '{"code":"1"}', '{}']);
});
afterAll(() => lake.close());

const DATE = '2026-11-23';
const TEXTS = ['a', 'b', 'ab', 'a\n', '', ' ', '1', '2', '-1.5', '1e1', "it's", 'say "x"', 'back\\slash', 'NULL'];
const NUMBERS = [-2, -1, 0, 1, 2, 3, 10];

const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
/** Few different values a table, so that a rule about them has a chance to hold. */
const few = fc.tuple(fc.subarray(TEXTS, { minLength: 1, maxLength: 2 }), fc.subarray(NUMBERS, { minLength: 1, maxLength: 3 }));
const rows = few.chain(([texts, numbers]) => {
  const some = fc.option(fc.constantFrom(...texts), { freq: 4 });
  return fc.array(fc.record({ s: some, t: some, n: fc.option(fc.constantFrom(...numbers), { freq: 4 }) }), { maxLength: 4 });
});

const column = fc.constantFrom('s', 't', 'n');
const allowNull = fc.record({ allowNull: fc.boolean() });
const pattern = fc.constantFrom('a|b', 'a+b?', '[ab]', 'it\'s', 'say "x"', 'back\\\\slash', '\\d', '-?[0-9.]+', '[^a]+', '.+');
const rule: fc.Arbitrary<QualityRule> = fc.oneof(
  column.map((name) => QualityRule.isComplete(name)),
  fc.tuple(column, allowNull).map(([name, options]) => QualityRule.isUnique(name, options)),
  allowNull.map((options) => QualityRule.isUnique('s', { ...options, otherColumns: ['n'] })),
  fc.tuple(fc.constantFrom('s', 't'), pattern, allowNull)
    .map(([name, expression, options]) => QualityRule.matches(name, expression, options)),
  fc.tuple(fc.constantFrom('s', 't'), fc.array(text, { minLength: 1, maxLength: 8 }), allowNull)
    .map(([name, values, options]) => QualityRule.isIn(name, values, options)),
  fc.tuple(column, fc.array(number, { minLength: 1, maxLength: 5 }), allowNull)
    .map(([name, values, options]) => QualityRule.isIn(name, values, options)),
  fc.tuple(column, number, number, allowNull)
    .map(([name, one, other, options]) => QualityRule.between(name, Math.min(one, other), Math.max(one, other), options)),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([one, other]) => QualityRule.rowCount({ min: Math.min(one, other), max: Math.max(one, other) })),
  fc.nat(3).map((min) => QualityRule.rowCount({ min })),
  fc.tuple(column, allowNull).map(([name, options]) => QualityRule.referential(name, 'codes', 'code', options)),
  fc.constantFrom('n > 0', 's = t', "s <> 'it''s' OR n IS NULL", 'n IN (1, 2)').map((condition) => QualityRule.sql(condition)),
);

async function onAthena(rules: QualityRule[], table: readonly Row[]): Promise<boolean[]> {
  lake.partitioned('small', { s: 'string', t: 'string', n: 'int' }, { [DATE]: table.map((row) => JSON.stringify(row)) });
  const { statement } = athenaQuality(rules, DATABASE, 'small');
  return (await lake.rows(statement.replace('{{ingestion_date}}', DATE))).map(([, passed]) => passed === 'true');
}

async function onGlue(rules: QualityRule[], table: readonly Row[]): Promise<boolean[]> {
  const evaluator = await DqdlEvaluator.over({ s: 'VARCHAR', t: 'VARCHAR', n: 'INTEGER' }, table);
  await evaluator.connection.run(`CREATE SCHEMA ${DATABASE}; CREATE TABLE ${DATABASE}.codes AS SELECT * FROM (VALUES ('a'), ('1'), (NULL)) AS codes (code)`);
  return evaluator.verdicts(dqdlRuleset(rules, DATABASE));
}

test('both engines say the same of any rules over any small table', async () => {
  const seen = { passed: new Set<string>(), failed: new Set<string>() };
  await fc.assert(fc.asyncProperty(rows, fc.array(rule, { minLength: 4, maxLength: 12 }), async (table, rules) => {
    const verdicts = await onAthena(rules, table);
    expect(await onGlue(rules, table)).toEqual(verdicts);
    verdicts.forEach((passed, i) => seen[passed ? 'passed' : 'failed'].add(rules[i]._spec.kind));
  }), { numRuns: 60, seed: 20 });
  // A property that saw one verdict only would hold for compilers that do nothing.
  const kinds = ['between', 'isComplete', 'isIn', 'isUnique', 'matches', 'referential', 'rowCount', 'sql'];
  expect([[...seen.passed].sort(), [...seen.failed].sort()]).toEqual([kinds, kinds]);
});

test('the evaluator tells a wrong meaning: a between without its bounds, a pattern that is split, a table without rows', async () => {
  const evaluator = await DqdlEvaluator.over({ n: 'INTEGER', s: 'VARCHAR' }, [{ n: 1, s: 'ax' }]);
  expect(await evaluator.verdicts('Rules = [ ColumnValues "s" matches "a|b", ColumnValues "s" matches "(?:a|b)", CustomSql "select count(*) from primary where not (n > 1)" = 0 ]'))
    .toEqual([true, false, false]);
  const empty = await DqdlEvaluator.over({ n: 'INTEGER' }, []);
  expect(await empty.verdicts('Rules = [ IsComplete "n", (RowCount = 0) or (IsComplete "n") ]')).toEqual([false, true]);
});
