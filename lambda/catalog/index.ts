import { Logger } from '@aws-lambda-powertools/logger';
import { CatalogError } from './errors';
import { GlueCatalog } from './glue-catalog';
import { inspectTable } from './inspect-table';
import { reconcileTable } from './reconcile-table';
import { CatalogRequest, TableInspection, TableReconciliation } from '../../src/spec';
import { S3LakeStore } from '../extractor/store';

const logger = new Logger({ serviceName: 'catalog' });
// Kept over warm invocations.
const catalog = new GlueCatalog();

const ACTIONS = { inspect: inspectTable, reconcile: reconcileTable };

/** Lambda's entry point: one action on one table. */
export async function handler(request: CatalogRequest): Promise<TableInspection | TableReconciliation> {
  const action = ACTIONS[request.action];
  if (action === undefined) {
    throw new CatalogError('REQUEST_INVALID', `action: got ${JSON.stringify(request.action)}, expected one of ${Object.keys(ACTIONS).join(', ')}`);
  }
  try {
    const answer = await action(request, { catalog, store: new S3LakeStore({ bucket: request.bucket }) });
    logger.info(request.action, { source: request.source, table: `${request.database}.${request.table}`, answer });
    return answer;
  } catch (error) {
    logger.error(request.action, error as Error);
    throw error;
  }
}
