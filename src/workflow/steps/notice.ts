import { catchAll, integration, jsonata, retryAll, Step } from '../asl';
import { COMPLETION_DETAIL_TYPE, COMPLETION_SOURCE } from '../completion-event';

/** Tells the account's default event bus that the run is complete: other pipelines may be waiting for it. */
export function noticeStep(partition: string): Step {
  return {
    entry: 'Tell of the completion',
    states: (next) => ({
      'Tell of the completion': {
        Type: 'Task',
        Resource: integration(partition, 'events:putEvents'),
        Arguments: {
          Entries: [{
            Source: COMPLETION_SOURCE,
            DetailType: COMPLETION_DETAIL_TYPE,
            Detail: {
              stateMachineArn: jsonata('$states.context.StateMachine.Id'),
              source: jsonata('$plan.source'),
              runId: jsonata('$run.runId'),
              scheduledTime: jsonata('$run.scheduledTime'),
              database: jsonata('$plan.database'),
              table: jsonata('$plan.table'),
              partition: jsonata('$result.partition'),
              records: jsonata('$result.records'),
              qualityWarnings: jsonata('[$quality[passed = false].name]'),
            },
          }],
        },
        Retry: retryAll(),
        Catch: catchAll('notice'),
        Next: next,
      },
    }),
  };
}
