import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExecutionRequest, runSource } from './execution/run-source';
import { LakeFolder } from './lake-folder';
import { withLocalLake } from './local-lake';
import { queryCommand } from './local-run';
import { backfillKey, runResultKey } from '../../src/spec/object-keys';
import { Selected } from '../assembly/lake-model';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { RunReport } from '../render/results';

export interface LocalRequestOptions {
  readonly lake: LakeFolder;
  readonly emit: Emit;
  readonly request: ExecutionRequest;
  /** Replaces the endpoint. */
  readonly url?: string;
  readonly port?: number;
}

/** Runs one execution of a source's workflow, for a backfill or a replay. */
export async function requestLocally(selected: Selected, { lake: folder, port, ...options }: LocalRequestOptions): Promise<RunReport> {
  return withLocalLake(folder, port, async (lake) => {
    try {
      return { kind: 'run', runs: [await runSource(selected, { lake, ...options })], failures: [], next: queryCommand(selected) };
    } catch (error) {
      return { kind: 'run', runs: [], failures: [{ source: selected.source.name, error: asCommandError(error, 'RUN_FAILED') }] };
    }
  });
}

/** The sources that have a result of this run. */
export function sourcesOfRun(sources: readonly Selected[], runId: string, lake: LakeFolder): readonly Selected[] {
  return sources.filter(({ source: { name, table } }) =>
    [runResultKey(name, runId), backfillKey(name, runId)].some((key) => existsSync(join(lake.bucket(table.bucket), key))));
}
