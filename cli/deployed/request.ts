import {
  DescribeExecutionCommand, DescribeExecutionCommandOutput, DescribeMapRunCommand, ListMapRunsCommand, StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { callAws } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { poll } from './poll';
import { RunResult } from '../../src/spec/run-result';
import { completeRunResult } from '../../src/spec/validate-run-result';
import { WorkflowInput } from '../../src/spec/workflow-plan';
import { Selected } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';
import { RunReport } from '../render/results';
import { newRunId } from '../runs/run-id';
import { sourceRun, tellWarnings } from '../runs/source-run';

export interface DeployedRequestOptions {
  readonly emit: Emit;
  readonly request: { readonly input: Pick<WorkflowInput, 'backfill' | 'replay'>; readonly command: string };
}

const DELAYS = { firstMs: 1_000, maxMs: 15_000 };

/** Starts an execution of the deployed workflow, for a backfill or a replay, and follows it to its end. */
export async function requestDeployed(selected: Selected, { emit, request }: DeployedRequestOptions): Promise<RunReport> {
  const { pipeline, source } = selected;
  const started = performance.now();
  const stack = new DeployedStack(pipeline.stack);
  const execution = await start(stack, selected, { source: source.name, ...request.input });
  emit({ type: 'stage', source: source.name, stage: Object.keys(request.input)[0], detail: `execution ${execution}` });
  const windows = request.input.backfill === undefined ? undefined : new WindowCounts(stack, source.name, execution, emit);
  const ended = await poll(async () => {
    const described = await callAws('look at the execution', () => stack.sfn.send(new DescribeExecutionCommand({ executionArn: execution })));
    await windows?.look();
    return described.status === 'RUNNING' ? undefined : described;
  }, DELAYS);
  const result = resultOf(ended, source.name, request.command);
  tellWarnings(result, emit);
  return { kind: 'run', runs: [sourceRun(result, { started, database: source.table.database, catalogue: 'up to date' })], failures: [] };
}

async function start(stack: DeployedStack, { pipeline }: Selected, input: WorkflowInput): Promise<string> {
  const stateMachineArn = await stack.physicalId(pipeline.workflow.logicalId);
  // Named here, so that an SDK that repeats a call whose answer was lost starts nothing twice.
  const command = new StartExecutionCommand({ stateMachineArn, name: newRunId(), input: JSON.stringify(input) });
  return (await callAws('start the workflow', () => stack.sfn.send(command))).executionArn!;
}

function resultOf(ended: DescribeExecutionCommandOutput, source: string, command: string): RunResult {
  const { status, error = 'FAILED', cause, output, executionArn } = ended;
  if (status !== 'SUCCEEDED') {
    throw new CommandError(error, cause ?? `the execution ended as ${status}`, {
      hint: `see what it did with \`aws stepfunctions get-execution-history --reverse-order --execution-arn ${executionArn}\`, `
        + `then run \`${command}\` again`,
      details: { source, execution: executionArn, status },
    });
  }
  const told = JSON.parse(output ?? '{}') as { runId: string; alreadyStarted?: boolean; heldBy?: string; result?: object };
  if (told.alreadyStarted) {
    throw new CommandError('ALREADY_STARTED', `run ${told.runId} of source "${source}" is under way or complete in ${told.heldBy}: nothing was done`, {
      hint: `when it is complete, do again what follows its extraction with \`datalake replay ${told.runId} --source ${source}\``,
      details: { source, runId: told.runId, heldBy: told.heldBy },
    });
  }
  return completeRunResult(told.result, { source, runId: told.runId });
}

/** How far the map of windows is; not being allowed to ask must not end the watch. */
class WindowCounts {
  private told = '';

  constructor(
    private readonly stack: DeployedStack, private readonly source: string, private readonly executionArn: string, private readonly emit: Emit,
  ) {}

  async look(): Promise<void> {
    const { sfn } = this.stack;
    try {
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: this.executionArn }));
      const mapRunArn = mapRuns[0]?.mapRunArn;
      if (mapRunArn !== undefined) {
        const { itemCounts } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
        this.tell(`${itemCounts?.succeeded ?? 0} of ${itemCounts?.total ?? 0} windows that were left are read, ${itemCounts?.failed ?? 0} failed`);
      }
    } catch (error) {
      this.tell(`the windows' progress is not known: ${(error as Error).message}`);
    }
  }

  private tell(message: string): void {
    if (message !== this.told) {
      this.told = message;
      this.emit({ type: 'note', message: `${this.source}: ${message}` });
    }
  }
}
