import { readJson, readRecord } from './backfill-store';
import { FindRunRequest, isBackfillId, rawPrefix, RunResult, runResultKey, runResultPrefix, RUN_ID_PATTERN } from '../../../src/spec';
import { LakeStore } from '../../extractor/store';
import { CatalogError } from '../errors';

const MOST_TOLD = 3;

/** The result of a run that is over, all of whose records stand in the table still. */
export async function findRun({ source, runId }: FindRunRequest, { store }: { store: LakeStore }): Promise<RunResult> {
  if (typeof runId !== 'string' || !RUN_ID_PATTERN.test(runId)) {
    throw new CatalogError('REPLAY_INVALID', `replay: got ${JSON.stringify(runId)}, expected the id of a run`);
  }
  const result = isBackfillId(runId)
    ? (await readRecord(store, source, runId))?.result
    : await readJson<RunResult>(store, runResultKey(source, runId));
  if (result === undefined) {
    throw await unknown(store, source, runId);
  }
  await requireObjects(store, source, runId, result);
  return result;
}

async function unknown(store: LakeStore, source: string, runId: string): Promise<CatalogError> {
  const prefix = runResultPrefix(source);
  const known: string[] = [];
  for await (const { key } of store.list(prefix)) {
    known.push(key.slice(prefix.length, -'.json'.length));
  }
  const others = known.length === 0 ? 'none is there' : `there are ${known.slice(-MOST_TOLD).join(', ')}${known.length > MOST_TOLD ? ' and others' : ''}`;
  return new CatalogError('RUN_UNKNOWN', `source "${source}" has no complete run "${runId}" in ${store.describe(prefix)}: ${others}. `
    + 'A run that did not come to its end is not replayed but started again, by its id');
}

async function requireObjects(store: LakeStore, source: string, runId: string, { partition, parts }: RunResult): Promise<void> {
  // A window of a backfill has a run of its own, whose id begins with the backfill's.
  const own = new RegExp(`^\\d{10}-${runId}${isBackfillId(runId) ? '-\\d{4}' : ''}-\\d{6}-\\d{6}\\.jsonl\\.gz$`);
  const others = new Set<string>();
  let found = 0;
  for await (const { key } of store.list(`${rawPrefix(source)}${partition}/`)) {
    const name = /\d{10}-(.*)-\d{6}-\d{6}\.jsonl\.gz$/.exec(key);
    if (name && own.test(name[0])) {
      found++;
    } else if (name) {
      others.add(name[1]);
    }
  }
  if (found < parts) {
    const instead = others.size === 0 ? 'the partition holds no other run' : `the partition holds ${[...others].slice(-MOST_TOLD).join(', ')}`;
    throw new CatalogError('RUN_GONE', `${parts - found} of the ${parts} objects of run "${runId}" are gone from ${store.describe(`${rawPrefix(source)}${partition}/`)}: `
      + `a later snapshot has replaced them, or they were deleted; ${instead}`);
  }
}
