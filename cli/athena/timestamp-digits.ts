import { Node } from './sql-ast';

/** Digits of the second's fraction that a timestamp prints: Hive tables and Trino's functions have three, Iceberg tables six. */
export type TimestampDigits = 3 | 6;

/** Names of timestamp columns in the tables that a statement reads. */
export interface TimestampNames {
  readonly three: ReadonlySet<string>;
  readonly six: ReadonlySet<string>;
}

const THREE = ['t_cast_timestamp', 't_cast_timestamp_try', 'strptime'];
const SIX = ['t_cast_timestamp_6', 't_cast_timestamp_6_try'];

/**
 * DuckDB has one timestamp type for both. Says for a column of the result which it is, from what the statement's timestamps come from;
 * undefined when that is not certain.
 */
export function timestampDigits(tree: Node, names: TimestampNames): (column: number, name: string) => TimestampDigits | undefined {
  const whole = digitsOf(tree, names);
  const items = ((tree.statements as Node[] | undefined)?.[0]?.node as Node | undefined)?.select_list as Node[] | undefined;
  const byPosition = items && !items.some((item) => item.class === 'STAR') ? items : undefined;
  return (column, name) => single(whole)
    ?? single(byPosition ? digitsOf(byPosition[column], names) : new Set())
    ?? single(ofName(name.toLowerCase(), names));
}

const single = (found: ReadonlySet<TimestampDigits>) => (found.size === 1 ? [...found][0] : undefined);

/** What the timestamps below a part of the tree are; a cast says so itself, whatever it casts. */
function digitsOf(part: unknown, names: TimestampNames): Set<TimestampDigits> {
  if (typeof part !== 'object' || part === null) {
    return new Set();
  }
  const node = part as Node;
  if (node.class === 'COLUMN_REF') {
    return new Set((node.column_names as string[]).flatMap((name) => [...ofName(name.toLowerCase(), names)]));
  }
  if (node.class === 'STAR') {
    return new Set<TimestampDigits>([...names.three.size > 0 ? [3 as const] : [], ...names.six.size > 0 ? [6 as const] : []]);
  }
  const name = String(node.function_name);
  if (THREE.includes(name) || SIX.includes(name)) {
    return new Set<TimestampDigits>([THREE.includes(name) ? 3 : 6]);
  }
  return new Set(Object.values(part).flatMap((child) => [...digitsOf(child, names)]));
}

function ofName(name: string, { three, six }: TimestampNames): Set<TimestampDigits> {
  return new Set<TimestampDigits>([...three.has(name) ? [3 as const] : [], ...six.has(name) ? [6 as const] : []]);
}
