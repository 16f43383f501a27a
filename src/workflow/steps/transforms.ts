import { athenaQuery, catchAll, CAUSE, INGESTION_DATE, integration, jsonata, LAMBDA_FAULTS, retry, retryAll, State, States, Step } from '../asl';

const STEP = 'transforms';

/** A failure inside the map, told with the transform's name. */
const FAILED = 'The transform failed';

const catchInMap: State[] = [{
  ErrorEquals: ['States.ALL'],
  Assign: { failure: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE } },
  Next: FAILED,
}];

/** Brings the curated tables that follow the source up to date, one after the other. */
export function transformsStep(partition: string, catalogFunctionArn: string): Step {
  return {
    entry: 'Is there anything to transform?',
    states: (next) => ({
      'Is there anything to transform?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($plan.transforms) > 0'), Next: 'Transform' }],
        Default: next,
      },
      'Transform': {
        Type: 'Map',
        Items: jsonata('$plan.transforms'),
        MaxConcurrency: 1,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Take the transform', States: transformStates(partition, catalogFunctionArn) },
        Assign: { transforms: jsonata('$states.result') },
        Catch: catchAll(STEP),
        Next: next,
      },
    }),
  };
}

function transformStates(partition: string, catalogFunctionArn: string): States {
  const ask = (action: string, rest: Record<string, unknown>): State => ({
    Type: 'Task',
    Resource: integration(partition, 'lambda:invoke'),
    Retry: [retry(LAMBDA_FAULTS, 6)],
    Catch: catchInMap,
    ...rest,
    Arguments: {
      FunctionName: catalogFunctionArn,
      Payload: {
        action,
        bucket: jsonata('$plan.bucket'),
        database: jsonata('$plan.database'),
        runId: jsonata('$run.runId'),
        ingestionDate: jsonata(INGESTION_DATE),
        transform: jsonata('$transform'),
        ...rest.Arguments as object,
      },
    },
  });
  return {
    'Take the transform': { Type: 'Pass', Assign: { transform: jsonata('$states.input') }, Next: 'Prepare it' },
    'Prepare it': ask('prepareTransform', { Assign: { prepared: jsonata('$states.result.Payload') }, Next: 'Are its inputs there?' }),
    'Are its inputs there?': {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$prepared.ready'), Next: 'Ask for its columns' }],
      Default: 'Leave it out',
    },
    'Leave it out': {
      Type: 'Pass',
      Output: { name: jsonata('$transform.name'), table: jsonata('$transform.table'), missing: jsonata('$prepared.missing') },
      End: true,
    },
    'Ask for its columns': query(partition, '$prepared.columns', 'Read its columns'),
    'Read its columns': results(partition, {
      Assign: { columns: jsonata("[$states.result.ResultSet.ResultSetMetadata.ColumnInfo.{'Name': Name, 'Type': Type, 'Precision': Precision, 'Scale': Scale}]"), partitions: 0, nullKeys: 0 },
      Next: 'Is there anything to count?',
    }),
    'Is there anything to count?': {
      Type: 'Choice',
      Choices: [{ Condition: jsonata('$exists($prepared.counts)'), Next: 'Count partitions and keys' }],
      Default: 'Plan its statements',
    },
    'Count partitions and keys': query(partition, '$prepared.counts', 'Read the counts'),
    'Read the counts': results(partition, {
      Assign: { partitions: jsonata(cell(0)), nullKeys: jsonata(cell(1)) },
      Next: 'Plan its statements',
    }),
    'Plan its statements': ask('planTransform', {
      Arguments: { columns: jsonata('$columns'), partitions: jsonata('$partitions'), nullKeys: jsonata('$nullKeys') },
      Assign: { statements: jsonata('$states.result.Payload.statements'), rows: jsonata('$states.result.Payload.rows') },
      Next: 'Run its statements',
    }),
    'Run its statements': {
      Type: 'Map',
      Items: jsonata('$statements'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Run the statement',
        // Each may be run again: another writer's commit came in between, or an answer was lost.
        States: { 'Run the statement': { ...athenaQuery(partition, '$states.input'), Retry: retryAll(), Output: {}, End: true } },
      },
      Catch: catchInMap,
      Next: 'Count its rows',
    },
    // Athena's update count of a MERGE counts what went, too.
    'Count its rows': query(partition, '$rows', 'Read their number'),
    'Read their number': results(partition, {
      Output: { name: jsonata('$transform.name'), table: jsonata('$transform.table'), rows: jsonata(cell(0)) },
      End: true,
    }),
    [FAILED]: {
      Type: 'Fail',
      Error: jsonata('$failure.error'),
      Cause: jsonata("'transform ' & $transform.name & ': ' & $failure.cause"),
    },
  };
}

/** A number in the first row of a result, behind its heading. */
const cell = (column: number) => `$number($states.result.ResultSet.Rows[1].Data[${column}].VarCharValue)`;

const query = (partition: string, sql: string, next: string): State => ({
  ...athenaQuery(partition, sql),
  Retry: retryAll(),
  Catch: catchInMap,
  Assign: { asked: jsonata('$states.result.QueryExecution.QueryExecutionId') },
  Next: next,
});

const results = (partition: string, rest: State): State => ({
  Type: 'Task',
  Resource: integration(partition, 'aws-sdk:athena:getQueryResults'),
  Arguments: { QueryExecutionId: jsonata('$asked') },
  Retry: retryAll(),
  Catch: catchInMap,
  ...rest,
});
