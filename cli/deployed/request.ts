import { DeployedStack } from './deployed-stack';
import { followRun, startExecution } from './run-workflow';
import { WindowCounts } from './window-counts';
import { WorkflowInput } from '../../src/spec/workflow-plan';
import { Selected } from '../assembly/lake-model';
import { Emit } from '../render/events';
import { RunReport } from '../render/results';
import { newRunId } from '../runs/run-id';

export interface DeployedRequestOptions {
  readonly emit: Emit;
  /** What is asked for, and the command that asks for it. */
  readonly request: { readonly input: Pick<WorkflowInput, 'backfill' | 'replay'>; readonly command: string };
}

/** Starts an execution of the deployed workflow, for a backfill or a replay, and follows it to its end. */
export async function requestDeployed(selected: Selected, { emit, request: { input, command } }: DeployedRequestOptions): Promise<RunReport> {
  const { pipeline, source } = selected;
  const stack = new DeployedStack(pipeline.stack);
  const executionArn = await startExecution(selected, { stack, emit, name: newRunId(), input: { source: source.name, ...input } });
  const windows = input.backfill && new WindowCounts(stack, source.name, emit);
  const onLook = async () => windows?.look(executionArn);
  const { report } = await followRun(selected, { executionArn }, { stack, emit, request: { command, onLook } });
  return { kind: 'run', runs: [report], failures: [] };
}
