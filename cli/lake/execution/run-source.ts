import { mkdirSync } from 'node:fs';
import { ExecutionFolder } from './execution-folder';
import { runFailure } from './run-failure';
import { Services, startServices } from './services';
import { TableWatch } from './table-watch';
import { Selected } from '../../assembly/lake-model';
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
}

/** One execution of the pipeline's workflow for a source, interpreted on this machine. */
export async function runSource(selected: Selected, options: RunSourceOptions): Promise<SourceRun> {
  const { lake: { folder: lake }, emit } = options;
  const { source } = selected;
  requireLocal(source);
  const overrides = sourceOverrides(source, options.url);
  const runId = newRunId();
  mkdirSync(lake.bucket(source.table.bucket), { recursive: true });
  provideAssets(source.function, lake);
  const folder = ExecutionFolder.create(lake.runs, source.name, runId);
  const log = new FunctionLog(lake.log(source.name, runId), source.name, emit);
  const table = new TableWatch(selected, lake);
  const services = await startServices({ ...options, selected, overrides, folder, log, table });
  try {
    return await execute({ selected, emit, runId, lake, folder, table, services });
  } finally {
    await services.close();
    folder.close();
    log.close();
  }
}

interface Execution {
  readonly selected: Selected;
  readonly emit: Emit;
  readonly runId: string;
  readonly lake: LakeFolder;
  readonly folder: ExecutionFolder;
  readonly table: TableWatch;
  readonly services: Services;
}

async function execute({ selected, emit, runId, lake, folder, table, services }: Execution): Promise<SourceRun> {
  const { pipeline: { workflow }, source } = selected;
  const started = performance.now();
  const teller = new StageTeller({ source: source.name, runId, steps: stepsOf(workflow.definition), table, emit });
  const outcome = await runWorkflow({
    definition: workflow.definition,
    machineArn: workflow.arn,
    name: runId,
    input: { source: source.name, runId },
    integrations: services.integrations,
    onEvent: (event) => {
      folder.record(event);
      teller.event(event);
    },
  });
  if (outcome.status !== 'SUCCEEDED') {
    throw runFailure({ source, runId, outcome, teller, folder, extractor: await services.functions.called(source.function.arn) });
  }
  const result = checkedResult(teller.variables.result, source, runId);
  requireObjects(source, result, lake);
  return sourceRun(result, { started, database: source.table.database, catalogue: table.outcome });
}
