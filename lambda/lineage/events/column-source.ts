/** A column of a table that has a part in a value, and which, as the column lineage facet names it. */
export interface ColumnSource {
  readonly table: string;
  readonly field: string;
  readonly part: Part;
}

/**
 * DIRECT: the value is made of the column. INDIRECT: the column decides about the value, or about the row.
 *
 * @see https://openlineage.io/docs/spec/facets/dataset-facets/column_lineage_facet
 */
export type Part =
  | { readonly type: 'DIRECT'; readonly subtype: 'IDENTITY' | 'TRANSFORMATION' | 'AGGREGATION' }
  | { readonly type: 'INDIRECT'; readonly subtype: 'JOIN' | 'FILTER' | 'GROUP_BY' | 'SORT' | 'WINDOW' | 'CONDITIONAL' };

export const IDENTITY: Part = { type: 'DIRECT', subtype: 'IDENTITY' };
export const TRANSFORMATION: Part = { type: 'DIRECT', subtype: 'TRANSFORMATION' };
export const AGGREGATION: Part = { type: 'DIRECT', subtype: 'AGGREGATION' };
export const indirect = (subtype: Extract<Part, { type: 'INDIRECT' }>['subtype']): Part => ({ type: 'INDIRECT', subtype });

const DIRECT = ['IDENTITY', 'TRANSFORMATION', 'AGGREGATION'];

/** The part that a column keeps through a query in FROM: what decides goes on deciding, and what is aggregated is no identity again. */
export function through(outer: Part, inner: Part): Part {
  const makesMoreOfIt = inner.type === 'DIRECT' && DIRECT.indexOf(outer.subtype) > DIRECT.indexOf(inner.subtype);
  return outer.type === 'INDIRECT' || makesMoreOfIt ? outer : inner;
}

/** Each column and part once. */
export function distinct(sources: readonly ColumnSource[]): ColumnSource[] {
  const key = ({ table, field, part }: ColumnSource) => JSON.stringify([table, field, part.type, part.subtype]);
  return [...new Map(sources.map((source) => [key(source), source])).values()];
}
