/** DuckDB's syntax tree, as `json_serialize_sql` writes it: only what the translation touches. */
export interface Node {
  class?: string;
  type?: string;
  alias?: string;
  query_location?: unknown;
  [key: string]: unknown;
}

/** Marks a numeral that is kept as text. */
const NUMERAL = '\u0000';

/** Reads the tree; numerals that a JavaScript number would change (64 bits, `2.0`) keep their text. */
export function parseTree(json: string): Node {
  const safe = json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (part) => (/^"|^-?\d{1,15}$/.test(part) ? part : `"\\u0000${part}"`));
  return JSON.parse(safe) as Node;
}

export function treeText(tree: Node): string {
  return JSON.stringify(tree).replace(/"\\u0000(-?[\d.eE+-]+)"/g, '$1');
}

/** A numeral, kept as text or not. */
export const isNumeral = (value: unknown): boolean => typeof value === 'number' || (typeof value === 'string' && value.startsWith(NUMERAL));

export const call = (name: string, ...children: Node[]): Node => ({
  class: 'FUNCTION',
  type: 'FUNCTION',
  alias: '',
  query_location: 0,
  function_name: name,
  schema: '',
  catalog: '',
  children,
  filter: null,
  order_bys: { type: 'ORDER_MODIFIER', orders: [] },
  distinct: false,
  is_operator: false,
  export_state: false,
});

export const operator = (type: string, ...children: Node[]): Node => ({ class: 'OPERATOR', type, alias: '', query_location: 0, children });

export const text = (value: string): Node => ({
  class: 'CONSTANT',
  type: 'VALUE_CONSTANT',
  alias: '',
  query_location: 0,
  value: { type: { id: 'VARCHAR', type_info: null }, is_null: false, value },
});

export const whole = (value: number): Node => ({
  class: 'CONSTANT',
  type: 'VALUE_CONSTANT',
  alias: '',
  query_location: 0,
  value: { type: { id: 'INTEGER', type_info: null }, is_null: false, value },
});

export const cast = (child: Node, type: string): Node => ({
  class: 'CAST',
  type: 'OPERATOR_CAST',
  alias: '',
  query_location: 0,
  child,
  cast_type: { id: type, type_info: null },
  try_cast: false,
});

/** The text of a string constant; undefined for anything else. */
export function constantText(node: Node | undefined): string | undefined {
  const value = node?.class === 'CONSTANT' ? node.value as { type: { id: string }; is_null: boolean; value: unknown } : undefined;
  return value && !value.is_null && value.type.id === 'VARCHAR' ? value.value as string : undefined;
}

/** Visits every object of a part of a tree. */
export function eachNode(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    value.forEach((item) => eachNode(item, visit));
  } else if (typeof value === 'object' && value !== null) {
    visit(value as Node);
    Object.values(value).forEach((item) => eachNode(item, visit));
  }
}
