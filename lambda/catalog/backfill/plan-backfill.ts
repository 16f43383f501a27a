import { createHash } from 'node:crypto';
import { readDone, readRecord } from './backfill-store';
import {
  backfillKey, BackfillRecord, backfillWindows, DEFAULT_BACKFILL_CONCURRENCY, planBackfill, PlanBackfillRequest, PlannedBackfill, windowRunId,
} from '../../../src/spec';
import { LakeStore } from '../../extractor/store';
import { CatalogError } from '../errors';

/** Notes the backfill, or finds the one that was started before, and tells what of it is left to read. */
export async function planBackfillOf(request: PlanBackfillRequest, { store }: { store: LakeStore }): Promise<PlannedBackfill> {
  const { source, unit, backfill } = request;
  const plan = planBackfill(backfill, unit, store.now());
  if (!('from' in plan)) {
    throw new CatalogError('BACKFILL_INVALID', plan.join('; '));
  }
  const digest = createHash('sha256').update(JSON.stringify([source, plan.from, plan.to, plan.step])).digest('hex');
  const id = `backfill-${digest.slice(0, 12)}`;
  const { scheduledTime } = await note(store, { source, id, unit, ...plan, scheduledTime: new Date(store.now()).toISOString() });
  const windows = backfillWindows(plan, unit);
  const done = await readDone(store, source, id);
  return {
    id,
    scheduledTime,
    concurrency: backfill.concurrency ?? DEFAULT_BACKFILL_CONCURRENCY,
    total: windows.length,
    windows: windows.filter(({ n }) => !done.has(windowRunId(id, n))),
  };
}

/** Of two that start at once, the first one counts. */
async function note(store: LakeStore, record: BackfillRecord): Promise<BackfillRecord> {
  const { source, id } = record;
  const known = await readRecord(store, source, id);
  if (known) {
    return known;
  }
  await store.put(backfillKey(source, id), Buffer.from(JSON.stringify(record)), { ifNoneMatch: '*', contentType: 'application/json' });
  return await readRecord(store, source, id) ?? record;
}
