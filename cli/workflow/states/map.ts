import { randomUUID } from 'node:crypto';
import { isDistributed, MapState } from '../asl';
import { concurrently } from '../concurrently';
import { bindingsOf, Frame, leave, MapItem, Place, StateRunner } from '../frame';
import { withHandling } from '../handled';
import { checkPayload } from '../payload';
import { Scope } from '../scope';
import { EXCEED_TOLERATED_FAILURES, StateError } from '../state-error';
import { evaluate, evaluateAs } from '../template';

/** What an inline map runs at once in AWS; a distributed one runs more there, not on a laptop. */
const MAX_CONCURRENCY = 40;

const FAILED = Symbol('failed');

export const map: StateRunner<MapState> = async (state, frame) => withHandling(state, frame, async (trial) => {
  const result = await runItems(state, trial);
  return leave(state, trial, { result }, result);
});

async function runItems(state: MapState, frame: Frame): Promise<unknown[]> {
  const bindings = bindingsOf(frame);
  const items = await evaluateAs('array', state.Items ?? frame.input, bindings, 'Items');
  const limit = await evaluateAs('count', state.MaxConcurrency ?? 0, bindings, 'MaxConcurrency');
  const tolerance = isDistributed(state.ItemProcessor) ? await toleranceOf(state, frame, items.length) : undefined;
  const stop = new AbortController();
  const signal = AbortSignal.any([frame.place.signal, stop.signal]);
  try {
    const results = await concurrently(items, Math.min(limit === 0 ? MAX_CONCURRENCY : limit, MAX_CONCURRENCY), async (Value, Index) =>
      runItem(state, { ...frame, place: { ...frame.place, signal } }, { Index, Value }, tolerance));
    return results.filter((result) => result !== FAILED);
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

async function runItem(state: MapState, frame: Frame, item: MapItem, tolerance: Tolerance | undefined): Promise<unknown> {
  const { machinery: { record, run }, name } = frame;
  const index = item.Index;
  record({ type: 'MapIterationStarted', name, index });
  try {
    const input = state.ItemSelector === undefined ? item.Value : await evaluate(state.ItemSelector, bindingsOf(frame, {}, item), 'ItemSelector');
    const output = await run(state.ItemProcessor, checkPayload(input, name, 'item'), placeOf(state, frame.place, item, input));
    record({ type: 'MapIterationSucceeded', name, index });
    return output;
  } catch (failure) {
    frame.place.signal.throwIfAborted();
    if (!(failure instanceof StateError)) {
      throw failure;
    }
    record({ type: 'MapIterationFailed', name, index, error: failure.error, cause: failure.errorCause });
    if (tolerance === undefined) {
      throw failure;
    }
    tolerance.fail(index, failure);
    return FAILED;
  }
}

/** An item of a distributed map is an execution of its own: it sees no variable of this one. */
function placeOf({ ItemProcessor }: MapState, place: Place, item: MapItem, input: unknown): Place {
  if (!isDistributed(ItemProcessor)) {
    return { ...place, item, scope: new Scope(place.scope) };
  }
  const { Execution, StateMachine } = place.context;
  const Name = randomUUID();
  const context = { StateMachine, Execution: { ...Execution, Id: `${Execution.Id}:${Name}`, Name, Input: input } };
  return { context, item: undefined, scope: new Scope(), signal: place.signal };
}

interface Tolerance {
  /** @throws StateError when more items have failed than the map tolerates. */
  fail(index: number, failure: StateError): void;
}

/** Of two limits that are given, the first one passed counts; none is given: none is tolerated. */
async function toleranceOf(state: MapState, frame: Frame, items: number): Promise<Tolerance> {
  const { ToleratedFailureCount: countTemplate, ToleratedFailurePercentage: shareTemplate } = state;
  const bindings = bindingsOf(frame);
  const share = shareTemplate === undefined ? undefined : await evaluateAs('percentage', shareTemplate, bindings, 'ToleratedFailurePercentage');
  const none = share === undefined ? 0 : Infinity;
  const count = countTemplate === undefined ? none : await evaluateAs('count', countTemplate, bindings, 'ToleratedFailureCount');
  const allowed = Math.min(count, share === undefined ? Infinity : items * share / 100);
  let failed = 0;
  return {
    fail: (index, { error, errorCause }) => {
      if (++failed > allowed) {
        throw new StateError(EXCEED_TOLERATED_FAILURES,
          `The specified tolerated failure threshold was exceeded: ${failed} of ${items} items failed; the last was item ${index}: ${error}: ${errorCause}`);
      }
    },
  };
}
