import { randomBytes } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { callAws } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { executionFailure } from './execution-failure';
import { ExecutionEnd, followExecution } from './follow-execution';
import { HistoryTable } from './history-table';
import { WorkflowInput } from '../../src/spec/workflow-plan';
import { Selected, Source } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';
import { SourceRun } from '../render/results';
import { checkedResult } from '../runs/checked-result';
import { StageTeller } from '../runs/execution/stage-teller';
import { stepsOf } from '../runs/execution/steps';
import { sourceRun } from '../runs/source-run';
import { HistoryEvent } from '../workflow';

/** Longest name of an execution. */
const MAX_EXECUTION_NAME = 80;

/** A run, and the execution that runs it. */
export interface StartedRun {
  /** @default - the workflow gives it: a backfill's, or the one that is replayed */
  readonly runId?: string;
  readonly executionArn: string;
}

interface Options {
  readonly stack: DeployedStack;
  readonly emit: Emit;
}

/** Starts one run of a source. */
export async function startRun(selected: Selected, { runId, ...options }: Options & { readonly runId: string }): Promise<StartedRun> {
  const input = { source: selected.source.name, runId };
  return { runId, executionArn: await startExecution(selected, { ...options, name: executionName(runId), input }) };
}

interface StartOptions extends Options {
  /** With a name, a start that the SDK repeats is one execution. */
  readonly name: string;
  readonly input: WorkflowInput;
}

/** Starts one execution of the pipeline's deployed workflow for a source. */
export async function startExecution({ pipeline, source }: Selected, { stack, name, input, emit }: StartOptions): Promise<string> {
  const stateMachineArn = await stack.physicalId(pipeline.workflow.logicalId);
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  const { executionArn = '' } = await callAws(`start the workflow of ${source.name}`, () => stack.sfn.send(command));
  emit({ type: 'note', message: `${source.name}: execution ${executionArn}, which goes on in AWS when this command is stopped` });
  return executionArn;
}

/** A run id may be started again, so that alone is no name. */
const executionName = (runId: string): string => `${runId.slice(0, MAX_EXECUTION_NAME - 7)}-${randomBytes(3).toString('hex')}`;

/** What the workflow ends with when it ends well: a run, or who runs it. */
interface Output {
  readonly runId?: string;
  readonly result?: unknown;
  readonly heldBy?: string;
}

export interface EndedRun {
  readonly report: SourceRun;
  /** When its execution began. */
  readonly began: Date;
}

interface FollowOptions extends Options {
  /** Of a backfill or a replay. A run that another execution has is not followed: that one was asked for something else. */
  readonly request?: {
    /** Asks for it again. */
    readonly command: string;
    /** Called at each look at the execution. */
    onLook(): Promise<void>;
  };
}

/** Follows an execution of a source to its end. */
export async function followRun({ pipeline, source }: Selected, run: StartedRun, { stack, emit, request }: FollowOptions): Promise<EndedRun> {
  const started = performance.now();
  const steps = stepsOf(pipeline.workflow.definition);
  const table = new HistoryTable(source, steps);
  const teller = new StageTeller({ source: source.name, runId: run.runId, steps, table, emit });
  const onEvent = (event: HistoryEvent) => {
    table.event(event);
    teller.event(event);
    tellProgress(event, teller, source.name, emit);
  };
  let executionArn = run.executionArn;
  let end: ExecutionEnd = await followExecution(stack, executionArn, onEvent, request?.onLook);
  const { heldBy: holder, runId = run.runId ?? teller.variables.run?.runId ?? '' } = outputOf(end);
  if (holder !== undefined && request) {
    throw heldFailure(source, runId, holder);
  } else if (holder !== undefined) {
    emit({ type: 'warning', source: source.name, message: `run ${runId} is another execution's, which is followed instead: ${holder}` });
    executionArn = holder;
    end = await followExecution(stack, executionArn, onEvent);
  }
  if (end.status !== 'SUCCEEDED') {
    throw executionFailure({ source, runId, executionArn, end, teller, command: request?.command });
  }
  const result = checkedResult(outputOf(end).result, source, runId);
  const database = teller.variables.plan?.database ?? source.table.database;
  return { report: sourceRun(result, { started, database, catalogue: table.outcome }), began: end.began };
}

const outputOf = (end: ExecutionEnd): Output => (end.status === 'SUCCEEDED' ? JSON.parse(end.output) as Output : {});

function heldFailure({ name: source }: Source, runId: string, heldBy: string): CommandError {
  return new CommandError('ALREADY_STARTED', `run ${runId} of source "${source}" is under way or complete in ${heldBy}: nothing was done`, {
    hint: `when it is complete, do again what follows its extraction with \`datalake replay ${runId} --source ${source}\``,
    details: { source, runId, heldBy },
  });
}

/** On the laptop the function's log tells of every page; here, its answers tell of every call. */
function tellProgress(event: HistoryEvent, { step, variables: { result } }: StageTeller, source: string, emit: Emit): void {
  if (step !== 'extract' || result === undefined) {
    return;
  }
  if ('assigned' in event && event.assigned?.result !== undefined && !result.done) {
    const { pages, records, bytes } = result;
    emit({ type: 'progress', source, pages, records, bytes });
  } else if (event.type === 'WaitStateEntered' && result.retryAfterSeconds !== undefined) {
    emit({ type: 'waiting', source, seconds: result.retryAfterSeconds, reason: 'the API asked for it' });
  }
}
