import { Duration } from 'aws-cdk-lib';
import { QualityRule } from '../../../src';
import { Problems } from '../../../src/core/problems';
import { checkRules } from '../../../src/quality/check-rules';
import { checkDqdl, dqdlRuleset } from '../../../src/quality/dqdl';
import { newStack } from '../../support/synth';

const compiled = (rule: QualityRule) => dqdlRuleset([rule], 'lake').replace(/^Rules = \[\n {2}|\n\]$/g, '');

test.each<[string, QualityRule, string]>([
  ['complete', QualityRule.isComplete('email'), '(RowCount = 0) or (IsComplete "email")'],
  ['unique', QualityRule.isUnique('id'), '(RowCount = 0) or ((IsComplete "id") and (IsUnique "id"))'],
  ['one of', QualityRule.isIn('nat', ['NL', 'say "x"'], { allowNull: true }), '(RowCount = 0) or (ColumnValues "nat" in ["NL", "say \\"x\\"", NULL])'],
  ['a tiny number', QualityRule.isIn('n', [1e-7, -2]), '(RowCount = 0) or (ColumnValues "n" in [0.0000001, -2])'],
  ['a match', QualityRule.matches('zip', '\\d+|x'), '(RowCount = 0) or (ColumnValues "zip" matches "(?:\\\\d+|x)(?![^a]|a)")'],
  ['a range', QualityRule.between('age', 0, 120), 'CustomSql "select count(*) from primary where not coalesce(cast(`age` as double) between 0 and 120, false)" = 0'],
  ['a number of rows', QualityRule.rowCount({ min: 1, max: 9 }), '(RowCount >= 1) and (RowCount <= 9)'],
  ['an age', QualityRule.freshness('at', Duration.hours(1)), 'CustomSql "select count(*) from primary where to_timestamp(`at`) >= now() - interval 3600 seconds" > 0'],
  ['a condition', QualityRule.sql('a = "b"'), 'CustomSql "select count(*) from primary where not coalesce((a = \\"b\\"), false)" = 0'],
])('%s is said as DQDL says it', (_, rule, text) => {
  expect(compiled(rule)).toBe(text);
});

function problemsOf(check: (problems: Problems) => void): string {
  const problems = new Problems(newStack());
  check(problems);
  try {
    problems.throwIfAny();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('what DQDL cannot say is an error that names the rule', () => {
  const wrong = (rule: QualityRule) => problemsOf((problems) => checkDqdl('users', [rule], problems));
  expect(wrong(QualityRule.isComplete('login'))).toBe('');
  expect(wrong(QualityRule.isComplete('login.uuid'))).toMatch(/quality\.users\.isComplete\(login\.uuid\): got "login\.uuid"; Glue Data Quality does not reach into nested columns/);
  expect(wrong(QualityRule.matches('zip', '\\d*'))).toMatch(/never matches the empty text/);
  expect(wrong(QualityRule.matches('zip', '\\d*', { allowNull: true }))).toBe('');
});

test.each<[string, QualityRule[], RegExp]>([
  ['two rules of a name', [QualityRule.isComplete('a'), QualityRule.isComplete('a')], /quality\.users\.isComplete\(a\): got "isComplete\(a\)"; two rules of a source need two names/],
  ['an empty name', [QualityRule.isComplete('a', { name: ' ' })], /quality\.users\.name: got " "/],
  ['a column without a name', [QualityRule.isComplete('a..b')], /got "a\.\.b"; name a column by its path/],
  ['an empty pattern', [QualityRule.matches('a', '')], /write a regular expression/],
  ['a pattern with ends', [QualityRule.matches('a', '^x$')], /leave out \^ and \$/],
  ['no values', [QualityRule.isIn('a', [])], /list texts, or numbers, or booleans/],
  ['values of two kinds', [QualityRule.isIn('a', ['1', 1])], /list texts, or numbers, or booleans/],
  ['a number that no double holds', [QualityRule.isIn('a', [2 ** 53 + 2])], /list whole numbers beyond 2\^53 as texts/],
  ['a range that is turned round', [QualityRule.between('a', 2, 1)], /use two numbers, the lower first/],
  ['a range without an end', [QualityRule.between('a', 0, Infinity)], /use two numbers/],
  ['a number of rows without a bound', [QualityRule.rowCount({})], /rowCount: got \{\}; use whole numbers from 0, at least one bound/],
  ['half a row', [QualityRule.rowCount({ min: 0.5 })], /use whole numbers/],
  ['an age of nothing', [QualityRule.freshness('a', Duration.seconds(0))], /use at least Duration\.seconds\(1\)/],
  ['a reference to no table', [QualityRule.referential('a', 'No Table', 'x')], /name a table of the database/],
  ['a condition that leaves its parentheses', [QualityRule.sql('a = 1) OR (1 = 1')], /write one boolean expression/],
  ['a condition with a comment', [QualityRule.sql('a = 1 -- x')], /write one boolean expression/],
  ['two statements', [QualityRule.sql('a = 1; DROP TABLE x')], /write one boolean expression/],
])('%s fails at synth', (_, rules, message) => {
  expect(problemsOf((problems) => checkRules('users', rules, problems))).toMatch(message);
});

test('good rules pass', () => {
  expect(problemsOf((problems) => checkRules('users', [
    QualityRule.isComplete('B.c'), QualityRule.isUnique('a'), QualityRule.sql("a = ')' AND (b IS NOT NULL)"), QualityRule.rowCount({ max: 0 }), QualityRule.isIn('a', [true]),
  ], problems))).toBe('');
});
