import { countStatement, subquery } from './write-statements';
import { RUN_ID_PLACEHOLDER, INGESTION_DATE_PLACEHOLDER, TransformPlan, TransformPreparation, TransformRequest } from '../../../src/spec';
import { GlueCatalog } from '../glue-catalog';

/** What must be asked of Athena before the transform's statements can be written; or which tables it waits for. */
export async function prepareTransform(request: TransformRequest, { catalog }: { catalog: GlueCatalog }): Promise<TransformPreparation> {
  const { inputs } = request.transform;
  const missing: string[] = [];
  for (const table of inputs) {
    if (await catalog.getTable({ database: request.database, table }) === undefined) {
      missing.push(table);
    }
  }
  if (missing.length > 0) {
    return { ready: false, missing };
  }
  const query = queryOf(request);
  const counts = countStatement({ ...request.transform, query });
  return { ready: true, columns: `SELECT * FROM ${subquery(query)} AS "q" LIMIT 0`, ...(counts === undefined ? {} : { counts }) };
}

/** The query of this run. */
export function queryOf({ ingestionDate, runId, transform }: Pick<TransformRequest, 'ingestionDate' | 'runId'> & { transform: TransformPlan }): string {
  return transform.query.replaceAll(RUN_ID_PLACEHOLDER, runId).replaceAll(INGESTION_DATE_PLACEHOLDER, ingestionDate);
}
