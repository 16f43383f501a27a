import { mkdirSync } from 'node:fs';
import { FunctionLog } from './function-log';
import { lakeOverrides, sourceOverrides } from './function-overrides';
import { LocalFunction } from './local-function';
import { LocalLake } from './local-lake';
import { provideAssets } from './provide-assets';
import { requireLocal, requireObjects } from './source-checks';
import { RedriveRequest, RunRequest, RunResult } from '../../src/spec/run-result';
import { Source } from '../assembly/lake-model';
import { Emit } from '../render/events';
import { checkedResult } from '../runs/checked-result';
import { invokeUntilDone } from '../runs/invoke-until-done';

export interface ExtractOptions {
  readonly lake: LocalLake;
  readonly runId: string;
  readonly emit: Emit;
  /** Replaces the endpoint. */
  readonly url?: string;
  /** Takes the records from the quarantine. */
  readonly redrive?: RedriveRequest;
}

/** Runs the bundled function of a source on this machine until the run is done. */
export async function extractSource(source: Source, { lake, runId, emit, url, redrive }: ExtractOptions): Promise<RunResult> {
  requireLocal(source);
  const overrides = { ...lakeOverrides(lake), ...sourceOverrides(source, url) };
  mkdirSync(lake.folder.bucket(source.table.bucket), { recursive: true });
  provideAssets(source.function, lake.folder);
  const log = new FunctionLog(lake.folder.log(source.name, runId), source.name, emit);
  const extractor = await LocalFunction.start(source.function, { overrides, log, secrets: source.custom });
  try {
    const result = await invokeUntilDone({ source: source.name, emit, invoke: () => invokeOnce(extractor, source, { runId, redrive }) });
    requireObjects(source, result, lake.folder);
    return result;
  } finally {
    await extractor.close();
    log.close();
  }
}

async function invokeOnce(extractor: LocalFunction, source: Source, request: RunRequest & { runId: string }): Promise<RunResult> {
  const outcome = await extractor.invoke(request);
  if ('error' in outcome) {
    throw extractor.explain(source.name);
  }
  return checkedResult(outcome.payload, source, request.runId);
}
