import { QualityRule } from './quality-rule';
import { expectation, RuleSpec } from './rule-spec';
import { PARTITION_KEY } from '../spec/object-keys';
import { quoteName, sqlDouble, sqlText } from '../spec/sql-text';
import { QualityRulePlan } from '../spec/workflow-plan';

/** One Athena statement that answers all rules of a source, and what each expects. */
export interface AthenaQuality {
  /** Yields one row a rule: `name`, `passed`, `actual`. Holds `{{ingestion_date}}`. */
  readonly statement: string;
  readonly rules: readonly QualityRulePlan[];
}

/** A rule over the partition's totals. */
interface Verdict {
  /** Aggregates that the rule needs, over the rows of the partition. */
  readonly totals: readonly string[];
  /** Whether it holds, from its totals; never NULL. */
  readonly passed: (...totals: string[]) => string;
  /** What was found, as text. */
  readonly actual: (...totals: string[]) => string;
}

/** The rows of the partition; no column is called like it, so that `"$rows"."a"."b"` is a column's field. */
const ROWS = '"$rows"';
const COUNT = '"$count"';

/**
 * Compiles rules into one statement that scans the partition once: all totals in one aggregate, which is then joined
 * with the list of the rules. (A UNION ALL over a WITH would scan once a rule: Trino inlines it.)
 */
export function athenaQuality(rules: readonly QualityRule[], database: string, table: string): AthenaQuality {
  const verdicts = rules.map((rule) => verdict(rule._spec, database));
  const totals: string[] = [`count(*) AS ${COUNT}`];
  const named = verdicts.map(({ totals: needed }) => needed.map((sql) => {
    totals.push(`${sql} AS "$${totals.length}"`);
    return `"$${totals.length - 1}"`;
  }));
  const list = rules.map((rule, i) => `(${i + 1}, ${sqlText(rule.name)})`);
  const statement = `SELECT "$rule"."name",
  element_at(ARRAY[${verdicts.map(({ passed }, i) => passed(...named[i])).join(', ')}], "$rule"."number") AS "passed",
  element_at(ARRAY[${verdicts.map(({ actual }, i) => actual(...named[i])).join(', ')}], "$rule"."number") AS "actual"
FROM (
  SELECT ${totals.join(',\n    ')}
  FROM ${quoteName(database)}.${quoteName(table)} AS ${ROWS}
  WHERE ${ROWS}.${quoteName(PARTITION_KEY)} = '{{ingestion_date}}'
) AS "$totals"
CROSS JOIN (VALUES ${list.join(', ')}) AS "$rule" ("number", "name")
ORDER BY "$rule"."number"`;
  return { statement, rules: rules.map((rule) => ({ name: rule.name, level: rule.level, expected: expectation(rule._spec) })) };
}

function verdict(rule: RuleSpec, database: string): Verdict {
  switch (rule.kind) {
    case 'isComplete': return noRowWhere(`${at(rule.column)} IS NULL`);
    case 'isUnique': return unique(rule.columns.map(at), rule.allowNull);
    case 'rowCount': return rowCount(rule.min, rule.max);
    case 'freshness': return freshness(at(rule.column), rule.maxAgeSeconds);
    case 'sql': return everyRow(`(${rule.condition})`);
    default: return everyRow(condition(rule, database), rule.allowNull ? at(rule.column) : undefined);
  }
}

function condition(rule: RuleSpec & { kind: 'matches' | 'isIn' | 'between' | 'referential' }, database: string): string {
  const column = at(rule.column);
  const text = `CAST(${column} AS varchar)`;
  switch (rule.kind) {
    // \z and not $, which also stands before a last line feed.
    case 'matches': return `regexp_like(${text}, ${sqlText(`\\A(?:${rule.pattern})\\z`)})`;
    case 'isIn': {
      const numbers = rule.values.filter((value) => typeof value === 'number');
      return numbers.length > 0
        ? `TRY_CAST(${column} AS double) IN (${numbers.map(sqlDouble).join(', ')})`
        : `${text} IN (${rule.values.map((value) => sqlText(String(value))).join(', ')})`;
    }
    case 'between': return `TRY_CAST(${column} AS double) BETWEEN ${sqlDouble(rule.min)} AND ${sqlDouble(rule.max)}`;
    case 'referential': {
      const other = path('"$other"', rule.tableColumn);
      return `${text} IN (SELECT CAST(${other} AS varchar) FROM ${quoteName(database)}.${quoteName(rule.table)} AS "$other" WHERE ${other} IS NOT NULL)`;
    }
  }
}

const at = (column: string) => path(ROWS, column);

const path = (table: string, column: string) => `${table}.${column.split('.').map(quoteName).join('.')}`;

/** The condition holds for every row. What it says of NULL is NULL, which only a NULL in `unlessNull` makes good. */
const everyRow = (holds: string, unlessNull?: string) =>
  noRowWhere(`NOT coalesce(${holds}, ${unlessNull === undefined ? 'false' : `${unlessNull} IS NULL`})`);

const noRowWhere = (bad: string): Verdict => failures(`count(*) FILTER (WHERE ${bad})`);

const failures = (total: string): Verdict => ({
  totals: [total],
  passed: (failed) => `${failed} = 0`,
  actual: (failed) => `${asText(failed)} || ' of ' || ${asText(COUNT)} || ' rows fail'`,
});

function unique(columns: readonly string[], allowNull: boolean): Verdict {
  const value = columns.length === 1 ? columns[0] : `CASE WHEN ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')} THEN ROW(${columns.join(', ')}) END`;
  return failures(`count(${allowNull ? value : '*'}) - count(DISTINCT ${value})`);
}

function rowCount(min: number | undefined, max: number | undefined): Verdict {
  const bounds = [min === undefined ? [] : `${COUNT} >= ${min}`, max === undefined ? [] : `${COUNT} <= ${max}`].flat();
  return { totals: [], passed: () => bounds.join(' AND '), actual: () => `${asText(COUNT)} || ' rows'` };
}

/** Reads text and timestamps alike: a timestamp's own text lacks only the T. */
function freshness(column: string, maxAgeSeconds: number): Verdict {
  return {
    totals: [`CAST(floor(to_unixtime(now()) - max(TRY(to_unixtime(from_iso8601_timestamp(replace(CAST(${column} AS varchar), ' ', 'T')))))) AS bigint)`],
    passed: (age) => `coalesce(${age} <= ${maxAgeSeconds}, false)`,
    actual: (age) => `coalesce('the newest is ' || ${asText(age)} || ' seconds old', 'no readable time')`,
  };
}

const asText = (expression: string) => `CAST(${expression} AS varchar)`;
