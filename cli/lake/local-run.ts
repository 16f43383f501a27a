import { extractSource } from './extract-source';
import { LakeFolder } from './lake-folder';
import { catalogueRun } from './local-catalogue';
import { LocalLake, withLocalLake } from './local-lake';
import { Selected } from '../assembly/lake-model';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { bytes, counted, duration } from '../render/format';
import { RunReport, SourceFailure, SourceRun } from '../render/results';
import { parentsFirst, refuseAfterParent } from '../runs/parents-first';
import { newRunId } from '../runs/run-id';
import { sourceRun, tellWarnings } from '../runs/source-run';

export interface LocalRunOptions {
  readonly lake: LakeFolder;
  readonly emit: Emit;
  /** Endpoints by source. */
  readonly urls: Readonly<Record<string, string>>;
  /** Port of the local S3; any free one by default. */
  readonly port?: number;
  /** Whether the tables follow the extraction. */
  readonly catalogue: boolean;
}

/** Runs sources one after the other, parents first; one that fails keeps none but its children from running. */
export async function runLocally(selected: readonly Selected[], options: LocalRunOptions): Promise<RunReport> {
  return withLocalLake(options.lake, options.port, async (lake) => {
    const runs: SourceRun[] = [];
    const failures: SourceFailure[] = [];
    for (const one of parentsFirst(selected)) {
      try {
        refuseAfterParent(one, failures);
        runs.push(await runSource(one, lake, options));
      } catch (error) {
        failures.push({ source: one.source.name, error: asCommandError(error, 'RUN_FAILED') });
      }
    }
    return { kind: 'run', runs, failures, next: nextCommand(selected, options) };
  });
}

async function runSource({ source }: Selected, lake: LocalLake, options: LocalRunOptions): Promise<SourceRun> {
  const { emit } = options;
  const started = performance.now();
  const runId = newRunId();
  const url = options.urls[source.name];
  emit({ type: 'stage', source: source.name, stage: 'extract', detail: `run ${runId}` });
  const result = await extractSource(source, { lake, runId, emit, url });
  emit({
    type: 'stage-done',
    source: source.name,
    stage: 'extract',
    detail: `${counted(result.records, 'record')} from ${counted(result.pages, 'page')}, ${bytes(result.bytes)} stored, ${duration(performance.now() - started)}`,
  });
  tellWarnings(result, emit);
  const catalogue = options.catalogue ? await catalogueRun(source, result, lake.folder, emit) : undefined;
  return sourceRun(result, { started, database: source.crawler.database, catalogue });
}

function nextCommand(selected: readonly Selected[], { catalogue }: LocalRunOptions): string | undefined {
  const first = selected[0];
  if (first === undefined) {
    return undefined;
  }
  if (!catalogue) {
    return 'datalake crawl --local';
  }
  const named = first.pipeline.workgroup.queries[0];
  return named === undefined
    ? `datalake query --local "SELECT * FROM ${first.source.name} LIMIT 10"`
    : `datalake query --local --named ${named.name}`;
}
