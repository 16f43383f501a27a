import { Flow, State, StateType } from './asl';
import { Frame, Machinery, Place, StateRunner, Transition } from './frame';
import { StateError } from './state-error';
import { choice } from './states/choice';
import { fail } from './states/fail';
import { map } from './states/map';
import { parallel } from './states/parallel';
import { pass } from './states/pass';
import { succeed } from './states/succeed';
import { task } from './states/task';
import { wait } from './states/wait';

type Runners = { readonly [T in StateType]: StateRunner<Extract<State, { Type: T }>> };

const RUNNERS: Runners = { Pass: pass, Task: task, Choice: choice, Wait: wait, Map: map, Parallel: parallel, Succeed: succeed, Fail: fail };

/** Runs states from the first to one that ends the flow; gives that one's output. */
export async function runFlow(flow: Flow, input: unknown, place: Place, machinery: Machinery): Promise<unknown> {
  let current: Transition = { next: flow.StartAt, output: input };
  while (current.next !== undefined) {
    place.signal.throwIfAborted();
    current = await runState(current.next, flow.States[current.next], current.output, place, machinery);
  }
  return current.output;
}

async function runState(name: string, state: State, input: unknown, place: Place, machinery: Machinery): Promise<Transition> {
  const frame: Frame = { name, input, place, machinery, enteredTime: machinery.now().toISOString(), retryCount: 0 };
  machinery.record({ type: `${state.Type}StateEntered`, name, input });
  const run = RUNNERS[state.Type] as StateRunner<State>;
  try {
    const transition = await run(state, frame);
    machinery.record({ type: `${state.Type}StateExited`, name, output: transition.output, assigned: transition.assigned });
    return transition;
  } catch (error) {
    throw error instanceof StateError ? error.at(name) : error;
  }
}
