import { IS_REPLAY } from './request';
import { executionKey } from '../../spec/object-keys';
import { catchAll, CAUSE, FAILURE_ENTRY, integration, jsonata, retry, retryAll, State, Step } from '../asl';

const STEP = 'claim';

/** Executions that will do no more: the run that one of them held may be taken over. */
const ENDED = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/** The key with variables where its parts stand. */
const KEY = jsonata(executionKey('<source>', '<run>').split(/(<source>|<run>)/)
  .map((part) => (part === '<source>' ? '$plan.source' : part === '<run>' ? '$run.runId' : `'${part}'`)).join(' & '));

const WHERE = { Bucket: jsonata('$plan.bucket'), Key: KEY };

/**
 * Claims the run by a conditional write, so that a double fire is one run.
 *
 * A claim that another execution holds is taken over when that execution has failed: who starts a failed run again by
 * its id goes on with it. A replay takes over a run that has succeeded, too.
 */
export function claimStep(partition: string): Step {
  const write = (condition: State) => ({
    Type: 'Task',
    Resource: integration(partition, 'aws-sdk:s3:putObject'),
    Arguments: { ...WHERE, Body: { executionArn: jsonata('$run.executionArn') }, ContentType: 'application/json', ...condition },
    Retry: [retry(['S3.SdkClientException'], 3)],
  });
  return {
    entry: 'Claim the run',
    states: (next) => ({
      'Claim the run': {
        ...write({ IfNoneMatch: '*' }),
        Catch: [{
          ErrorEquals: ['States.TaskFailed'],
          Assign: { claim: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE } },
          Next: 'Read the claim',
        }],
        Next: next,
      },
      'Read the claim': readClaim(partition),
      'Who holds the run?': {
        Type: 'Choice',
        // The answer to this execution's own write was lost.
        Choices: [{ Condition: jsonata('$claim.holder = $run.executionArn'), Next: next }],
        Default: 'Look at the holder',
      },
      'Look at the holder': lookAtHolder(partition),
      'Has the holder failed?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata(`$claim.status in ${JSON.stringify(ENDED)} or (${IS_REPLAY} and $claim.status = 'SUCCEEDED')`), Next: 'Take the run over' }],
        Default: 'Already started',
      },
      'Take the run over': { ...write({ IfMatch: jsonata('$claim.etag') }), Catch: catchAll(STEP), Next: next },
      'Already started': {
        Type: 'Succeed',
        Output: { source: jsonata('$plan.source'), runId: jsonata('$run.runId'), alreadyStarted: true, heldBy: jsonata('$claim.holder') },
      },
    }),
  };
}

/** Whatever kept the claim from being written, a claim that can be read tells who holds the run; none means the write itself is broken. */
const readClaim = (partition: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'aws-sdk:s3:getObject'),
  Arguments: WHERE,
  Assign: { claim: { holder: jsonata('$parse($states.result.Body).executionArn'), etag: jsonata('$states.result.ETag') } },
  Retry: retryAll('S3.NoSuchKeyException'),
  Catch: [{
    ErrorEquals: ['States.ALL'],
    Assign: { error: { step: STEP, error: jsonata('$claim.error'), cause: jsonata('$claim.cause') } },
    Next: FAILURE_ENTRY,
  }],
  Next: 'Who holds the run?',
});

/** Step Functions forgets an execution after 90 days: what it began is long over. */
const lookAtHolder = (partition: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'aws-sdk:sfn:describeExecution'),
  Arguments: { ExecutionArn: jsonata('$claim.holder') },
  Assign: { claim: jsonata("$merge([$claim, {'status': $states.result.Status}])") },
  Retry: retryAll('Sfn.ExecutionDoesNotExistException'),
  Catch: [{ ErrorEquals: ['Sfn.ExecutionDoesNotExistException'], Next: 'Take the run over' }, ...catchAll(STEP)],
  Next: 'Has the holder failed?',
});
