import * as interpreter from '../../cli/workflow';
import { LocalServices, localTasks } from '../../cli/workflow/tasks';

/** What a task of the workflow asks for: `lambda:invoke`, and its arguments. */
export interface TaskCall {
  readonly task: string;
  readonly args: any;
  /** Name of the state. */
  readonly state: string;
}

/** Answers a task, or throws a TaskError. */
export type Tasks = (call: TaskCall) => unknown;

export class TaskError extends interpreter.StateError {
  constructor(error: string, said?: string) {
    super(error, said as string); // Step Functions leaves the cause out when there is none
  }
}

export interface WorkflowOutcome {
  readonly status: string;
  readonly output?: any;
  readonly error?: string;
  readonly cause?: string;
  /** Names of the states entered, those inside maps included. */
  readonly path: readonly string[];
  readonly calls: readonly TaskCall[];
  /** Seconds of each Wait and each pause before a retry. */
  readonly waits: readonly number[];
  readonly variables: Readonly<Record<string, any>>;
}

export const MACHINE_ARN = 'arn:aws:states:eu-west-1:111111111111:stateMachine:flow';
export const EXECUTION_ARN = 'arn:aws:states:eu-west-1:111111111111:execution:flow:8f9f1c6e';

const START = new Date('2026-11-23T15:48:01.123Z');

/** More states than any test's run enters: an endless loop is a failure. */
const MAX_STATES = 5000;

/** Runs a definition on the laptop's own interpreter, with tasks of the test's own and without waiting. */
export async function runWorkflow(definition: unknown, input: unknown, tasks: Tasks): Promise<WorkflowOutcome> {
  const { integrations, calls } = scripted(tasks);
  const path: string[] = [];
  const waits: number[] = [];
  const variables: Record<string, unknown> = {};
  const outcome = await interpreter.runWorkflow({
    definition,
    input,
    integrations,
    machineArn: MACHINE_ARN,
    name: EXECUTION_ARN.slice(EXECUTION_ARN.lastIndexOf(':') + 1),
    now: () => START,
    pace: () => 0,
    random: () => 1, // the longest delay that jitter allows
    onEvent: (event) => {
      if (event.type.endsWith('StateEntered') && 'name' in event && path.push(event.name) > MAX_STATES) {
        throw new Error(`endless: ${path.slice(-20).join(' -> ')}`);
      }
      if (event.type === 'Waiting') {
        waits.push(event.asked);
      }
      Object.assign(variables, 'assigned' in event ? event.assigned : {});
    },
  });
  return { ...outcome, path, calls, waits, variables };
}

/** The integrations of the laptop, each with its own parameters, answered by the test. */
export function scripted(tasks: Tasks): { integrations: interpreter.Integrations; calls: TaskCall[] } {
  const calls: TaskCall[] = [];
  const known = localTasks({} as LocalServices); // only their parameters are of interest
  const integrations = Object.fromEntries(Object.entries(known).map(([task, parameters]) => [task, {
    ...parameters,
    run: async ({ arguments: args, state }: interpreter.TaskCall) => {
      calls.push({ task, args, state });
      return tasks({ task, args, state });
    },
  }]));
  return { integrations, calls };
}
