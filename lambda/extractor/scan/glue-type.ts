/* eslint-disable no-bitwise -- kinds are a set in one number */
import { Kind, SchemaNode } from './schema-node';

/** Says nothing about the type of a value. */
const NEUTRAL = Kind.Null | Kind.Duplicate;
const INTEGERS = Kind.Int | Kind.SafeBigint | Kind.Bigint;
/** What a double holds exactly. */
const DOUBLES = Kind.Int | Kind.SafeBigint | Kind.Double;

/** Signs of Glue's type grammar, which has no escape for them: `a:b`, `a,b` or a blank key would break the type, and with it the table. */
const GRAMMAR = /[:,<>`]/;

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

/** Whether a struct can have a field of this name. */
export const canBeField = (name: string) => name.trim() !== '' && !GRAMMAR.test(name);

/** The keys by the name they have for Glue and Athena, which do not tell upper from lower case. */
export function keysByName(node: SchemaNode): Map<string, SchemaNode[]> {
  const names = new Map<string, SchemaNode[]>();
  for (const child of node.children) {
    const name = child.name.toLowerCase();
    names.set(name, [...(names.get(name) ?? []), child]);
  }
  return names;
}

/** The type that reads the values of all these keys. */
export function commonType(nodes: SchemaNode[], options: GlueTypeOptions): string {
  const types = new Set(nodes.map((node) => glueType(node, options)));
  return types.size === 1 ? [...types][0] : scalarType(nodes.reduce((kinds, node) => kinds | node.kinds, 0));
}

/** As the crawler makes it: keys that collide share a field, and what cannot be a field is left out. */
function structType(node: SchemaNode, options: GlueTypeOptions): string {
  const fields = [...keysByName(node)].filter(([name]) => canBeField(name))
    .map(([name, nodes]) => `${options.sorted ? name : nodes[0].name}:${commonType(nodes, options)}`);
  return fields.length === 0 ? 'string' : `struct<${(options.sorted ? fields.sort() : fields).join(',')}>`;
}
