import { Definition } from './applications';
import { Emulator, EXECUTION, MACHINE_ARN } from './emulator';
import { Ended } from './ended';
import { Answers, Fault, tasksOf } from './scenarios';
import { runWorkflow } from '../../../cli/workflow';
import { WORKFLOW_METRICS } from '../../../src/spec/workflow-metrics';
import { scripted, TaskCall } from '../../support/run-workflow';

/** What both interpreters must agree on. */
export type Run = Ended & { readonly calls: readonly TaskCall[] };

/** What a run is given. */
export interface Given {
  readonly definition: Definition;
  readonly input: object;
  readonly answers: Answers;
  readonly fault?: Fault;
}

export async function inEmulator(emulator: Emulator, { definition, input, answers, fault }: Given): Promise<Run> {
  const { integrations, calls } = scripted(tasksOf(answers, fault));
  return { ...await emulator.execute(definition, input, integrations), calls };
}

export async function inOurs({ definition, input, answers, fault }: Given, startTime: string): Promise<Run> {
  const { integrations, calls } = scripted(tasksOf(answers, fault));
  const path: { name: string; type: string }[] = [];
  const waits: number[] = [];
  const retries: number[] = [];
  const outcome = await runWorkflow({
    definition,
    input,
    integrations,
    machineArn: MACHINE_ARN,
    name: EXECUTION,
    now: () => new Date(startTime),
    pace: () => 0,
    random: () => 1, // all of the delay: the emulator knows no jitter
    onEvent: (event) => {
      if (event.type.endsWith('StateEntered') && 'name' in event) {
        path.push({ name: event.name, type: event.type.replace('StateEntered', '') });
      }
      if (event.type === 'Waiting') {
        (event.kind === 'retry' ? retries : waits).push(event.asked);
      }
    },
  });
  return { ...outcome, startTime, path, waits, retries, calls };
}

/** The emulator waits no longer before a further try, and knows no MaxDelaySeconds: all of ours are as long at least. */
const MAX_KNOWN_DELAY = 60;

/** Metrics that the clock decides; that each is a number is compared. */
const TIMED: readonly string[] = [WORKFLOW_METRICS.duration, WORKFLOW_METRICS.lag];
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/;

/** The run without what two runs of one interpreter would not share either: what the clock says, but for the start. */
export function comparable({ status, path, waits, retries, calls, startTime, ...outcome }: Run): object {
  const { output, error, cause } = outcome as { output?: unknown; error?: string; cause?: string };
  const clean = JSON.parse(JSON.stringify({ output, error, cause, calls }), (_key, value: any) => {
    if (typeof value?.MetricName === 'string' && TIMED.includes(value.MetricName)) {
      return { ...value, Value: typeof value.Value };
    }
    return typeof value === 'string' && value !== startTime && TIME.test(value) && value.length < 30 ? isNow(value) : value;
  }) as object;
  return { status, path, waits, retries: retries.map((seconds) => Math.min(seconds, MAX_KNOWN_DELAY)), startTime, ...clean };
}

const MINUTES = 10 * 60_000;
const isNow = (time: string) => (Math.abs(Date.parse(time) - Date.now()) < MINUTES ? '<now>' : time);
