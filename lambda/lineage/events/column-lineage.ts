import { Parser } from 'node-sql-parser/build/trino';

/** One column of a query's result and the columns of tables that its value is made from. */
export interface ColumnOrigin {
  readonly column: string;
  readonly from: readonly ColumnSource[];
  /** As the column lineage facet names direct transformations. */
  readonly subtype: 'IDENTITY' | 'TRANSFORMATION' | 'AGGREGATION';
}

export interface ColumnSource {
  readonly table: string;
  readonly field: string;
}

/**
 * Where a query's columns come from, as far as its text says for certain: a column is left out when its origin depends on
 * a schema (`*`, an unqualified name in a join) or on what this cannot follow (set operations, subqueries in expressions).
 */
export function columnOrigins(query: string): ColumnOrigin[] {
  try {
    const ast: unknown = new Parser().astify(query, { database: 'trino' });
    return originsOf((Array.isArray(ast) ? ast[0] : ast) as Select, new Map());
  } catch {
    return []; // Athena judges the query; what cannot be parsed here has no known lineage
  }
}

/** The parts of node-sql-parser's tree that are read here. */
interface Select {
  readonly type: string;
  readonly with?: readonly { readonly name: { readonly value: string }; readonly stmt: { readonly ast: Select } }[] | null;
  readonly columns?: readonly { readonly expr: Node; readonly as: string | null }[];
  readonly from?: readonly From[] | null;
  readonly _next?: unknown;
}

interface From {
  readonly table?: string;
  readonly as?: string | null;
  readonly expr?: { readonly ast?: Select };
}

type Node = Readonly<Record<string, unknown>> & { readonly type?: string };
interface Reference { readonly schema?: string; readonly table?: string | null; readonly column: string }
/** What a name in FROM stands for: a table, or the columns of a query. */
type Relation = { readonly table: string } | { readonly columns: readonly ColumnOrigin[] };

function originsOf(select: Select, outer: ReadonlyMap<string, Relation>): ColumnOrigin[] {
  if (select.type !== 'select' || select._next !== undefined) {
    return [];
  }
  const named = new Map(outer);
  for (const { name, stmt } of select.with ?? []) {
    named.set(name.value.toLowerCase(), { columns: originsOf(stmt.ast, named) });
  }
  const scope = scopeOf(select.from ?? [], named);
  return (select.columns ?? []).flatMap(({ expr, as }) => {
    const column = as ?? lastName(expr);
    const origin = column === undefined ? undefined : originOf(expr, scope);
    return origin === undefined ? [] : [{ column: column!.toLowerCase(), ...origin }];
  });
}

/** Relations by the name that columns are qualified with; undefined for one that cannot be followed (UNNEST, VALUES). */
function scopeOf(from: readonly From[], named: ReadonlyMap<string, Relation>): Map<string, Relation | undefined> {
  return new Map(from.map((entry, index) => {
    const table = entry.table?.toLowerCase();
    const relation = table !== undefined ? named.get(table) ?? { table } : entry.expr?.ast && { columns: originsOf(entry.expr.ast, named) };
    return [entry.as?.toLowerCase() ?? table ?? `#${index}`, relation];
  }));
}

function originOf(expr: Node, scope: ReturnType<typeof scopeOf>): Omit<ColumnOrigin, 'column'> | undefined {
  const found: (Pick<ColumnOrigin, 'from' | 'subtype'> | undefined)[] = [];
  let aggregates = false;
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    const node = value as Node;
    aggregates ||= node.type === 'aggr_func';
    if (node.type === 'column_ref') {
      found.push(resolve(referenceOf(node), scope));
    } else if (node.ast !== undefined || node.type === 'select') {
      found.push(undefined);
    } else {
      Object.values(node).forEach(walk);
    }
  };
  walk(expr);
  if (found.length === 0 || found.includes(undefined)) {
    return undefined;
  }
  const known = found as Pick<ColumnOrigin, 'from' | 'subtype'>[];
  const from = [...new Map(known.flatMap((origin) => origin.from).map((source) => [`${source.table}.${source.field}`, source])).values()];
  if (aggregates || known.some(({ subtype }) => subtype === 'AGGREGATION')) {
    return { from, subtype: 'AGGREGATION' };
  }
  return { from, subtype: expr.type === 'column_ref' ? known[0]!.subtype : 'TRANSFORMATION' };
}

/** A name's table and top-level field: `alias.field`, `alias.struct.field`, and with one relation also `field` and `struct.field`. */
function resolve({ schema, table, column }: Reference, scope: ReturnType<typeof scopeOf>): Pick<ColumnOrigin, 'from' | 'subtype'> | undefined {
  const path = [schema, table, column].filter((name): name is string => typeof name === 'string').map((name) => name.toLowerCase());
  const qualified = path.length > 1 && scope.has(path[0]!);
  const relation = qualified ? scope.get(path[0]!) : scope.size === 1 ? [...scope.values()][0] : undefined;
  const field = path[qualified ? 1 : 0]!;
  if (relation === undefined || field === '*') {
    return undefined;
  }
  return 'table' in relation
    ? { from: [{ table: relation.table, field }], subtype: 'IDENTITY' }
    : relation.columns.find((origin) => origin.column === field);
}

function referenceOf(node: Node): Reference {
  return { schema: node.schema as string | undefined, table: node.table as string | null, column: nameOf(node.column) };
}

const lastName = (expr: Node): string | undefined => (expr.type === 'column_ref' ? nameOf(expr.column) : undefined);

/** The parser gives a name as text, as a literal, or as a literal in an expression. */
function nameOf(column: unknown): string {
  const { expr, value } = (typeof column === 'object' && column !== null ? column : { value: column }) as { expr?: { value: string }; value?: string };
  return expr?.value ?? value ?? '*';
}
