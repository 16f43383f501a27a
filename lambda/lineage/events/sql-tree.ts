/** The parts of node-sql-parser's tree that are read here. */
export interface Select {
  readonly type: string;
  readonly with?: readonly { readonly name: { readonly value: string }; readonly stmt: { readonly ast: Select } }[] | null;
  readonly columns?: readonly SelectItem[];
  readonly from?: readonly From[] | null;
  readonly where?: Node | null;
  readonly groupby?: { readonly columns?: readonly Node[] | null } | null;
  readonly having?: Node | null;
  readonly orderby?: readonly { readonly expr: Node }[] | null;
  readonly _next?: unknown;
}

export interface SelectItem {
  readonly expr: Node;
  readonly as: string | null;
}

export interface From {
  readonly table?: string;
  readonly as?: string | null;
  readonly expr?: { readonly ast?: Select };
  readonly on?: Node | null;
  readonly using?: readonly { readonly value: string }[];
}

export type Node = Readonly<Record<string, unknown>> & { readonly type?: string };

/** Parts of a name, from the left, in lower case: `alias.field`, `struct.field`. */
export function pathOf(node: Node): string[] {
  return [node.schema, node.table, nameOf(node.column)].filter((name): name is string => typeof name === 'string').map((name) => name.toLowerCase());
}

/** What a result's column is called; undefined for one that Athena names. */
export function columnOf({ expr, as }: SelectItem): string | undefined {
  return (as ?? (expr.type === 'column_ref' ? nameOf(expr.column) : undefined))?.toLowerCase();
}

/** A function's name in lower case; undefined for all else. */
export function functionOf({ type, name }: Node): string | undefined {
  const parts = type === 'function' ? (name as { name?: readonly { value: string }[] }).name : undefined;
  return parts?.map(({ value }) => value.toLowerCase()).join('.');
}

/** The parser gives a name as text, as a literal, or as a literal in an expression. */
function nameOf(column: unknown): string {
  const { expr, value } = (typeof column === 'object' && column !== null ? column : { value: column }) as { expr?: { value: string }; value?: string };
  return expr?.value ?? value ?? '*';
}
