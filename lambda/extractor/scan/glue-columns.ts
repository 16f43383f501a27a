/* eslint-disable no-bitwise -- kinds are a set in one number */
import { glueType, GlueTypeOptions, scalarType } from './glue-type';
import { SchemaNode } from './schema-node';
import { PARTITION_KEY } from '../../../src/spec/object-keys';

export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/** The keys of the records by the column they become: Glue and Athena know lower-case names only. */
export function keysByColumn(root: SchemaNode): Map<string, SchemaNode[]> {
  const columns = new Map<string, SchemaNode[]>();
  for (const child of root.children) {
    const name = child.name.toLowerCase();
    columns.set(name, [...(columns.get(name) ?? []), child]);
  }
  return columns;
}

/** An empty name is none, and the partition's name is taken: such keys stay in the records, without a column. */
export const canBeColumn = (name: string) => name !== '' && name !== PARTITION_KEY;

/** The table's columns; with `sorted` in the order of their names, otherwise in the order of their appearance. */
export function glueColumns(root: SchemaNode, options: GlueTypeOptions = {}): GlueColumn[] {
  const columns = [...keysByColumn(root)]
    .filter(([name]) => canBeColumn(name))
    .map(([name, nodes]) => ({ name, type: commonType(nodes, options) }));
  return options.sorted ? columns.sort((a, b) => (a.name < b.name ? -1 : 1)) : columns;
}

function commonType(nodes: SchemaNode[], options: GlueTypeOptions): string {
  const types = new Set(nodes.map((node) => glueType(node, options)));
  return types.size === 1 ? [...types][0] : scalarType(nodes.reduce((kinds, node) => kinds | node.kinds, 0));
}
