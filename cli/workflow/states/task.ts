import { CommandError } from '../../errors';
import { TaskState } from '../asl';
import { bindingsOf, Frame, leave, StateRunner } from '../frame';
import { withHandling } from '../handled';
import { serviceOf, wrongArguments } from '../integrations';
import { checkPayload } from '../payload';
import { StateError, TIMEOUT } from '../state-error';
import { evaluate, evaluateAs } from '../template';
import { within } from '../time-limit';

export const task: StateRunner<TaskState> = async (state, frame) => withHandling(state, frame, async (trial) => {
  const result = checkPayload(await call(state, trial), trial.name, 'result');
  return leave(state, trial, { result }, result);
});

async function call(state: TaskState, frame: Frame): Promise<unknown> {
  const { name, machinery, place } = frame;
  const resource = state.Resource;
  const bindings = bindingsOf(frame);
  const parameters = checkPayload(state.Arguments === undefined ? frame.input : await evaluate(state.Arguments, bindings, 'Arguments'), name, 'input');
  const seconds = state.TimeoutSeconds === undefined ? undefined : await evaluateAs('count', state.TimeoutSeconds, bindings, 'TimeoutSeconds');
  const integration = machinery.integrations[serviceOf(resource) ?? ''];
  const wrong = wrongArguments(integration, parameters);
  if (wrong !== undefined) {
    throw new CommandError('WORKFLOW_UNSUPPORTED', `state "${name}", ${resource}: ${wrong}`);
  }
  machinery.record({ type: 'TaskScheduled', name, resource, parameters });
  try {
    const run = async (signal: AbortSignal) => integration.run({ arguments: parameters as Record<string, unknown>, state: name, signal });
    const output = await within(seconds, place.signal, run, () => new StateError(TIMEOUT, `The task '${name}' took longer than its ${seconds} s.`));
    machinery.record({ type: 'TaskSucceeded', name, resource, output });
    return output;
  } catch (failure) {
    if (failure instanceof StateError) {
      const { error, errorCause: cause } = failure;
      machinery.record({ type: error === TIMEOUT ? 'TaskTimedOut' : 'TaskFailed', name, resource, error, cause });
    }
    throw failure;
  }
}
