import { mkdirSync } from 'node:fs';
import { ExecutionFolder } from './execution-folder';
import { runFailure } from './run-failure';
import { Services, startServices } from './services';
import { TableWatch } from './table-watch';
import { WindowTeller } from './window-teller';
import { WorkflowInput } from '../../../src/spec/workflow-plan';
import { Selected } from '../../assembly/lake-model';
import { CommandError } from '../../errors';
import { Emit } from '../../render/events';
import { SourceRun } from '../../render/results';
import { checkedResult } from '../../runs/checked-result';
import { StageTeller } from '../../runs/execution/stage-teller';
import { stepsOf } from '../../runs/execution/steps';
import { newRunId } from '../../runs/run-id';
import { sourceRun } from '../../runs/source-run';
import { runWorkflow } from '../../workflow';
import { FunctionLog } from '../function-log';
import { sourceOverrides } from '../function-overrides';
import { LakeFolder } from '../lake-folder';
import { LocalLake } from '../local-lake';
import { provideAssets } from '../provide-assets';
import { requireLocal, requireObjects } from '../source-checks';

export interface RunSourceOptions {
  readonly lake: LocalLake;
  readonly emit: Emit;
  /** Replaces the endpoint. */
  readonly url?: string;
  /** What is asked for. @default - a new run */
  readonly request?: ExecutionRequest;
}

/** An execution that is no new run, and the command that asks for it. */
export interface ExecutionRequest {
  readonly input: Pick<WorkflowInput, 'backfill' | 'replay'>;
  readonly command: string;
}

/** One execution of the pipeline's workflow for a source, interpreted on this machine. */
export async function runSource(selected: Selected, options: RunSourceOptions): Promise<SourceRun> {
  const { lake: { folder: lake }, emit } = options;
  const { source } = selected;
  requireLocal(source);
  const overrides = sourceOverrides(source, options.url);
  const execution = newRunId();
  mkdirSync(lake.bucket(source.table.bucket), { recursive: true });
  provideAssets(source.function, lake);
  const folder = ExecutionFolder.create(lake.runs, source.name, execution);
  const log = new FunctionLog(lake.log(source.name, execution), source.name, emit);
  const table = new TableWatch(selected, lake);
  const services = await startServices({ ...options, selected, overrides, folder, log, table });
  try {
    return await execute({ selected, emit, name: execution, request: options.request, lake, folder, table, services });
  } finally {
    await services.close();
    folder.close();
    log.close();
  }
}

interface Execution {
  readonly selected: Selected;
  readonly emit: Emit;
  readonly name: string;
  readonly request: ExecutionRequest | undefined;
  readonly lake: LakeFolder;
  readonly folder: ExecutionFolder;
  readonly table: TableWatch;
  readonly services: Services;
}

async function execute({ selected, emit, name, request, lake, folder, table, services }: Execution): Promise<SourceRun> {
  const { pipeline: { workflow }, source } = selected;
  const started = performance.now();
  const teller = new StageTeller({ source: source.name, runId: name, steps: stepsOf(workflow.definition), table, emit });
  const windows = new WindowTeller(source.name, emit);
  const outcome = await runWorkflow({
    definition: workflow.definition,
    machineArn: workflow.arn,
    name,
    input: { source: source.name, ...request?.input ?? { runId: name } },
    integrations: services.integrations,
    onEvent: (event) => {
      folder.record(event);
      teller.event(event);
      windows.event(event);
    },
  });
  const runId = teller.variables.run?.runId ?? name;
  if (outcome.status !== 'SUCCEEDED') {
    // What failed in a window is told with the window, by the workflow.
    const extractor = request ? undefined : services.functions.called(source.function.arn);
    throw runFailure({ source, runId, outcome, teller, folder, extractor, command: request?.command });
  }
  if (isHeld(outcome.output)) {
    throw new CommandError('ALREADY_COMPLETE', `run ${runId} of source "${source.name}" is complete: nothing was done`, {
      hint: `do again what follows its extraction with \`datalake replay --local ${runId}\``, details: { source: source.name, runId },
    });
  }
  const result = checkedResult(teller.variables.result, source, runId);
  requireObjects(source, result, lake);
  return sourceRun(result, { started, database: source.table.database, catalogue: table.outcome });
}

/** The workflow leaves a run alone that another execution has brought to its end. */
const isHeld = (output: unknown): boolean => (output as { alreadyStarted?: unknown } | null)?.alreadyStarted === true;
