import { commonType, GlueTypeOptions, keysByName } from './glue-type';
import { SchemaNode } from './schema-node';
import { PARTITION_KEY } from '../../../src/spec/object-keys';

export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/** A blank name is none, and the partition's name is taken: such keys stay in the records, without a column. */
export const canBeColumn = (name: string) => name.trim() !== '' && name !== PARTITION_KEY;

/** The table's columns; with `sorted` in the order of their names, otherwise in the order of their appearance. */
export function glueColumns(root: SchemaNode, options: GlueTypeOptions = {}): GlueColumn[] {
  const columns = [...keysByName(root)]
    .filter(([name]) => canBeColumn(name))
    .map(([name, nodes]) => ({ name, type: commonType(nodes, options) }));
  return options.sorted ? columns.sort((a, b) => (a.name < b.name ? -1 : 1)) : columns;
}
