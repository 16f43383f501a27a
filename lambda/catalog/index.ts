import { Logger } from '@aws-lambda-powertools/logger';
import { findRun } from './backfill/find-run';
import { planBackfillOf } from './backfill/plan-backfill';
import { sumUpBackfill } from './backfill/sum-up-backfill';
import { compareTable } from './compare-table';
import { CatalogDependencies } from './dependencies';
import { CatalogError } from './errors';
import { GlueCatalog } from './glue-catalog';
import { inspectTable } from './inspect-table';
import { reconcileTable } from './reconcile-table';
import { planTransform } from './transform/plan-transform';
import { prepareTransform } from './transform/prepare-transform';
import { CatalogRequest, FindRunRequest, PlanBackfillRequest, SumUpBackfillRequest, TransformPlanRequest, TransformRequest } from '../../src/spec';
import { S3LakeStore } from '../extractor/store';

const logger = new Logger({ serviceName: 'catalog' });
// Kept over warm invocations.
const catalog = new GlueCatalog();

const ACTIONS = {
  inspect: inspectTable,
  reconcile: reconcileTable,
  compare: compareTable,
  prepareTransform,
  planTransform,
  planBackfill: planBackfillOf,
  sumUpBackfill,
  findRun,
};

type Request = CatalogRequest | TransformRequest | TransformPlanRequest | PlanBackfillRequest | SumUpBackfillRequest | FindRunRequest;

/** Lambda's entry point: one action on one table. */
export async function handler(request: Request): Promise<object> {
  const action = ACTIONS[request.action] as ((request: Request, dependencies: CatalogDependencies) => Promise<object>) | undefined;
  if (action === undefined) {
    throw new CatalogError('REQUEST_INVALID', `action: got ${JSON.stringify(request.action)}, expected one of ${Object.keys(ACTIONS).join(', ')}`);
  }
  try {
    const answer = await action(request, { catalog, store: new S3LakeStore({ bucket: request.bucket }) });
    const table = 'transform' in request ? request.transform.table : request.table;
    logger.info(request.action, { table: `${request.database}.${table}`, answer });
    return answer;
  } catch (error) {
    logger.error(request.action, error as Error);
    throw error;
  }
}
