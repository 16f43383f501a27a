import { IS_BACKFILL, IS_REPLAY } from './request';
import { FAILURE_ENTRY, inOrder, integration, jsonata, retryAll, States, Step } from '../asl';

const INPUT = `${IS_BACKFILL} or ${IS_REPLAY} ? $states.context.Execution.Input : {'source': $plan.source, 'runId': $run.runId, 'scheduledTime': $run.scheduledTime}`;

const RUN_AGAIN = '\'aws stepfunctions start-execution --state-machine-arn \' & $states.context.StateMachine.Id & \' --input \' & "\'" '
  + `& $string(${INPUT}) & "'"`;

const FAILED = 'Failed';

/** What a person needs to know, and to type next. */
const LINES = [
  "'Source:  ' & $plan.source",
  "'Run:     ' & $run.runId",
  "'Step:    ' & $error.step",
  "'Error:   ' & $error.error",
  "'Cause:   ' & $error.cause",
  "''",
  "'What the workflow did:   aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn ' & $run.executionArn",
  "'What the extractor said: aws logs tail ' & $plan.logGroup & ' --since 1d'",
  `'Run it again:            ' & ${RUN_AGAIN}`,
];

/**
 * The one path that every failed step takes: it tells a person, takes the `further` steps, then ends the execution with the
 * failed step's own error.
 */
export function failurePath(partition: string, topicArn: string, further: readonly Step[]): States {
  const next = further[0]?.entry ?? FAILED;
  return {
    [FAILURE_ENTRY]: {
      Type: 'Task',
      Resource: integration(partition, 'sns:publish'),
      Arguments: {
        TopicArn: topicArn,
        Subject: jsonata("$substring('Run of ' & $plan.source & ' failed: ' & $error.step, 0, 100)"), // all that SNS takes
        Message: jsonata(`$join([${LINES.join(', ')}], '\\n')`),
      },
      Retry: retryAll(),
      // Who cannot be told must not hide what failed.
      Catch: [{ ErrorEquals: ['States.ALL'], Next: next }],
      Next: next,
    },
    ...inOrder(further, FAILED),
    [FAILED]: {
      Type: 'Fail',
      Error: jsonata('$error.error'),
      Cause: jsonata("'step ' & $error.step & ' of run ' & $run.runId & ' of source ' & $plan.source & ': ' & $error.cause"),
    },
  };
}
