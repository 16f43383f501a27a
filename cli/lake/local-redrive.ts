import { extractSource } from './extract-source';
import { LakeFolder } from './lake-folder';
import { crawlSource } from './local-catalogue';
import { withLocalLake } from './local-lake';
import { Selected } from '../assembly/lake-model';
import { Emit } from '../render/events';
import { RunReport } from '../render/results';
import { redriveReport } from '../runs/redrive-report';

export interface LocalRedriveOptions {
  readonly lake: LakeFolder;
  readonly emit: Emit;
  readonly corrections: readonly (readonly string[])[];
}

/** Redrives a source's quarantine in the local lake. */
export async function redriveLocally({ source }: Selected, { lake: folder, emit, corrections }: LocalRedriveOptions): Promise<RunReport> {
  folder.require();
  return withLocalLake(folder, undefined, (lake) => redriveReport({
    source,
    corrections,
    emit,
    redrive: async (runId, redrive) => extractSource(source, { lake, runId, emit, redrive }),
    catalogue: async () => crawlSource(source, folder, emit),
  }));
}
