import { HiveField, HiveType, hiveTypeText, parseHiveType } from './hive-type';

/** A column as Glue's API shows it. */
export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
  readonly Comment?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
}

export interface MergedColumns {
  readonly columns: readonly GlueColumn[];
  readonly changed: boolean;
  /** Columns whose files now hold another type than the catalogue says. */
  readonly conflicts: readonly string[];
}

export interface MergeOptions {
  /** A type that cannot hold what was found is replaced by the one that was found. Default: it stays, and is a conflict. */
  readonly widen?: boolean;
}

/**
 * Glue's MergeNewColumns: columns and nested fields are added, none is dropped, and a type that stands in the
 * catalogue stays.
 */
export function mergeColumns(existing: readonly GlueColumn[], found: readonly GlueColumn[], options: MergeOptions = {}): MergedColumns {
  const conflicts: string[] = [];
  const byName = new Map(found.map((column) => [column.Name, column]));
  const kept = existing.map((column) => {
    const other = byName.get(column.Name);
    byName.delete(column.Name);
    if (!other || other.Type === column.Type) {
      return column;
    }
    const known = parseHiveType(column.Type);
    const merged = hiveTypeText(mergeTypes(known, parseHiveType(other.Type), column.Name, { ...options, conflicts }));
    return merged === hiveTypeText(known) ? column : { ...column, Type: merged };
  });
  const columns = [...kept, ...byName.values()];
  const changed = byName.size > 0 || kept.some((column, i) => column.Type !== existing[i].Type);
  return { columns, changed, conflicts };
}

interface Merge extends MergeOptions {
  readonly conflicts: string[];
}

function mergeTypes(known: HiveType, found: HiveType, path: string, merge: Merge): HiveType {
  if (known.kind === 'struct' && found.kind === 'struct') {
    const left = new Map(found.fields.map((field) => [field.name.toLowerCase(), field]));
    const kept = known.fields.map((field): HiveField => {
      const other = left.get(field.name.toLowerCase());
      left.delete(field.name.toLowerCase());
      return other ? { name: field.name, type: mergeTypes(field.type, other.type, `${path}.${field.name}`, merge) } : field;
    });
    return { kind: 'struct', fields: [...kept, ...left.values()] };
  }
  if (known.kind === 'array' && found.kind === 'array') {
    return { kind: 'array', element: mergeTypes(known.element, found.element, `${path}[]`, merge) };
  }
  if (holds(known, found)) {
    return known;
  }
  if (merge.widen === true) {
    return found;
  }
  merge.conflicts.push(`${path} is ${hiveTypeText(known)} in the catalogue, the files hold ${hiveTypeText(found)}: Athena reads what does not fit as NULL or fails`);
  return known;
}

const NUMBERS = ['tinyint', 'smallint', 'int', 'bigint', 'double'];

/** A string column reads anything; a wider number reads a narrower one. */
function holds(known: HiveType, found: HiveType): boolean {
  if (known.kind === 'primitive' && found.kind === 'primitive') {
    return known.name === 'string' || known.name === found.name
      || (NUMBERS.includes(found.name) && NUMBERS.indexOf(found.name) <= NUMBERS.indexOf(known.name))
      // A table written by hand may say date or timestamp where the files hold text.
      || (found.name === 'string' && ['date', 'timestamp'].includes(known.name));
  }
  return (known.kind === 'primitive' && known.name === 'string') || known.kind === 'decimal' || known.kind === 'map';
}
