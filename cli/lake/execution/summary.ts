import { PastExecution } from './execution-folder';
import { Workflow } from '../../assembly/lake-model';
import { ExecutionSummary } from '../../render/results';
import { stepsOf } from '../../runs/execution/steps';
import { assignedBy, Variables } from '../../runs/execution/variables';

/** What a person wants to know of an execution that is over. */
export function summary(execution: PastExecution | undefined, { definition }: Workflow): ExecutionSummary | undefined {
  if (execution === undefined) {
    return undefined;
  }
  const { name: runId, status, events, history } = execution;
  const facts = { runId, status, history, endedAt: events.at(-1)?.timestamp ?? '' };
  if (status === 'SUCCEEDED') {
    return facts;
  }
  const { error: told } = events.reduce<Variables>(assignedBy, {});
  const end = events.find((event) => event.type === 'ExecutionFailed' || event.type === 'ExecutionTimedOut');
  const { error, cause } = told ?? (end as { error: string; cause: string } | undefined) ?? {};
  return { ...facts, step: told?.step ?? lastStep(execution, stepsOf(definition)), error, cause };
}

function lastStep({ events }: PastExecution, steps: ReadonlyMap<string, string>): string | undefined {
  const entered = events.flatMap((event) => (event.type.endsWith('StateEntered') && 'name' in event ? steps.get(event.name) ?? [] : []));
  return entered.at(-1);
}
