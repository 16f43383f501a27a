import { ParallelState } from '../asl';
import { bindingsOf, Frame, leave, StateRunner } from '../frame';
import { withHandling } from '../handled';
import { checkPayload } from '../payload';
import { Scope } from '../scope';
import { evaluate } from '../template';

/** The first branch that fails fails the state, and stops the others. */
export const parallel: StateRunner<ParallelState> = async (state, frame) => withHandling(state, frame, async (trial) => {
  const input = state.Arguments === undefined ? trial.input : await evaluate(state.Arguments, bindingsOf(trial), 'Arguments');
  const result = await runBranches(state, trial, checkPayload(input, trial.name, 'input'));
  return leave(state, trial, { result }, result);
});

async function runBranches({ Branches }: ParallelState, { place, machinery }: Frame, input: unknown): Promise<unknown[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([place.signal, stop.signal]);
  try {
    return await Promise.all(Branches.map(async (branch) => machinery.run(branch, input, { ...place, scope: new Scope(place.scope), signal })));
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}
