import { tableDdl } from './curated-table';
import { checkPartitions } from './partition-spec';
import { queryOf } from './prepare-transform';
import { queryColumns } from './query-columns';
import { rowsStatement, writeStatements } from './write-statements';
import { curatedPrefix, TransformPlan, TransformPlanRequest, TransformStatements } from '../../../src/spec';
import { CatalogDependencies } from '../dependencies';
import { CatalogError } from '../errors';

/** The statements that make the curated table, or add its new columns, and fill it. */
export async function planTransform(request: TransformPlanRequest, { catalog, store }: CatalogDependencies): Promise<TransformStatements> {
  const { bucket, database, runId, transform } = request;
  checkKeys(transform, request.nullKeys ?? 0);
  const existing = await catalog.getTable({ database, table: transform.table });
  try {
    await checkPartitions({ database, ...transform }, existing, store);
    const columns = queryColumns(request.columns, transform);
    const target = { database, table: transform.table, location: `s3://${bucket}/${curatedPrefix(transform.table)}`, partitionBy: transform.partitionBy };
    const write = {
      database,
      plan: { ...transform, query: queryOf(request) },
      runId,
      columns: columns.map(({ name }) => name),
      partitions: request.partitions ?? 0,
    };
    return { statements: [...tableDdl(target, columns, existing), ...writeStatements(write)], rows: rowsStatement(write) };
  } catch (error) {
    throw error instanceof CatalogError ? error : new CatalogError('TRANSFORM_INVALID', (error as Error).message);
  }
}

/** Equality finds no NULL: such a row would be lost, or, were it put in, doubled by the next run. */
function checkKeys({ mode }: TransformPlan, nullKeys: number): void {
  if (mode.type === 'merge' && nullKeys > 0) {
    throw new CatalogError('MERGE_KEY_NULL', `${nullKeys} rows of the query have NULL in the key (${mode.key.join(', ')}), and a merge could not `
      + 'tell them apart; nothing was written. Leave them out (WHERE ... IS NOT NULL), give them a key (coalesce), or hold the source to QualityRule.isComplete');
  }
}
