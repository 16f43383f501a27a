import { Integrations } from '../integrations';
import { StateError } from '../state-error';

/** As DescribeExecution tells it. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Executions {
  /** Undefined when there is no such execution. */
  statusOf(executionArn: string): ExecutionStatus | undefined;
}

export const executionTasks = (executions: Executions): Integrations => ({
  'aws-sdk:sfn:describeExecution': {
    required: ['ExecutionArn'],
    run: async ({ arguments: { ExecutionArn } }) => {
      const arn = String(ExecutionArn);
      const status = executions.statusOf(arn);
      if (status === undefined) {
        throw new StateError('Sfn.ExecutionDoesNotExistException', `Execution Does Not Exist: '${arn}' (Service: Sfn, Status Code: 400)`);
      }
      return { ExecutionArn: arn, Name: arn.slice(arn.lastIndexOf(':') + 1), Status: status };
    },
  },
});
