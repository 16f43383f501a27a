import { EXTRACT_STEP, Extraction, EXTRACT_ENTRY, extractStates } from './extract';
import { WINDOWS_STATE } from '../../spec/backfill-record';
import { backfillFailureKey } from '../../spec/object-keys';
import { catchAll, CAUSE, fail, integration, jsonata, LAMBDA_FAULTS, retry, retryAll, State, States } from '../asl';

/** Names the map in the ARNs of its child executions. */
export const MAP_LABEL = 'Windows';

export const BACKFILL_ENTRY = 'Hand out the windows';
const WINDOW_READ = 'The window is read';

/** Above this share of failed windows it is not the window but the API that is broken: the others are left to the next start. */
const TOLERATED_FAILURE_PERCENTAGE = 25;

const SUFFIX = ' (window)';

/**
 * Reads every window that is left, each in a child execution and a stream of its own, then looks at what is there. A window
 * that fails keeps no other from being read.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function backfillStates(partition: string, catalogFunctionArn: string, next: string): States {
  return {
    [BACKFILL_ENTRY]: { Type: 'Pass', Output: HANDED_OUT, Next: WINDOWS_STATE },
    [WINDOWS_STATE]: {
      Type: 'Map',
      Label: MAP_LABEL,
      Items: jsonata('$states.input.windows'),
      ItemSelector: ITEM,
      MaxConcurrency: jsonata('$states.input.concurrency'),
      ToleratedFailurePercentage: TOLERATED_FAILURE_PERCENTAGE,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Take the window',
        States: windowStates(partition),
      },
      Output: {},
      // What is missing tells more than how many have failed.
      Catch: catchAll(EXTRACT_STEP).map((catcher) => ({ ...catcher, Next: 'Sum up the windows' })),
      Next: 'Sum up the windows',
    },
    'Sum up the windows': {
      Type: 'Task',
      Resource: integration(partition, 'lambda:invoke'),
      Arguments: {
        FunctionName: catalogFunctionArn,
        Payload: {
          action: 'sumUpBackfill',
          source: jsonata('$plan.source'),
          bucket: jsonata('$plan.bucket'),
          database: jsonata('$plan.database'),
          table: jsonata('$plan.table'),
          id: jsonata('$run.runId'),
        },
      },
      Assign: {
        result: jsonata('$exists($states.result.Payload.result) ? $states.result.Payload.result : {}'),
        problem: jsonata("$exists($states.result.Payload.problem) ? $states.result.Payload.problem : ''"),
      },
      Retry: [retry(LAMBDA_FAULTS, 6)],
      Catch: catchAll(EXTRACT_STEP),
      Next: 'Are all windows read?',
    },
    'Are all windows read?': {
      Type: 'Choice',
      Choices: [{ Condition: jsonata("$problem = ''"), Next: next }],
      Default: 'Windows are missing',
    },
    'Windows are missing': fail(EXTRACT_STEP, 'BACKFILL_INCOMPLETE', '$problem'),
  };
}

/** The map's input: what is inside of a distributed map sees no variable of what is around it. */
const HANDED_OUT = {
  windows: jsonata('$backfill.windows'),
  concurrency: jsonata('$backfill.concurrency'),
  functionArn: jsonata('$plan.functionArn'),
  source: jsonata('$plan.source'),
  bucket: jsonata('$plan.bucket'),
  backfillId: jsonata('$backfill.id'),
  scheduledTime: jsonata('$backfill.scheduledTime'),
};

/** All that a child execution knows. */
const ITEM = {
  ...Object.fromEntries(['functionArn', 'source', 'bucket', 'backfillId', 'scheduledTime'].map((name) => [name, jsonata(`$states.input.${name}`)])),
  runId: jsonata("$states.input.backfillId & '-' & $pad($string($states.context.Map.Item.Value.n), -4, '0')"),
  n: jsonata('$states.context.Map.Item.Value.n'),
  range: { from: jsonata('$states.context.Map.Item.Value.from'), to: jsonata('$states.context.Map.Item.Value.to') },
};

const NOTE_ENTRY = 'Note the failure';

const WINDOW: Extraction = {
  suffix: SUFFIX,
  functionArn: '$window.functionArn',
  source: '$window.source',
  run: '$window',
  result: 'answer',
  progress: 'reached',
  payload: { backfill: jsonata('$window.range') },
  catch: [{
    ErrorEquals: ['States.ALL'],
    Assign: { failure: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE } },
    Next: NOTE_ENTRY,
  }],
  fail: (error, cause) => ({ Type: 'Pass', Assign: { failure: { error, cause: jsonata(cause) } }, Next: NOTE_ENTRY }),
};

function windowStates(partition: string): States {
  return {
    'Take the window': {
      Type: 'Pass',
      Assign: { window: jsonata('$states.input'), reached: { pages: -1, records: -1, idle: 0 } },
      Next: EXTRACT_ENTRY + SUFFIX,
    },
    ...extractStates(partition, WINDOW_READ, WINDOW),
    // Small, because the parent gets the outputs of all windows in one.
    [WINDOW_READ]: { Type: 'Succeed', Output: { n: jsonata('$window.n'), records: jsonata('$answer.records') } },
    [NOTE_ENTRY]: noteFailure(partition),
    'The window failed': {
      Type: 'Fail',
      Error: jsonata('$failure.error'),
      Cause: jsonata("'window ' & $window.range.from & ' to ' & $window.range.to & ': ' & $failure.cause"),
    },
  };
}

/** The key with variables where its parts stand. */
const FAILURE_KEY = jsonata(backfillFailureKey('<source>', '<id>', '<run>').split(/(<source>|<id>|<run>)/)
  .map((part) => ({ '<source>': '$window.source', '<id>': '$window.backfillId', '<run>': '$window.runId' }[part] ?? `'${part}'`)).join(' & '));

/** For who sums up: a map that tolerates failures tells its parent of none. */
const noteFailure = (partition: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'aws-sdk:s3:putObject'),
  Arguments: {
    Bucket: jsonata('$window.bucket'),
    Key: FAILURE_KEY,
    Body: { error: jsonata('$failure.error'), cause: jsonata('$substring($failure.cause, 0, 1000)') },
    ContentType: 'application/json',
  },
  Retry: retryAll(),
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'The window failed' }],
  Next: 'The window failed',
});
