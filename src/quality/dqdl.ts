import { QualityRule } from './quality-rule';
import { columnsOf, RuleSpec } from './rule-spec';
import { Problems } from '../core/problems';

/**
 * Compiles rules into a ruleset of Glue Data Quality, in its definition language. It means what the Athena statement
 * means, so what DQDL says otherwise is not used: its `between` leaves the bounds out, its rules over columns fail for a
 * table without rows, and its `DataFreshness` asks every row.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/dqdl.html
 */
export function dqdlRuleset(rules: readonly QualityRule[], database: string): string {
  return `Rules = [\n${rules.map((rule) => `  ${dqdlRule(rule._spec, database)}`).join(',\n')}\n]`;
}

/** What DQDL cannot say. */
export function checkDqdl(source: string, rules: readonly QualityRule[], problems: Problems): void {
  for (const { name, _spec: rule } of rules) {
    const problem = (got: unknown, fix: string) => problems.add(`quality.${source}.${name}`, got, fix);
    const nested = columnsOf(rule).find((column) => column.includes('.'));
    if (nested !== undefined) {
      problem(nested, 'Glue Data Quality does not reach into nested columns: use QualityEngine.athena()');
    }
    if (rule.kind === 'matches' && !rule.allowNull && matchesNothing(rule.pattern)) {
      problem(rule.pattern, 'Glue Data Quality never matches the empty text: write a pattern that does not, or use QualityEngine.athena()');
    }
  }
}

function matchesNothing(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test('');
  } catch {
    return false; // what only Java's expressions know
  }
}

function dqdlRule(rule: RuleSpec, database: string): string {
  switch (rule.kind) {
    case 'isComplete': return unlessEmpty(`IsComplete ${text(rule.column)}`);
    case 'isUnique': return isUnique(rule.columns, rule.allowNull);
    case 'matches': return matches(rule);
    case 'isIn': return unlessEmpty(`ColumnValues ${text(rule.column)} in [${[...rule.values.map(constant), ...(rule.allowNull ? ['NULL'] : [])].join(', ')}]`);
    case 'between': return noRow(`${notNull(rule)}not coalesce(cast(${name(rule.column)} as double) between ${rule.min} and ${rule.max}, false)`);
    case 'rowCount': return rowCount(rule.min, rule.max);
    case 'freshness': return customSql(`select count(*) from primary where to_timestamp(${name(rule.column)}) >= now() - interval ${rule.maxAgeSeconds} seconds`, '> 0');
    case 'referential': return customSql(`select count(*) from primary left anti join ${name(database)}.${name(rule.table)} other `
      + `on cast(primary.${name(rule.column)} as string) = cast(other.${rule.tableColumn.split('.').map(name).join('.')} as string)${rule.allowNull ? ` where primary.${name(rule.column)} is not null` : ''}`, '= 0');
    case 'sql': return noRow(`not coalesce((${rule.condition}), false)`);
  }
}

/** IsUnique says nothing of NULL in its documentation, so it is never left to it. */
function isUnique(columns: readonly string[], allowNull: boolean): string {
  const all = columns.map((column) => `${name(column)} is not null`).join(' and ');
  if (allowNull) {
    return customSql(`select count(*) from (select 1 from primary where ${all} group by ${columns.map(name).join(', ')} having count(*) > 1)`, '= 0');
  }
  return unlessEmpty([...columns.map((column) => `(IsComplete ${text(column)})`), `(IsUnique ${columns.map(text).join(' ')})`].join(' and '));
}

/** ColumnValues wraps a pattern in ^ and $, which would split `a|b`, and $ also stands before a last line feed. */
function matches(rule: RuleSpec & { kind: 'matches' }): string {
  return rule.allowNull
    ? noRow(`${notNull(rule)}not ${name(rule.column)} rlike ${sparkText(`^(?:${rule.pattern})\\z`)}`)
    : unlessEmpty(`ColumnValues ${text(rule.column)} matches ${text(`(?:${rule.pattern})(?![^a]|a)`)}`);
}

function rowCount(min: number | undefined, max: number | undefined): string {
  const bounds = [min === undefined ? [] : `RowCount >= ${min}`, max === undefined ? [] : `RowCount <= ${max}`].flat();
  return bounds.length === 1 ? bounds[0] : bounds.map((bound) => `(${bound})`).join(' and ');
}

const unlessEmpty = (rule: string) => `(RowCount = 0) or (${rule})`;

const noRow = (bad: string) => customSql(`select count(*) from primary where ${bad}`, '= 0');

const notNull = (rule: { column: string; allowNull: boolean }) => (rule.allowNull ? `${name(rule.column)} is not null and ` : '');

const customSql = (statement: string, expression: string) => `CustomSql ${text(statement)} ${expression}`;

/** A string of DQDL: a backslash makes a quote or a backslash of the next character. */
const text = (value: string) => `"${value.replace(/[\\"]/g, '\\$&')}"`;

const constant = (value: string | number | boolean) => (typeof value === 'number' ? decimal(value) : text(String(value)));

/** DQDL's numbers have no exponent. */
const decimal = (value: number) => (/e/.test(String(value)) ? value.toFixed(20).replace(/0+$/, '') : String(value));

/** A name of Spark SQL. */
const name = (column: string) => `\`${column.replace(/`/g, '``')}\``;

/** A text of Spark SQL, which reads backslashes. */
const sparkText = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`;
