import { PARTITION_KEY, RUN_RESULT_DEFAULTS } from '../../spec';
import { MAX_IDLE_INVOCATIONS, RETRYABLE_CODES } from '../../spec/workflow-plan';
import { catchAll, fail, integration, jsonata, LAMBDA_FAULTS, retry, State, Step } from '../asl';

const STEP = 'extract';

/** Lambda's longest call, and a little. */
const CALL_SECONDS = 960;

/** The function died on the way: its next call goes on from the last checkpoint. */
const DEATHS = ['Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory', 'Lambda.Unknown'];

const ANSWER = '$states.result.Payload';

/** A function of the user's own may count no pages. */
const FURTHER = `${ANSWER}.pages > $progress.pages or ${ANSWER}.records > $progress.records or $exists(${ANSWER}.retryAfterSeconds)`;

/** What the steps behind this one build upon. */
const IS_RESULT = "($type($result.done) = 'boolean' and $result.runId = $run.runId and $type($result.records) = 'number' "
  + `and $contains($result.partition, /^${PARTITION_KEY}=\\d{4}-\\d\\d-\\d\\d$/))`;

/** Calls the extractor with the same run id until the run is done, as `datalake invoke` does. */
export function extractStep(partition: string): Step {
  return {
    entry: 'Extract',
    states: (next) => ({
      'Extract': extract(partition),
      'Is the run extracted?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata(`$not(${IS_RESULT})`), Next: 'No run result' },
          { Condition: jsonata('$result.done'), Next: next },
          { Condition: jsonata(`$progress.idle >= ${MAX_IDLE_INVOCATIONS}`), Next: 'No progress' },
          { Condition: jsonata('$exists($result.retryAfterSeconds)'), Next: 'Wait as the API asked' },
        ],
        Default: 'Extract',
      },
      'Wait as the API asked': { Type: 'Wait', Seconds: jsonata('$ceil($result.retryAfterSeconds)'), Next: 'Extract' },
      'No run result': fail(STEP, 'RESULT_INVALID', "'the function answered ' & $substring($string($result), 0, 300) & ', which is no result of run ' & $run.runId"),
      'No progress': fail(STEP, 'NO_PROGRESS', `'${MAX_IDLE_INVOCATIONS} calls in a row came no further than page ' & $string($progress.pages) `
        + "& ', record ' & $string($progress.records) & ': one page takes longer than a call; raise the timeout of the source'"),
    }),
  };
}

const extract = (partition: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'lambda:invoke'),
  Arguments: {
    FunctionName: jsonata('$plan.functionArn'),
    Payload: { runId: jsonata('$run.runId'), scheduledTime: jsonata('$run.scheduledTime') },
  },
  TimeoutSeconds: CALL_SECONDS,
  Assign: {
    result: jsonata(`$merge([${JSON.stringify(RUN_RESULT_DEFAULTS)}, {'source': $plan.source}, $type(${ANSWER}) = 'object' ? ${ANSWER} : {}])`),
    progress: {
      pages: jsonata(`$max([$progress.pages, ${ANSWER}.pages])`),
      records: jsonata(`$max([$progress.records, ${ANSWER}.records])`),
      idle: jsonata(`${FURTHER} ? 0 : $progress.idle + 1`),
    },
  },
  Retry: [
    // Two runs of a source at once: this one waits for the other, about half an hour.
    retry(RETRYABLE_CODES, 20, 5, 120),
    retry(LAMBDA_FAULTS, 6),
    retry(DEATHS, 2),
  ],
  Catch: catchAll(STEP),
  Next: 'Is the run extracted?',
});
