import { CatalogDependencies } from './dependencies';
import { readMergedSchema } from './merged-schema';
import { CatalogRequest, SCHEMA_HASH_PARAMETER, TableInspection } from '../../src/spec';

/**
 * Tells whether the table shows all that is stored.
 *
 * The table itself says which schema it shows: a run that failed before its table was brought up to date is made good
 * by the next one, whatever that one found new.
 */
export async function inspectTable(request: CatalogRequest, { catalog, store }: CatalogDependencies): Promise<TableInspection> {
  const schema = await readMergedSchema(store, request);
  if (schema === 'no state') {
    const exists = await catalog.getTable(request) !== undefined;
    return { hasData: exists || request.records > 0, current: exists && !request.schemaChanged };
  }
  const table = schema && await catalog.getTable(request);
  return { hasData: schema !== undefined, current: table !== undefined && table.Parameters?.[SCHEMA_HASH_PARAMETER] === schema?.hash };
}
