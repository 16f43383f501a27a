import { INGESTION_DATE_PLACEHOLDER, RUN_ID_PLACEHOLDER } from '../spec/workflow-plan';

/** A state in Amazon States Language, with JSONata as its query language. */
export type State = Readonly<Record<string, unknown>>;
export type States = Readonly<Record<string, State>>;

/** A part of the workflow: where it begins, and its states when `next` follows it. */
export interface Step {
  readonly entry: string;
  states(next: string): States;
}

/** The states of steps that follow each other; `last` follows them all. */
export function inOrder(steps: readonly Step[], last: string): States {
  return Object.assign({}, ...steps.map((step, i) => step.states(steps[i + 1]?.entry ?? last))) as States;
}

/** First state of the path that every failed step ends in. */
export const FAILURE_ENTRY = 'Tell of the failure';

/** A JSONata expression as Step Functions wants it. */
export const jsonata = (expression: string) => `{% ${expression} %}`;

/** A string as a JSONata literal. */
export const literal = (text: string) => JSON.stringify(text);

/**
 * What an error output says in its own words: a function's message, a query's reason, or all of it. It never fails itself:
 * an error in a Catch would end the execution without a notice.
 */
export const CAUSE = jsonata([
  '($said := $match($states.errorOutput.Cause, /"(?:errorMessage|StateChangeReason)":\\s*"((?:[^\\\\"]|\\\\.)*)"/)[0].groups[0];',
  "$exists($said) ? $replace($said, '\\\\\"', '\"') : $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : 'no cause was given')",
].join(' '));

/** The Catch of a step's tasks: whatever fails, it is told in the same way. */
export const catchAll = (step: string): State[] => [{
  ErrorEquals: ['States.ALL'],
  Assign: { error: { step, error: jsonata('$states.errorOutput.Error'), cause: CAUSE } },
  Next: FAILURE_ENTRY,
}];

/** Takes the failure path for a reason that no task reported. `cause` is a JSONata expression. */
export const fail = (step: string, error: string, cause: string): State => ({
  Type: 'Pass',
  Assign: { error: { step, error, cause: jsonata(cause) } },
  Next: FAILURE_ENTRY,
});

/** Waits between tries that double and scatter, so that many executions do not come back at once. */
export const retry = (errors: readonly string[], attempts: number, firstSeconds = 2, maxSeconds = 60): State => ({
  ErrorEquals: errors,
  MaxAttempts: attempts,
  ...(attempts === 0 ? {} : { IntervalSeconds: firstSeconds, BackoffRate: 2, MaxDelaySeconds: maxSeconds, JitterStrategy: 'FULL' }),
});

/** For calls that change nothing, or the same when repeated: any answer of the service but the named ones is tried again. */
export const retryAll = (...except: string[]): State[] => [
  ...(except.length > 0 ? [retry(except, 0)] : []),
  retry(['States.TaskFailed'], 3),
];

/** Faults of Lambda itself, after which a call that can be repeated is repeated. */
export const LAMBDA_FAULTS: readonly string[] = [
  'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
];

/** ARN of an AWS service's integration. */
export const integration = (partition: string, name: string) => `arn:${partition}:states:::${name}`;

/** The value of the partition that the run writes. */
export const INGESTION_DATE = "$substringAfter($result.partition, '=')";

/** A SQL text of the plan with its placeholders filled. `text` is a JSONata expression. */
export const filled = (text: string) =>
  `$replace($replace(${text}, '${RUN_ID_PLACEHOLDER}', $run.runId), '${INGESTION_DATE_PLACEHOLDER}', ${INGESTION_DATE})`;

/** Runs one statement in the pipeline's workgroup and waits for its end. `sql` is a JSONata expression. */
export const athenaQuery = (partition: string, sql: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'athena:startQueryExecution.sync'),
  Arguments: {
    QueryString: jsonata(filled(sql)),
    WorkGroup: jsonata('$plan.workgroup'),
    QueryExecutionContext: { Database: jsonata('$plan.database') },
  },
});
