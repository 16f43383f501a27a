import { FailState } from '../asl';
import { bindingsOf, StateRunner } from '../frame';
import { StateError } from '../state-error';
import { evaluateAs } from '../template';

export const fail: StateRunner<FailState> = async ({ Error: error = '', Cause: cause = '' }, frame) => {
  const bindings = bindingsOf(frame);
  throw new StateError(await evaluateAs('string', error, bindings, 'Error'), await evaluateAs('string', cause, bindings, 'Cause'));
};
