import { setTimeout as sleep } from 'node:timers/promises';
import { StateMachine } from './asl';
import { checkDefinition } from './check-definition';
import { runFlow } from './flow';
import { ExecutionContext, Machinery } from './frame';
import { HistoryEvent, Recorder } from './history';
import { Integrations } from './integrations';
import { localPace, Pace } from './pace';
import { checkPayload } from './payload';
import { Scope } from './scope';
import { StateError, TIMEOUT } from './state-error';
import { within } from './time-limit';
import { messageOf } from '../errors';

export interface WorkflowOptions {
  /** The definition as it stands in the template, its intrinsic functions resolved. */
  readonly definition: unknown;
  /** ARN of the state machine. */
  readonly machineArn: string;
  /** Name of the execution. */
  readonly name: string;
  readonly input: unknown;
  readonly integrations: Integrations;
  readonly onEvent?: (event: HistoryEvent) => void;
  /** @default localPace */
  readonly pace?: Pace;
  /** What jitter draws from. @default Math.random */
  readonly random?: () => number;
  /** Times of the context and of the events. @default - the clock */
  readonly now?: () => Date;
}

export type WorkflowOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED' | 'TIMED_OUT'; readonly error: string; readonly cause: string; readonly state?: string };

/**
 * One execution of a state machine, as Step Functions would run it.
 *
 * @throws CommandError `WORKFLOW_UNSUPPORTED` for a definition that cannot be interpreted faithfully, before anything runs. What
 * is no error of the workflow (a task that cannot work on this machine) is thrown as it came.
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowOutcome> {
  const definition = checkDefinition(options.definition, options.integrations);
  const record = recorder(options);
  record({ type: 'ExecutionStarted', input: options.input });
  try {
    const output = await execute(definition, options, record);
    record({ type: 'ExecutionSucceeded', output });
    return { status: 'SUCCEEDED', output };
  } catch (failure) {
    if (!(failure instanceof StateError)) {
      record({ type: 'ExecutionFailed', error: (failure as Error).name, cause: messageOf(failure) });
      throw failure;
    }
    const { error, errorCause: cause, state } = failure;
    const timedOut = failure instanceof ExecutionTimeout;
    record({ type: timedOut ? 'ExecutionTimedOut' : 'ExecutionFailed', error, cause });
    return { status: timedOut ? 'TIMED_OUT' : 'FAILED', error, cause, state };
  }
}

const clock = () => new Date();

class ExecutionTimeout extends StateError {}

async function execute(definition: StateMachine, options: WorkflowOptions, record: Recorder): Promise<unknown> {
  const { integrations, input, pace = localPace, random = Math.random, now = clock } = options;
  const machinery: Machinery = {
    integrations,
    record,
    pace,
    random,
    now,
    sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
    run: async (flow, flowInput, place) => runFlow(flow, flowInput, place, machinery),
  };
  const seconds = definition.TimeoutSeconds;
  const run = async (signal: AbortSignal) =>
    runFlow(definition, checkPayload(input, definition.StartAt, 'input'), { context: contextOf(options), scope: new Scope(), signal }, machinery);
  return within(seconds, new AbortController().signal, run, () => new ExecutionTimeout(TIMEOUT, `The execution took longer than its ${seconds} s.`));
}

function contextOf({ machineArn, name, input, now = clock }: WorkflowOptions): ExecutionContext {
  const machine = machineArn.slice(machineArn.lastIndexOf(':') + 1);
  return {
    Execution: { Id: `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`, Name: name, StartTime: now().toISOString(), Input: input },
    StateMachine: { Id: machineArn, Name: machine },
  };
}

function recorder({ onEvent = () => undefined, now = clock }: WorkflowOptions): Recorder {
  let id = 0;
  return (detail) => onEvent({ ...detail, id: ++id, timestamp: now().toISOString() });
}
