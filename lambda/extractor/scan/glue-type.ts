/* eslint-disable no-bitwise -- kinds are a set in one number */
import { Kind, SchemaNode } from './schema-node';

/** Says nothing about the type of a value. */
const NEUTRAL = Kind.Null | Kind.Duplicate;
const INTEGERS = Kind.Int | Kind.SafeBigint | Kind.Bigint;
/** What a double holds exactly. */
const DOUBLES = Kind.Int | Kind.SafeBigint | Kind.Double;

/**
 * Names that Glue's type grammar takes in a struct. A struct with another one is read as its JSON text,
 * in a `string` column: `a:b`, `a,b`, `x-y` or an empty key would break the type, and with it the table.
 */
const FIELD_NAME = /^[\p{L}\p{N}_$]+$/u;

export interface GlueTypeOptions {
  /** Fields of structs in the order of their names, for comparing. */
  readonly sorted?: boolean;
}

/** The Glue type that reads every value seen at the node without loss. */
export function glueType(node: SchemaNode, options: GlueTypeOptions = {}): string {
  const kinds = node.kinds & ~NEUTRAL;
  if (kinds === Kind.Object) {
    return structType(node, options);
  }
  if (kinds === (Kind.Object | Kind.Map)) {
    return 'map<string,string>';
  }
  if (kinds === Kind.Array && node.item !== null) {
    return `array<${glueType(node.item, options)}>`;
  }
  return scalarType(kinds);
}

/** The type of a set of kinds; mixed kinds, objects and arrays are text. */
export function scalarType(allKinds: number): string {
  const kinds = allKinds & ~NEUTRAL;
  if (kinds === Kind.Boolean) {
    return 'boolean';
  }
  if (kinds === Kind.Int) {
    return 'int';
  }
  if (kinds !== 0 && (kinds & ~INTEGERS) === 0) {
    return 'bigint';
  }
  return (kinds & Kind.Double) !== 0 && (kinds & ~DOUBLES) === 0 ? 'double' : 'string';
}

/** The keys for which an object cannot be a struct: of unfit characters, or the same but for the case. */
export function unfitKeys(node: SchemaNode): string[] {
  const count = new Map<string, number>();
  for (const { name } of node.children) {
    const lower = name.toLowerCase();
    count.set(lower, (count.get(lower) ?? 0) + 1);
  }
  return node.children.map(({ name }) => name).filter((name) => !FIELD_NAME.test(name) || count.get(name.toLowerCase())! > 1);
}

function structType(node: SchemaNode, options: GlueTypeOptions): string {
  if (node.children.length === 0 || unfitKeys(node).length > 0) {
    return 'string';
  }
  const fields = node.children.map((child) => `${child.name}:${glueType(child, options)}`);
  return `struct<${(options.sorted ? fields.sort() : fields).join(',')}>`;
}
