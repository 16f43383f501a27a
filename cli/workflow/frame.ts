import { Flow, State, Template } from './asl';
import { Bindings } from './expression';
import { Recorder } from './history';
import { Integrations } from './integrations';
import { Pace, WaitKind } from './pace';
import { checkPayload } from './payload';
import { Scope } from './scope';
import { evaluate } from './template';

/** `Execution` and `StateMachine` of the context object. */
export interface ExecutionContext {
  readonly Execution: { readonly Id: string; readonly Name: string; readonly StartTime: string; readonly Input: unknown };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
}

export interface MapItem {
  readonly Index: number;
  readonly Value: unknown;
}

/** Where a flow runs. */
export interface Place {
  readonly context: ExecutionContext;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly item?: MapItem;
}

/** What an execution works with. */
export interface Machinery {
  readonly integrations: Integrations;
  readonly record: Recorder;
  readonly pace: Pace;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly random: () => number;
  /** Runs a branch or an iteration. */
  readonly run: (flow: Flow, input: unknown, place: Place) => Promise<unknown>;
}

/** A state under way. */
export interface Frame {
  readonly name: string;
  readonly input: unknown;
  readonly place: Place;
  readonly machinery: Machinery;
  readonly enteredTime: string;
  readonly retryCount: number;
}

export interface Transition {
  /** Undefined at the end of the flow. */
  readonly next?: string;
  readonly output: unknown;
  readonly assigned?: Readonly<Record<string, unknown>>;
}

/** `$states.result` or `$states.errorOutput`, whichever there is. */
type Outcome = { readonly result?: unknown } | { readonly errorOutput?: unknown };

/** What expressions of the state see. */
export function bindingsOf({ name, input, place, enteredTime, retryCount }: Frame, outcome: Outcome = {}, item = place.item): Bindings {
  const context = {
    ...place.context,
    State: { Name: name, EnteredTime: enteredTime, RetryCount: retryCount },
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
  return { ...place.scope.bindings, states: { input, context, ...outcome } };
}

interface Onward {
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
  readonly Next?: string;
}

/** Output and Assign see the variables as they were when the state was entered; both count, or neither. */
export async function leave(onward: Onward, frame: Frame, outcome: Outcome, otherwise: unknown): Promise<Transition> {
  const bindings = bindingsOf(frame, outcome);
  const output = checkPayload(onward.Output === undefined ? otherwise : await evaluate(onward.Output, bindings, 'Output'), frame.name, 'output');
  const assigned = onward.Assign === undefined ? undefined : await evaluate(onward.Assign, bindings, 'Assign') as Record<string, unknown>;
  checkPayload(assigned, frame.name, 'Assign');
  frame.place.scope.assign(assigned ?? {});
  return { next: onward.Next, output, assigned };
}

/** Waits at the laptop's pace, and says so. */
export async function pause(frame: Frame, asked: number, kind: WaitKind): Promise<void> {
  const { machinery, name, place } = frame;
  const seconds = machinery.pace(asked, kind);
  machinery.record({ type: 'Waiting', name, kind, asked, seconds });
  await machinery.sleep(seconds * 1000, place.signal);
}

export type StateRunner<S extends State> = (state: S, frame: Frame) => Promise<Transition>;
