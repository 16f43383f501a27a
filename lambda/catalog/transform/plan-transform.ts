import { tableDdl } from './curated-table';
import { queryOf } from './prepare-transform';
import { queryColumns } from './query-columns';
import { writeStatements } from './write-statements';
import { curatedPrefix, TransformPlanRequest, TransformStatements } from '../../../src/spec';
import { CatalogError } from '../errors';
import { GlueCatalog } from '../glue-catalog';

/** The statements that make the curated table, or add its new columns, and fill it. */
export async function planTransform(request: TransformPlanRequest, { catalog }: { catalog: GlueCatalog }): Promise<TransformStatements> {
  const { bucket, database, runId, transform } = request;
  const existing = await catalog.getTable({ database, table: transform.table });
  try {
    const columns = queryColumns(request.columns, transform);
    const target = { database, table: transform.table, location: `s3://${bucket}/${curatedPrefix(transform.table)}`, partitionBy: transform.partitionBy };
    const write = {
      database,
      plan: { ...transform, query: queryOf(request) },
      runId,
      columns: columns.map(({ name }) => name),
      partitions: request.partitions ?? 0,
    };
    return { statements: [...tableDdl(target, columns, existing), ...writeStatements(write)] };
  } catch (error) {
    throw error instanceof CatalogError ? error : new CatalogError('TRANSFORM_INVALID', `transform ${transform.name}: ${(error as Error).message}`);
  }
}
