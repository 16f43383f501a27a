import { runSource } from './execution/run-source';
import { extractSource } from './extract-source';
import { LakeFolder } from './lake-folder';
import { LocalLake, withLocalLake } from './local-lake';
import { Selected } from '../assembly/lake-model';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { RunReport, SourceFailure, SourceRun } from '../render/results';
import { parentsFirst, refuseAfterParent } from '../runs/parents-first';
import { newRunId } from '../runs/run-id';
import { extractedText, sourceRun, tellWarnings } from '../runs/source-run';

export interface LocalRunOptions {
  readonly lake: LakeFolder;
  readonly emit: Emit;
  /** Endpoints by source. */
  readonly urls: Readonly<Record<string, string>>;
  /** Port of the local S3; any free one by default. */
  readonly port?: number;
}

/** Runs the workflow of each source. */
export async function runLocally(selected: readonly Selected[], options: LocalRunOptions): Promise<RunReport> {
  const runs = await each(selected, options, async (one, lake) => runSource(one, { lake, emit: options.emit, url: options.urls[one.source.name] }));
  return { ...runs, next: queryCommand(selected[0]) };
}

/** Runs the function of each source, and leaves the tables alone. */
export async function invokeLocally(selected: readonly Selected[], options: LocalRunOptions): Promise<RunReport> {
  return { ...await each(selected, options, async (one, lake) => invokeSource(one, lake, options)), next: 'datalake crawl --local' };
}

type Work = (one: Selected, lake: LocalLake) => Promise<SourceRun>;

/** One after the other, parents first; one that fails keeps none but its children from running. */
async function each(selected: readonly Selected[], { lake: folder, port }: LocalRunOptions, work: Work): Promise<RunReport> {
  return withLocalLake(folder, port, async (lake) => {
    const runs: SourceRun[] = [];
    const failures: SourceFailure[] = [];
    for (const one of parentsFirst(selected)) {
      try {
        refuseAfterParent(one, failures);
        runs.push(await work(one, lake));
      } catch (error) {
        failures.push({ source: one.source.name, error: asCommandError(error, 'RUN_FAILED') });
      }
    }
    return { kind: 'run', runs, failures };
  });
}

async function invokeSource({ source }: Selected, lake: LocalLake, { emit, urls }: LocalRunOptions): Promise<SourceRun> {
  const started = performance.now();
  const runId = newRunId();
  emit({ type: 'stage', source: source.name, stage: 'extract', detail: `run ${runId}` });
  const result = await extractSource(source, { lake, runId, emit, url: urls[source.name] });
  emit({ type: 'stage-done', source: source.name, stage: 'extract', detail: extractedText(result, performance.now() - started) });
  tellWarnings(result, emit);
  return sourceRun(result, { started, database: source.table.database, catalogue: undefined });
}

export function queryCommand(first: Selected | undefined): string | undefined {
  const named = first?.pipeline.workgroup.queries[0];
  return first && (named === undefined
    ? `datalake query --local "SELECT * FROM ${first.source.name} LIMIT 10"`
    : `datalake query --local --named ${named.name}`);
}
