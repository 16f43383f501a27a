import { AGGREGATION, ColumnSource, indirect, Part, TRANSFORMATION } from './column-source';
import { functionOf, Node } from './sql-tree';

/** A name's sources, in the part that it has here; undefined for a name whose table the text does not tell. */
export type Resolve = (reference: Node, part: Part) => readonly ColumnSource[] | undefined;

/** What is read; undefined stands for what cannot be followed. */
export type Found = readonly (readonly ColumnSource[] | undefined)[];

/** Aggregate functions of Trino that the parser takes for functions of a row. */
const AGGREGATES: ReadonlySet<string> = new Set([
  'any_value', 'approx_distinct', 'approx_percentile', 'arbitrary', 'bool_and', 'bool_or', 'count_if', 'every', 'geometric_mean', 'histogram',
  'listagg', 'map_agg', 'map_union', 'max_by', 'min_by', 'multimap_agg', 'stddev', 'stddev_pop', 'stddev_samp', 'var_pop', 'var_samp', 'variance',
]);

interface Window { readonly as_window_specification?: { readonly window_specification?: { partitionby?: unknown; orderby?: unknown } } | string }

/** What an expression reads. A subquery, a window with a name and a name of an unknown table cannot be followed. */
export function expressionSources(expression: unknown, part: Part, resolve: Resolve): Found {
  if (typeof expression !== 'object' || expression === null) {
    return [];
  }
  const node = expression as Node;
  const read = (value: unknown, as: Part = part) => expressionSources(value, part.type === 'INDIRECT' ? part : as, resolve);
  const made = part.subtype === 'AGGREGATION' ? part : TRANSFORMATION;
  if (node.type === 'column_ref') {
    return [resolve(node, part)];
  }
  if (node.ast !== undefined || node.type === 'select') {
    return [undefined];
  }
  if (node.type === 'case') {
    const branches = node.args as readonly { cond?: unknown; result?: unknown }[];
    return [
      ...read(node.expr, indirect('CONDITIONAL')),
      ...branches.flatMap(({ cond, result }) => [...read(cond, indirect('CONDITIONAL')), ...read(result, made)]),
    ];
  }
  const { over, filter, name: _name, ...rest } = node;
  const name = functionOf(node);
  if (name === 'if') {
    const [condition, ...values] = (node.args as { value: readonly unknown[] }).value;
    return [...read(condition, indirect('CONDITIONAL')), ...read(values, made)];
  }
  if (node.type === 'aggr_func' || name !== undefined) {
    const { orderby, ...args } = node.args as Node;
    const aggregates = node.type === 'aggr_func' || AGGREGATES.has(name!);
    return [
      ...read(args, aggregates ? AGGREGATION : made),
      ...read(orderby, indirect('SORT')),
      ...read(filter, indirect('FILTER')),
      ...windowSources(over as Window | null, read),
    ];
  }
  return Object.values(rest).flatMap((value) => read(value));
}

function windowSources(over: Window | null | undefined, read: (value: unknown, as: Part) => Found): Found {
  if (over === null || over === undefined) {
    return [];
  }
  const specification = over.as_window_specification;
  return typeof specification === 'object' ? read(specification.window_specification, indirect('WINDOW')) : [undefined];
}
