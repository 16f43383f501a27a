import { WaitState } from '../asl';
import { bindingsOf, Frame, leave, pause, StateRunner } from '../frame';
import { QUERY_EVALUATION, StateError } from '../state-error';
import { evaluateAs } from '../template';

export const wait: StateRunner<WaitState> = async (state, frame) => {
  await pause(frame, await secondsOf(state, frame), typeof state.Seconds === 'number' ? 'fixed' : 'computed');
  return leave(state, frame, {}, frame.input);
};

async function secondsOf({ Seconds, Timestamp }: WaitState, frame: Frame): Promise<number> {
  const bindings = bindingsOf(frame);
  if (Seconds !== undefined) {
    return evaluateAs('count', Seconds, bindings, 'Seconds');
  }
  const text = await evaluateAs('string', Timestamp, bindings, 'Timestamp');
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new StateError(QUERY_EVALUATION, `The field 'Timestamp' takes an ISO 8601 timestamp, got "${text}".`);
  }
  return Math.max(0, (time - frame.machinery.now().getTime()) / 1000);
}
