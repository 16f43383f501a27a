import { crawlStates, CRAWL_ENTRY } from './crawl';
import { CatalogRequest } from '../../spec/catalog-request';
import { CataloguingStrategy } from '../../spec/workflow-plan';
import { athenaQuery, catchAll, integration, jsonata, LAMBDA_FAULTS, retry, retryAll, State, States, Step } from '../asl';

const STEP = 'catalogue';

const CRAWL_ALWAYS: CataloguingStrategy = 'crawlAlways';
const EXPLICIT: CataloguingStrategy = 'explicit';

const CHOOSE = 'What keeps the table?';
const COMPARE = 'Compare the table';
const INSPECT = 'Inspect the table';

/** What the sources of a workflow need of the step. */
export interface CatalogueNeeds {
  /** Some tables are crawled. */
  readonly crawled: boolean;
  /** Some tables are declared. */
  readonly declared: boolean;
}

/** What the run's result says, and what the table does not show. */
const WARNED = "$merge([$result, {'warnings': $append($exists($result.warnings) ? $result.warnings : [], $states.result.Payload.warnings)}])";

/**
 * Brings the table up to date: a crawl when its columns are not those of the records, else one free ALTER TABLE for the
 * partition. What a crawl misses, because it reads only the beginning of each file, is added after it. A declared table needs
 * nothing but a look at what it does not show.
 */
export function catalogueStep(partition: string, catalogFunctionArn: string, { crawled, declared }: CatalogueNeeds): Step {
  const call: Call = (action, rest, more = {}) => ({
    Type: 'Task',
    Resource: integration(partition, 'lambda:invoke'),
    Arguments: { FunctionName: catalogFunctionArn, Payload: { action, ...TABLE, ...more } },
    Retry: [retry(LAMBDA_FAULTS, 6), retry(GLUE_FAULTS, 4)],
    Catch: catchAll(STEP),
    ...rest,
  });
  return {
    entry: !declared ? INSPECT : crawled ? CHOOSE : COMPARE,
    // A state that no source needs would be a permission that the role does not have.
    states: (next) => ({
      ...(declared && crawled ? choice : {}),
      ...(declared ? compareStates(call, next) : {}),
      ...(crawled ? crawledStates(partition, call, next) : {}),
    }),
  };
}

type Call = (action: CatalogRequest['action'], rest: State, more?: State) => State;

const choice: States = {
  [CHOOSE]: {
    Type: 'Choice',
    Choices: [{ Condition: jsonata(`$plan.catalogue.strategy = '${EXPLICIT}'`), Next: COMPARE }],
    Default: INSPECT,
  },
};

const compareStates = (call: Call, next: string): States => ({
  [COMPARE]: call('compare', { Assign: { table: { hasData: true }, result: jsonata(WARNED) }, Next: next }, { partition: jsonata('$result.partition') }),
});

const crawledStates = (partition: string, call: Call, next: string): States => ({
  [INSPECT]: call('inspect', { Assign: { table: jsonata('$states.result.Payload') }, Next: 'What does the table need?' }),
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
});

const TABLE = {
  source: jsonata('$plan.source'),
  bucket: jsonata('$plan.bucket'),
  database: jsonata('$plan.database'),
  table: jsonata('$plan.table'),
  records: jsonata('$result.records'),
  schemaChanged: jsonata('$result.schemaChanged'),
};

/** As the function reports what its own retries did not outlast: someone changed the table at the same moment, or Glue is busy. */
export const GLUE_FAULTS = ['ConcurrentModificationException', 'VersionMismatchException', 'OperationTimeoutException', 'ThrottlingException'];
