import { backfillKey, BackfillRecord, backfillsPrefix, runResultPrefix } from '../../../src/spec';
import { LakeStore } from '../../extractor/store';

export async function readJson<T>(store: LakeStore, key: string): Promise<T | undefined> {
  const object = await store.get(key);
  return object && JSON.parse(object.body.toString('utf8')) as T;
}

export const readRecord = async (store: LakeStore, source: string, id: string) => readJson<BackfillRecord>(store, backfillKey(source, id));

/** Run ids of a backfill's windows that are read. */
export async function readDone(store: LakeStore, source: string, id: string): Promise<ReadonlySet<string>> {
  const runs = runResultPrefix(source);
  const done = new Set<string>();
  for await (const { key } of store.list(`${runs}${id}-`)) {
    done.add(key.slice(runs.length, -'.json'.length));
  }
  return done;
}

/** A source's backfills that are complete. */
export async function readComplete(store: LakeStore, source: string): Promise<BackfillRecord[]> {
  const complete: BackfillRecord[] = [];
  for await (const { key } of store.list(backfillsPrefix(source))) {
    const record = key.slice(backfillsPrefix(source).length).includes('/') ? undefined : await readJson<BackfillRecord>(store, key);
    if (record?.result) {
      complete.push(record);
    }
  }
  return complete;
}
