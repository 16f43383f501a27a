import { childExecution } from './child-execution';
import { crawlSourceDeployed } from './crawl';
import { DeployedStack } from './deployed-stack';
import { invokeDeployed } from './invoke';
import { followRun, startRun } from './run-workflow';
import { Selected } from '../assembly/lake-model';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { counted, duration } from '../render/format';
import { CrawledTable, CrawlReport, RunReport, SourceFailure, SourceRun } from '../render/results';
import { parentsFirst, refuseAfterParent } from '../runs/parents-first';
import { newRunId } from '../runs/run-id';
import { sourceRun, tellWarnings } from '../runs/source-run';

export interface DeployedOptions {
  readonly emit: Emit;
}

export interface DeployedRunOptions extends DeployedOptions {
  /** Identity of the run: one that failed goes on. @default - a new one */
  readonly runId?: string;
}

/** Runs the deployed workflow of each source, one after the other, parents first; one that fails keeps none but its children from running. */
export async function runDeployed(selected: readonly Selected[], { emit, runId = newRunId() }: DeployedRunOptions): Promise<RunReport> {
  const runs: SourceRun[] = [];
  const began = new Map<string, Date>();
  const failures = await each(parentsFirst(selected), async (one, stack, before) => {
    refuseAfterParent(one, before);
    const { name, parent, followsParent } = one.source;
    const parentBegan = followsParent ? began.get(parent ?? '') : undefined;
    const execution = parentBegan === undefined
      ? await startRun(one, { stack, runId, emit })
      : await childExecution(one, { stack, since: parentBegan, emit });
    const run = await followRun(one, execution, { stack, emit });
    began.set(name, run.began);
    runs.push(run.report);
  });
  const table = runs[0] && `${runs[0].database}.${runs[0].table}`;
  return { kind: 'run', runs, failures, next: table && `datalake query "SELECT * FROM ${table} LIMIT 10"` };
}

/** Runs the deployed functions one after the other, parents first, and leaves the tables alone. */
export async function invokeAllDeployed(selected: readonly Selected[], options: DeployedOptions): Promise<RunReport> {
  const runs: SourceRun[] = [];
  const failures = await each(parentsFirst(selected), async (one, stack, before) => {
    refuseAfterParent(one, before);
    runs.push(await invokeSource(one, stack, options));
  });
  return { kind: 'run', runs, failures, next: 'datalake crawl' };
}

/** Runs the deployed crawlers one after the other. */
export async function crawlDeployed(selected: readonly Selected[], { emit }: DeployedOptions): Promise<CrawlReport> {
  const tables: CrawledTable[] = [];
  const failures = await each(selected, async ({ source }, stack) => {
    tables.push(await crawlSourceDeployed(stack, source, emit));
  });
  return { kind: 'crawl', tables, failures };
}

type Work = (one: Selected, stack: DeployedStack, failures: readonly SourceFailure[]) => Promise<void>;

async function each(selected: readonly Selected[], work: Work): Promise<SourceFailure[]> {
  const failures: SourceFailure[] = [];
  for (const one of selected) {
    try {
      await work(one, new DeployedStack(one.pipeline.stack), failures);
    } catch (error) {
      failures.push({ source: one.source.name, error: asCommandError(error, 'FAILED') });
    }
  }
  return failures;
}

async function invokeSource({ source }: Selected, stack: DeployedStack, { emit }: DeployedOptions): Promise<SourceRun> {
  const started = performance.now();
  const result = await invokeDeployed(stack, source, { runId: newRunId() }, emit);
  emit({ type: 'stage-done', source: source.name, stage: 'extract', detail: `${counted(result.records, 'record')}, ${duration(performance.now() - started)}` });
  tellWarnings(result, emit);
  return sourceRun(result, { started, database: source.table.database, catalogue: undefined });
}
