import { Parser } from 'node-sql-parser/build/trino';
import { ColumnSource, distinct, IDENTITY, indirect, Part, through, TRANSFORMATION } from './column-source';
import { expressionSources, Found, Resolve } from './expression-sources';
import { columnOf, From, Node, pathOf, Select } from './sql-tree';

/** One column of a query's result and the columns of tables that have a part in its value. */
export interface ColumnOrigin {
  readonly column: string;
  readonly from: readonly ColumnSource[];
}

/** What a query's text says of where its result comes from. */
export interface QueryLineage {
  readonly columns: readonly ColumnOrigin[];
  /** What decides which rows there are, and so has a part in all columns. */
  readonly rows: readonly ColumnSource[];
}

const UNKNOWN: QueryLineage = { columns: [], rows: [] };

/**
 * Where a query's columns and rows come from, as far as its text says for certain: a column is left out when its origin depends on
 * a schema (`*`, an unqualified name in a join) or on what this cannot follow (set operations, subqueries in expressions); of
 * conditions, only the names are left out of which that is so.
 */
export function queryLineage(query: string): QueryLineage {
  try {
    const ast: unknown = new Parser().astify(query, { database: 'trino' });
    return lineageOf((Array.isArray(ast) ? ast[0] : ast) as Select, new Map());
  } catch {
    return UNKNOWN; // Athena judges the query; what cannot be parsed here has no known lineage
  }
}

/** What a name in FROM stands for: a table, or a query. */
type Relation = { readonly table: string } | QueryLineage;
/** Relations by the name that columns are qualified with; undefined for one that cannot be followed (UNNEST, VALUES). */
type Scope = ReadonlyMap<string, Relation | undefined>;

function lineageOf(select: Select, outer: ReadonlyMap<string, Relation>): QueryLineage {
  if (select.type !== 'select' || select._next !== undefined) {
    return UNKNOWN;
  }
  const named = new Map(outer);
  for (const { name, stmt } of select.with ?? []) {
    named.set(name.value.toLowerCase(), lineageOf(stmt.ast, named));
  }
  const scope = scopeOf(select.from ?? [], named);
  const resolve = resolveIn(scope);
  const columns = (select.columns ?? []).flatMap((item) => {
    const column = columnOf(item);
    const from = expressionSources(item.expr, item.expr.type === 'column_ref' ? IDENTITY : TRANSFORMATION, resolve);
    const certain = from.length > 0 && !from.includes(undefined);
    return column !== undefined && certain ? [{ column, from: distinct(known(from)) }] : [];
  });
  const within = [...scope.values()].flatMap((relation) => (relation !== undefined && 'rows' in relation ? relation.rows : []));
  return { columns, rows: distinct([...within, ...joins(select.from ?? [], scope), ...rowSources(select, resolve)]) };
}

function scopeOf(from: readonly From[], named: ReadonlyMap<string, Relation>): Map<string, Relation | undefined> {
  return new Map(from.map((entry, index) => {
    const table = entry.table?.toLowerCase();
    const relation = table !== undefined ? named.get(table) ?? { table } : entry.expr?.ast && lineageOf(entry.expr.ast, named);
    return [aliasOf(entry) ?? table ?? `#${index}`, relation];
  }));
}

/** The parser takes the first word of `t CROSS JOIN u` for the name of t. */
const aliasOf = ({ as }: From) => (as === null || as === undefined || ['cross', 'natural'].includes(as.toLowerCase()) ? undefined : as.toLowerCase());

/** Of a name: its table and top-level field. `alias.field`, `alias.struct.field`, and with one relation also `field` and `struct.field`. */
const resolveIn = (scope: Scope): Resolve => (reference, part) => {
  const path = pathOf(reference);
  const qualified = path.length > 1 && scope.has(path[0]!);
  const relation = qualified ? scope.get(path[0]!) : scope.size === 1 ? [...scope.values()][0] : undefined;
  return relation && fieldOf(relation, path[qualified ? 1 : 0]!, part);
};

function fieldOf(relation: Relation, field: string, part: Part): readonly ColumnSource[] | undefined {
  if (field === '*') {
    return undefined;
  }
  return 'table' in relation
    ? [{ table: relation.table, field, part }]
    : relation.columns.find(({ column }) => column === field)?.from.map((source) => ({ ...source, part: through(part, source.part) }));
}

const known = (sources: Found): ColumnSource[] => sources.flatMap((source) => source ?? []);

function joins(from: readonly From[], scope: Scope): ColumnSource[] {
  const relations = [...scope.values()];
  const JOIN = indirect('JOIN');
  return from.flatMap(({ on, using = [] }, i) => [
    ...known(expressionSources(on, JOIN, resolveIn(scope))),
    // Of several tables before it, any may have the column.
    ...using.flatMap(({ value }) => [i === 1 ? relations[0] : undefined, relations[i]]
      .flatMap((relation) => (relation && fieldOf(relation, value.toLowerCase(), JOIN)) ?? [])),
  ]);
}

function rowSources({ columns = [], where, groupby, having, orderby }: Select, resolve: Resolve): ColumnSource[] {
  /** `GROUP BY 1` and `ORDER BY 1` name a column of the result by its place, `ORDER BY n` by its name. */
  const named = (node: Node, byName: boolean): Node => {
    const name = byName && node.type === 'column_ref' && pathOf(node).length === 1 ? pathOf(node)[0] : undefined;
    return (node.type === 'number' ? columns[Number(node.value) - 1]?.expr : columns.find((item) => name !== undefined && columnOf(item) === name)?.expr) ?? node;
  };
  return known([
    ...expressionSources(where, indirect('FILTER'), resolve),
    ...(groupby?.columns ?? []).flatMap((node) => expressionSources(named(node, false), indirect('GROUP_BY'), resolve)),
    ...expressionSources(having, indirect('FILTER'), resolve),
    ...(orderby ?? []).flatMap(({ expr }) => expressionSources(named(expr, true), indirect('SORT'), resolve)),
  ]);
}
