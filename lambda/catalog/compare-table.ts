import { CatalogDependencies } from './dependencies';
import { CatalogError } from './errors';
import { readSchemaTree } from './merged-schema';
import { undeclaredValues } from './undeclared-values';
import { CatalogRequest, PARTITION_KEY, parseHiveType, TableComparison } from '../../src/spec';

/** More are told by their number. */
const MOST_WARNINGS = 20;

/**
 * Tells what the records hold and a table of the template does not show. The records keep it: it is no error.
 *
 * @throws CatalogError for a table that is gone, and for a partition that no query would see.
 */
export async function compareTable(request: CatalogRequest, { catalog, store }: CatalogDependencies): Promise<TableComparison> {
  const { database, source, partition = '' } = request;
  const table = await catalog.getTable(request);
  if (!table) {
    throw new CatalogError('TABLE_MISSING', `${database}.${request.table}: the template declares this table, and the catalogue has it not: deploy the stack again`);
  }
  const [first] = (table.Parameters?.[`projection.${PARTITION_KEY}.range`] ?? '').split(',');
  const day = partition.slice(partition.indexOf('=') + 1);
  if (day < first) {
    throw new CatalogError('PARTITION_NOT_PROJECTED', `${database}.${request.table}: the run wrote ${partition}, and queries see days from ${first} on: `
      + `set firstPartition of Cataloguing.explicit() of source "${source}" to ${day} or earlier, deploy, and start the run again`);
  }
  const tree = await readSchemaTree(store, source);
  const columns = (table.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => ({ name: Name!, type: parseHiveType(Type ?? 'string') }));
  const found = tree === undefined ? [] : undeclaredValues(tree.root, columns);
  const more = found.length - MOST_WARNINGS;
  return { warnings: [...found.slice(0, MOST_WARNINGS), ...(more > 0 ? [`and ${more} more that the table does not declare`] : [])] };
}
