/** What a rule asks; both engines are compiled from it. */
export type RuleSpec =
  | ValueRule & { readonly kind: 'isUnique'; readonly columns: readonly string[] }
  | ValueRule & { readonly kind: 'matches'; readonly column: string; readonly pattern: string }
  | ValueRule & { readonly kind: 'isIn'; readonly column: string; readonly values: readonly (string | number | boolean)[] }
  | ValueRule & { readonly kind: 'between'; readonly column: string; readonly min: number; readonly max: number }
  | ValueRule & { readonly kind: 'referential'; readonly column: string; readonly table: string; readonly tableColumn: string }
  | { readonly kind: 'isComplete'; readonly column: string }
  | { readonly kind: 'rowCount'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'freshness'; readonly column: string; readonly maxAgeSeconds: number }
  | { readonly kind: 'sql'; readonly condition: string };

interface ValueRule {
  readonly allowNull: boolean;
}

/** The columns that a rule names; those of an SQL condition are not known. */
export function columnsOf(rule: RuleSpec): readonly string[] {
  switch (rule.kind) {
    case 'isUnique': return rule.columns;
    case 'rowCount': case 'sql': return [];
    default: return [rule.column];
  }
}

/** What the rule expects, in words: for the notice of a failure. */
export function expectation(rule: RuleSpec): string {
  const orNull = 'allowNull' in rule && rule.allowNull ? ', or NULL' : '';
  switch (rule.kind) {
    case 'isComplete': return `${rule.column} is never NULL`;
    case 'isUnique': return `${rule.columns.join(', ')} ${rule.columns.length === 1 ? 'is' : 'are together'} unique${orNull}`;
    case 'matches': return `${rule.column} matches ${rule.pattern}${orNull}`;
    case 'isIn': return `${rule.column} is one of ${rule.values.map((value) => JSON.stringify(value)).join(', ')}${orNull}`;
    case 'between': return `${rule.column} is from ${rule.min} to ${rule.max}${orNull}`;
    case 'rowCount': return `${rowRange(rule.min, rule.max)} rows`;
    case 'freshness': return `the newest ${rule.column} is at most ${rule.maxAgeSeconds} seconds old`;
    case 'referential': return `${rule.column} is in ${rule.table}.${rule.tableColumn}${orNull}`;
    case 'sql': return rule.condition;
  }
}

function rowRange(min: number | undefined, max: number | undefined): string {
  if (max === undefined) {
    return `at least ${min}`;
  }
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}
