import { QualityRule } from './quality-rule';
import { columnsOf, RuleSpec } from './rule-spec';
import { Problems } from '../core/problems';
import { GLUE_NAME_PATTERN } from '../spec/validate-source-spec';

/** Longest name of a rule: it is a dimension of a metric. */
const MAX_NAME = 255;

/** Checks the rules of one source. */
export function checkRules(source: string, rules: readonly QualityRule[], problems: Problems): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const at = `quality.${source}.${rule.name}`;
    problems.check(rule.name.trim() !== '' && rule.name.length <= MAX_NAME, `quality.${source}.name`, rule.name, `use 1 to ${MAX_NAME} characters: pass a name`);
    problems.check(!seen.has(rule.name), at, rule.name, 'two rules of a source need two names: pass a name');
    seen.add(rule.name);
    for (const column of columnsOf(rule._spec)) {
      problems.check(/^[^.]+(\.[^.]+)*$/.test(column), at, column, "name a column by its path, such as 'email' or 'login.uuid'");
    }
    checkSpec(rule._spec, (got, fix) => problems.add(at, got, fix));
  }
}

function checkSpec(rule: RuleSpec, problem: (got: unknown, fix: string) => void): void {
  switch (rule.kind) {
    case 'matches': return checkPattern(rule.pattern, problem);
    case 'isIn': return checkValues(rule.values, problem);
    case 'between':
      if (!Number.isFinite(rule.min) || !Number.isFinite(rule.max) || rule.min > rule.max) {
        problem([rule.min, rule.max], 'use two numbers, the lower first');
      }
      return;
    case 'rowCount': return checkBounds(rule.min, rule.max, problem);
    case 'freshness':
      if (rule.maxAgeSeconds <= 0) {
        problem(`${rule.maxAgeSeconds} seconds`, 'use at least Duration.seconds(1)');
      }
      return;
    case 'referential':
      if (!GLUE_NAME_PATTERN.test(rule.table) || !/^[^.]+(\.[^.]+)*$/.test(rule.tableColumn)) {
        problem(`${rule.table}, ${rule.tableColumn}`, 'name a table of the database and a column of it');
      }
      return;
    case 'sql': return checkCondition(rule.condition, problem);
  }
}

function checkPattern(pattern: string, problem: (got: unknown, fix: string) => void): void {
  if (pattern === '') {
    problem(pattern, 'write a regular expression');
  }
  if (/^\^|(?<!\\)\$$/.test(pattern)) {
    problem(pattern, 'leave out ^ and $: the whole value is compared');
  }
}

function checkValues(values: readonly unknown[], problem: (got: unknown, fix: string) => void): void {
  const types = new Set(values.map((value) => typeof value));
  const [type] = types;
  if (values.length === 0 || types.size > 1 || !['string', 'number', 'boolean'].includes(type)) {
    problem(values, 'list texts, or numbers, or booleans, at least one');
  } else if (values.some((value) => typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER))) {
    problem(values, 'numbers are compared as doubles: list whole numbers beyond 2^53 as texts');
  }
}

function checkBounds(min: number | undefined, max: number | undefined, problem: (got: unknown, fix: string) => void): void {
  const good = (bound: number | undefined) => bound === undefined || (Number.isInteger(bound) && bound >= 0);
  if (!good(min) || !good(max) || (min === undefined && max === undefined) || (min ?? 0) > (max ?? Infinity)) {
    problem({ min, max }, 'use whole numbers from 0, at least one bound, min no more than max');
  }
}

/** The condition stands in parentheses in a larger statement: it must not leave them. */
function checkCondition(condition: string, problem: (got: unknown, fix: string) => void): void {
  const bare = condition.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/g, '0');
  let depth = 0;
  const balanced = [...bare].every((character) => {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    return depth >= 0;
  }) && depth === 0;
  if (condition.trim() === '' || !balanced || /;|--|\/\*|['"`]/.test(bare)) {
    problem(condition, 'write one boolean expression, without comments and semicolons, quotes and parentheses closed');
  }
}
