import { crawlStates, CRAWL_ENTRY } from './crawl';
import { CataloguingStrategy } from '../../spec/workflow-plan';
import { athenaQuery, catchAll, integration, jsonata, LAMBDA_FAULTS, retry, retryAll, State, Step } from '../asl';

const STEP = 'catalogue';

const CRAWL_ALWAYS: CataloguingStrategy = 'crawlAlways';

/**
 * Brings the table up to date: a crawl when its columns are not those of the records, else one free ALTER TABLE for the
 * partition. What a crawl misses, because it reads only the beginning of each file, is added after it.
 */
export function catalogueStep(partition: string, catalogFunctionArn: string): Step {
  const call = (action: 'inspect' | 'reconcile', rest: State): State => ({
    Type: 'Task',
    Resource: integration(partition, 'lambda:invoke'),
    Arguments: { FunctionName: catalogFunctionArn, Payload: { action, ...TABLE } },
    Retry: [retry(LAMBDA_FAULTS, 6), retry(GLUE_FAULTS, 4)],
    Catch: catchAll(STEP),
    ...rest,
  });
  return {
    entry: 'Inspect the table',
    states: (next) => ({
      'Inspect the table': call('inspect', { Assign: { table: jsonata('$states.result.Payload') }, Next: 'What does the table need?' }),
      'What does the table need?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata('$table.hasData = false'), Next: next },
          { Condition: jsonata(`$plan.catalogue.strategy = '${CRAWL_ALWAYS}'`), Next: CRAWL_ENTRY },
          { Condition: jsonata('$table.current = false'), Next: CRAWL_ENTRY },
        ],
        Default: 'Add the partition',
      },
      ...crawlStates(partition, 'Add what the crawler missed'),
      'Add what the crawler missed': call('reconcile', { Next: next }),
      'Add the partition': {
        ...athenaQuery(partition, '$plan.catalogue.addPartition'),
        Retry: retryAll(),
        Catch: catchAll(STEP),
        Next: next,
      },
    }),
  };
}

const TABLE = {
  source: jsonata('$plan.source'),
  bucket: jsonata('$plan.bucket'),
  database: jsonata('$plan.database'),
  table: jsonata('$plan.table'),
  records: jsonata('$result.records'),
  schemaChanged: jsonata('$result.schemaChanged'),
};

/** As the function reports what its own retries did not outlast: someone changed the table at the same moment, or Glue is busy. */
const GLUE_FAULTS = ['ConcurrentModificationException', 'VersionMismatchException', 'OperationTimeoutException', 'ThrottlingException'];
