import { GLUE_FAULTS } from './catalogue';
import { CAUSE, integration, jsonata, LAMBDA_FAULTS, retry, State, Step } from '../asl';

const INPUT = '$states.context.Execution.Input';

/** What the execution was started for, wherever it stands. */
export const IS_BACKFILL = `$exists(${INPUT}.backfill)`;
export const IS_REPLAY = `$exists(${INPUT}.replay)`;

/** A backfill and a replay have the run ids that they have. */
const CONTRADICTS = `$count([${IS_BACKFILL}, ${IS_REPLAY}, $exists(${INPUT}.runId)][$]) > 1`;

/** Whoever starts an execution looks at how it ends: what it cannot do ends it before anything runs, without a notice. */
const REFUSED = 'Refused';
const refuse: State[] = [{
  ErrorEquals: ['States.ALL'],
  Assign: { refusal: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE } },
  Next: REFUSED,
}];

/** Finds out what a backfill or a replay comes down to. */
export function requestStep(partition: string, catalogFunctionArn: string, withBackfill: boolean): Step {
  const ask = (action: string, asked: State, variable: string, next: string): State => ({
    Type: 'Task',
    Resource: integration(partition, 'lambda:invoke'),
    Arguments: { FunctionName: catalogFunctionArn, Payload: { action, ...ABOUT, ...asked } },
    Assign: { [variable]: jsonata('$states.result.Payload') },
    Output: jsonata(INPUT),
    Retry: [retry(LAMBDA_FAULTS, 6), retry(GLUE_FAULTS, 4)],
    Catch: refuse,
    Next: next,
  });
  return {
    entry: 'What is asked for?',
    states: (next) => ({
      'What is asked for?': {
        Type: 'Choice',
        Choices: [
          { Condition: jsonata(CONTRADICTS), Next: 'Invalid input' },
          ...(withBackfill ? [{ Condition: jsonata(`${IS_BACKFILL} and $exists($plan.backfill)`), Next: 'Plan the backfill' }] : []),
          { Condition: jsonata(IS_BACKFILL), Next: 'No backfill' },
          { Condition: jsonata(IS_REPLAY), Next: 'Find the run' },
        ],
        Default: next,
      },
      'No backfill': {
        Type: 'Fail',
        Error: 'BACKFILL_UNSUPPORTED',
        Cause: jsonata("'requests of source ' & $plan.source & ' cannot ask for a part of it: it takes Incremental.timeWindow, or Incremental.cursor with a target'"),
      },
      ...(withBackfill
        ? { 'Plan the backfill': ask('planBackfill', { unit: jsonata('$plan.backfill'), backfill: jsonata(`${INPUT}.backfill`) }, 'backfill', next) }
        : {}),
      'Find the run': ask('findRun', { runId: jsonata(`${INPUT}.replay`) }, 'stored', 'Forget the API'),
      // Its URL is the origin of no record that a replay reads.
      'Forget the API': { Type: 'Pass', Assign: { plan: jsonata("$sift($plan, function($value, $name) { $name != 'url' })") }, Next: next },
      [REFUSED]: { Type: 'Fail', Error: jsonata('$refusal.error'), Cause: jsonata('$refusal.cause') },
    }),
  };
}

const ABOUT = {
  source: jsonata('$plan.source'),
  bucket: jsonata('$plan.bucket'),
  database: jsonata('$plan.database'),
  table: jsonata('$plan.table'),
};
