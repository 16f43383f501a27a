/* eslint-disable no-bitwise -- kinds are a set in one number */
import { HiveField, HiveType, hiveTypeText } from '../../src/spec';
import { canBeColumn } from '../extractor/scan/glue-columns';
import { keysByName, glueType } from '../extractor/scan/glue-type';
import { Kind, SchemaNode } from '../extractor/scan/schema-node';

const ANY_INTEGER = Kind.Int | Kind.SafeBigint | Kind.Bigint;
const ANY_NUMBER = ANY_INTEGER | Kind.Double | Kind.HugeNumber;

/** What values a column reads; of anything else it is NULL, or the query fails. */
const READS: Readonly<Record<string, number>> = {
  boolean: Kind.Boolean,
  tinyint: Kind.Int,
  smallint: Kind.Int,
  int: Kind.Int,
  bigint: ANY_INTEGER,
  float: ANY_NUMBER,
  double: ANY_NUMBER,
  date: Kind.String,
  timestamp: Kind.String | ANY_NUMBER,
};

const KIND_NAMES: readonly (readonly [number, string])[] = [
  [Kind.Boolean, 'booleans'], [Kind.Int, 'integers'], [Kind.SafeBigint | Kind.Bigint, 'integers beyond 32 bits'], [Kind.Double, 'fractions'],
  [Kind.HugeNumber, 'numbers beyond 64 bits'], [Kind.String, 'text'], [Kind.Object | Kind.Map, 'objects'], [Kind.Array, 'lists'],
];

/** One sentence for each key that has no column or field, and for each column that cannot read what is stored. */
export function undeclaredValues(root: SchemaNode, columns: readonly HiveField[]): string[] {
  return fields(root, columns, '', 'column');
}

function fields(node: SchemaNode, declared: readonly HiveField[], path: string, noun: string): string[] {
  const known = new Map(declared.map(({ name, type }) => [name.toLowerCase(), type]));
  return [...keysByName(node)].filter(([name]) => path !== '' || canBeColumn(name)).flatMap(([name, nodes]) => {
    const type = known.get(name);
    const place = `${path}${name}`;
    return type === undefined
      ? [`${place} is stored and not declared: the table has no such ${noun}; declare it, as ${glueType(nodes[0])}`]
      : nodes.flatMap((one) => values(one, type, place));
  });
}

function values(node: SchemaNode, type: HiveType, place: string): string[] {
  const kinds = node.kinds & ~(Kind.Null | Kind.Duplicate);
  switch (type.kind) {
    case 'primitive': return type.name === 'string' ? [] : unread(kinds & ~(READS[type.name] ?? 0), type, place);
    case 'decimal': return unread(kinds & ~ANY_NUMBER, type, place);
    case 'map': return unread(kinds & ~(Kind.Object | Kind.Map), type, place);
    case 'array': return [...unread(kinds & ~Kind.Array, type, place), ...(node.item ? values(node.item, type.element, `${place}[*]`) : [])];
    case 'struct': return [...unread(kinds & ~(Kind.Object | Kind.Map), type, place), ...fields(node, type.fields, `${place}.`, 'field')];
  }
}

function unread(kinds: number, type: HiveType, place: string): string[] {
  const names = KIND_NAMES.filter(([kind]) => (kinds & kind) !== 0).map(([, name]) => name);
  return names.length === 0 ? []
    : [`${place} is declared ${hiveTypeText(type)}, and ${names.join(', ')} are stored too: Athena reads them as NULL, or fails; declare string, which keeps their text`];
}
