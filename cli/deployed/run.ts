import { crawlSourceDeployed } from './crawl';
import { DeployedStack } from './deployed-stack';
import { invokeDeployed } from './invoke';
import { Selected } from '../assembly/lake-model';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { counted, duration } from '../render/format';
import { CrawledTable, CrawlReport, RunReport, SourceFailure, SourceRun } from '../render/results';
import { parentsFirst, refuseAfterParent } from '../runs/parents-first';
import { newRunId } from '../runs/run-id';
import { sourceRun, tellWarnings } from '../runs/source-run';

export interface DeployedRunOptions {
  readonly emit: Emit;
  /** Whether the crawlers follow. */
  readonly catalogue: boolean;
}

/** Invokes the deployed functions one after the other, parents first; one that fails keeps none but its children from running. */
export async function runDeployed(selected: readonly Selected[], options: DeployedRunOptions): Promise<RunReport> {
  const runs: SourceRun[] = [];
  const failures = await each(parentsFirst(selected), async (one, stack, before) => {
    refuseAfterParent(one, before);
    runs.push(await runSource(one, stack, options));
  });
  return { kind: 'run', runs, failures, next: options.catalogue ? undefined : 'datalake crawl' };
}

/** Runs the deployed crawlers one after the other. */
export async function crawlDeployed(selected: readonly Selected[], { emit }: { emit: Emit }): Promise<CrawlReport> {
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

async function runSource({ source }: Selected, stack: DeployedStack, { emit, catalogue }: DeployedRunOptions): Promise<SourceRun> {
  const started = performance.now();
  const result = await invokeDeployed(stack, source, { runId: newRunId() }, emit);
  emit({ type: 'stage-done', source: source.name, stage: 'extract', detail: `${counted(result.records, 'record')}, ${duration(performance.now() - started)}` });
  tellWarnings(result, emit);
  const table = catalogue ? await crawlSourceDeployed(stack, source, emit) : undefined;
  return sourceRun(result, {
    started,
    database: table?.database ?? source.table.database,
    catalogue: table === undefined ? undefined : source.crawler ? 'crawled' : 'declared',
  });
}
