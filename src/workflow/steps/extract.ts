import { PARTITION_KEY, RUN_RESULT_DEFAULTS } from '../../spec';
import { MAX_IDLE_INVOCATIONS, RETRYABLE_CODES } from '../../spec/workflow-plan';
import { catchAll, fail, integration, jsonata, LAMBDA_FAULTS, retry, State, States } from '../asl';

export const EXTRACT_STEP = 'extract';
export const EXTRACT_ENTRY = 'Extract';

/** Lambda's longest call, and a little. */
const CALL_SECONDS = 960;

/** The function died on the way: its next call goes on from the last checkpoint. */
const DEATHS = ['Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory', 'Lambda.Unknown'];

const ANSWER = '$states.result.Payload';

/** What is extracted by a loop of calls: a run, or a window of a backfill in an execution of its own, with variables of its own. */
export interface Extraction {
  /** Behind every state's name: names are unique in the whole definition. */
  readonly suffix: string;
  /** Expressions of the function's ARN, the source's name, and what holds `runId` and `scheduledTime`. */
  readonly functionArn: string;
  readonly source: string;
  readonly run: string;
  /** Variables of the answer and of what was reached, by name. */
  readonly result: string;
  readonly progress: string;
  /** What the function is told besides the run. */
  readonly payload?: State;
  readonly catch: readonly State[];
  /** Ends the extraction for a reason that no task reported. */
  fail(error: string, cause: string): State;
}

const OF_A_RUN: Extraction = {
  suffix: '',
  functionArn: '$plan.functionArn',
  source: '$plan.source',
  run: '$run',
  result: 'result',
  progress: 'progress',
  catch: catchAll(EXTRACT_STEP),
  fail: (error, cause) => fail(EXTRACT_STEP, error, cause),
};

/** Calls the extractor with the same run id until the run is done, as `datalake invoke` does. */
export function extractStates(partition: string, next: string, what: Extraction = OF_A_RUN): States {
  const { suffix, run } = what;
  const [result, progress] = [`$${what.result}`, `$${what.progress}`];
  const call = EXTRACT_ENTRY + suffix;
  return {
    [call]: extract(partition, what),
    [`Is the run extracted?${suffix}`]: {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata(`$not(${isResult(result, run)})`), Next: `No run result${suffix}` },
        { Condition: jsonata(`${result}.done`), Next: next },
        { Condition: jsonata(`${progress}.idle >= ${MAX_IDLE_INVOCATIONS}`), Next: `No progress${suffix}` },
        { Condition: jsonata(`$exists(${result}.retryAfterSeconds)`), Next: `Wait as the API asked${suffix}` },
      ],
      Default: call,
    },
    [`Wait as the API asked${suffix}`]: { Type: 'Wait', Seconds: jsonata(`$ceil(${result}.retryAfterSeconds)`), Next: call },
    [`No run result${suffix}`]: what.fail('RESULT_INVALID',
      `'the function answered ' & $substring($string(${result}), 0, 300) & ', which is no result of run ' & ${run}.runId`),
    [`No progress${suffix}`]: what.fail('NO_PROGRESS', `'${MAX_IDLE_INVOCATIONS} calls in a row came no further than page ' & $string(${progress}.pages) `
      + `& ', record ' & $string(${progress}.records) & ': one page takes longer than a call; raise the timeout of the source'`),
  };
}

/** What the steps behind build upon. */
const isResult = (result: string, run: string) => `($type(${result}.done) = 'boolean' and ${result}.runId = ${run}.runId and $type(${result}.records) = 'number' `
  + `and $contains(${result}.partition, /^${PARTITION_KEY}=\\d{4}-\\d\\d-\\d\\d$/))`;

function extract(partition: string, { suffix, functionArn, source, run, result, progress, payload, catch: Catch }: Extraction): State {
  // A function of the user's own may count no pages.
  const further = `${ANSWER}.pages > $${progress}.pages or ${ANSWER}.records > $${progress}.records or $exists(${ANSWER}.retryAfterSeconds)`;
  return {
    Type: 'Task',
    Resource: integration(partition, 'lambda:invoke'),
    Arguments: {
      FunctionName: jsonata(functionArn),
      Payload: { runId: jsonata(`${run}.runId`), scheduledTime: jsonata(`${run}.scheduledTime`), ...payload },
    },
    TimeoutSeconds: CALL_SECONDS,
    Assign: {
      [result]: jsonata(`$merge([${JSON.stringify(RUN_RESULT_DEFAULTS)}, {'source': ${source}}, $type(${ANSWER}) = 'object' ? ${ANSWER} : {}])`),
      [progress]: {
        pages: jsonata(`$max([$${progress}.pages, ${ANSWER}.pages])`),
        records: jsonata(`$max([$${progress}.records, ${ANSWER}.records])`),
        idle: jsonata(`${further} ? 0 : $${progress}.idle + 1`),
      },
    },
    Retry: [
      // Two runs of a source at once: this one waits for the other, about half an hour.
      retry(RETRYABLE_CODES, 20, 5, 120),
      retry(LAMBDA_FAULTS, 6),
      retry(DEATHS, 2),
    ],
    Catch,
    Next: `Is the run extracted?${suffix}`,
  };
}
