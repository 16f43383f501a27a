import { InvocationResult } from '../../lambda-host';
import { Integrations } from '../integrations';
import { StateError } from '../state-error';

/** Longest cause that Step Functions keeps. */
const MAX_CAUSE = 32_768;

export interface Functions {
  /** Undefined when there is no function of this name or ARN. */
  invoke(name: string, payload: unknown): Promise<InvocationResult> | undefined;
}

/** A function's error is the task's: its type is the name, what Lambda answered is the cause. */
export const lambdaTasks = (functions: Functions): Integrations => ({
  'lambda:invoke': {
    required: ['FunctionName'],
    optional: ['Payload'],
    run: async ({ arguments: { FunctionName, Payload } }) => {
      const invocation = functions.invoke(String(FunctionName), Payload ?? {});
      if (invocation === undefined) {
        throw new StateError('Lambda.ResourceNotFoundException', `Function not found: ${String(FunctionName)}`);
      }
      const result = await invocation;
      if ('error' in result) {
        throw new StateError(result.error.errorType, JSON.stringify(result.error).slice(0, MAX_CAUSE));
      }
      return { ExecutedVersion: '$LATEST', Payload: result.payload, StatusCode: 200 };
    },
  },
});
