import { Column, Partition, Table } from '@aws-sdk/client-glue';
import { CatalogDependencies } from './dependencies';
import { CatalogError } from './errors';
import { GlueCatalog } from './glue-catalog';
import { MergedSchema, readMergedSchema } from './merged-schema';
import { CatalogRequest, mergeColumns, SCHEMA_HASH_PARAMETER, TableReconciliation } from '../../src/spec';

/**
 * Adds to a table what its crawler missed: columns and nested fields beyond the first megabyte of a file, and types
 * that hold what came later. Partitions get the table's columns, because Athena reads each with its own.
 */
export async function reconcileTable(request: CatalogRequest, { catalog, store }: CatalogDependencies): Promise<TableReconciliation> {
  const schema = await readMergedSchema(store, request);
  if (!schema || schema === 'no state') {
    return { added: [], changed: [], partitions: 0 };
  }
  const table = await requireTable(catalog, request);
  const columns = table.StorageDescriptor?.Columns ?? [];
  const merged = mergeColumns(columns.map(({ Name, Type }) => ({ Name: Name!, Type: Type ?? 'string' })), schema.columns, { widen: true });
  const wanted = merged.columns.map((column, i) => ({ ...columns[i], ...column }));
  if (merged.changed) {
    const descriptor = { ...table.StorageDescriptor, Columns: wanted, SerdeInfo: serdeOf(table, wanted) };
    await catalog.updateTable(request, table, { StorageDescriptor: descriptor });
  }
  const partitions = await updatePartitions(catalog, request, wanted);
  // Last: until then the table counts as behind, and an attempt that was cut off is repeated.
  await markCurrent(catalog, request, schema);
  return {
    added: wanted.slice(columns.length).map(({ Name }) => Name),
    changed: columns.filter((column, i) => column.Type !== wanted[i].Type).map(({ Name }) => Name!),
    partitions,
  };
}

async function requireTable(catalog: GlueCatalog, request: CatalogRequest): Promise<Table> {
  const table = await catalog.getTable(request);
  if (!table) {
    throw new CatalogError('TABLE_MISSING', `${request.database}.${request.table}: there is no such table after the crawl, though source "${request.source}" has `
      + 'stored records: look at the crawler\'s log in /aws-glue/crawlers, and at its permissions');
  }
  return table;
}

async function updatePartitions(catalog: GlueCatalog, request: CatalogRequest, columns: readonly Column[]): Promise<number> {
  const behind: Partition[] = [];
  for await (const partition of catalog.partitions(request)) {
    if (!sameColumns(partition.StorageDescriptor?.Columns ?? [], columns)) {
      behind.push({ ...partition, StorageDescriptor: { ...partition.StorageDescriptor, Columns: [...columns] } });
    }
  }
  await catalog.updatePartitions(request, behind);
  return behind.length;
}

const sameColumns = (some: readonly Column[], others: readonly Column[]) =>
  some.length === others.length && some.every(({ Name, Type }, i) => Name === others[i].Name && Type === others[i].Type);

async function markCurrent(catalog: GlueCatalog, request: CatalogRequest, { hash }: MergedSchema): Promise<void> {
  const table = await requireTable(catalog, request);
  if (table.Parameters?.[SCHEMA_HASH_PARAMETER] !== hash) {
    await catalog.updateTable(request, table, { Parameters: { ...table.Parameters, [SCHEMA_HASH_PARAMETER]: hash } });
  }
}

/** The crawler lists the columns in the serialization library's `paths` as well. */
function serdeOf({ StorageDescriptor }: Table, columns: readonly Column[]) {
  const serde = StorageDescriptor?.SerdeInfo;
  return serde?.Parameters?.paths === undefined
    ? serde
    : { ...serde, Parameters: { ...serde.Parameters, paths: columns.map(({ Name }) => Name).sort().join(',') } };
}
