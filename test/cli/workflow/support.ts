import { setTimeout as sleep } from 'node:timers/promises';
import { HistoryEvent, Integrations, runWorkflow, StateError, WorkflowOptions, WorkflowOutcome } from '../../../cli/workflow';

export type Json = Readonly<Record<string, unknown>>;

/** A machine of the given states, from `S` on. */
export const machine = (states: Json, more: Json = {}): Json => ({ QueryLanguage: 'JSONata', StartAt: 'S', States: states, ...more });

export const pass = (output: unknown): Json => ({ Type: 'Pass', Output: output, End: true });

/** Calls the function below. */
export const lambda = (payload: Json, more: Json = {}): Json => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: payload },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});

export interface Ended {
  readonly outcome: WorkflowOutcome;
  readonly events: readonly HistoryEvent[];
  readonly calls: readonly unknown[];
}

interface Payload {
  readonly throw?: string;
  readonly flaky?: number;
  readonly sleep?: number;
  readonly big?: number;
  readonly crash?: boolean;
}

/** A function that does what its payload says: fails, fails at first, sleeps, answers much, answers the payload. */
export class TestFunction {
  readonly calls: unknown[] = [];
  running = 0;
  /** Most that ran at once. */
  most = 0;
  private flaky = 0;

  readonly integrations: Integrations = {
    'lambda:invoke': { required: ['FunctionName'], optional: ['Payload'], run: async ({ arguments: given, signal }) => this.invoke(given.Payload as Payload, signal) },
  };

  private async invoke(payload: Payload, signal: AbortSignal): Promise<unknown> {
    this.calls.push(payload);
    this.most = Math.max(this.most, ++this.running);
    await sleep(payload.sleep ?? 0, undefined, { signal });
    this.running--;
    if (payload.crash) {
      throw new TypeError('a bug of this machine');
    }
    const error = payload.throw ?? (payload.flaky !== undefined && ++this.flaky < payload.flaky ? 'Flaky' : '');
    if (error !== '') {
      throw new StateError(error, JSON.stringify({ errorType: error, errorMessage: 'boom' }));
    }
    return { StatusCode: 200, Payload: payload.flaky !== undefined ? this.flaky : payload.big === undefined ? payload : 'x'.repeat(payload.big) };
  }
}

export async function execute(definition: unknown, input: unknown = {}, options: Partial<WorkflowOptions> = {}): Promise<Ended> {
  const events: HistoryEvent[] = [];
  const { integrations, calls } = new TestFunction();
  const outcome = await runWorkflow({
    definition,
    input,
    integrations,
    machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:users',
    name: 'run-1',
    onEvent: (event) => events.push(event),
    pace: () => 0,
    ...options,
  });
  return { outcome, events, calls };
}
