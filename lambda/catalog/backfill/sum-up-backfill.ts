import { readDone, readJson, readRecord } from './backfill-store';
import {
  backfillFailureKey, backfillKey, BackfillRecord, BackfillSum, BackfillWindow, backfillWindows, RunResult, runResultKey, SumUpBackfillRequest,
  windowRunId, WindowFailure,
} from '../../../src/spec';
import { inParallel } from '../../extractor/commit/parallel';
import { readState } from '../../extractor/commit/state';
import { SchemaTree } from '../../extractor/scan';
import { LakeStore } from '../../extractor/store';
import { absorb } from '../absorb-schema';
import { CatalogError } from '../errors';

const PARALLEL = 16;
/** Windows, warnings that are told one by one. */
const MOST_TOLD = 3;
const MOST_WARNINGS = 20;
const MAX_CAUSE = 300;

/** What the windows have brought together; or which are missing, and why. */
export async function sumUpBackfill(request: SumUpBackfillRequest, { store }: { store: LakeStore }): Promise<BackfillSum> {
  const { source, id } = request;
  const record = await readRecord(store, source, id);
  if (record === undefined) {
    throw new CatalogError('BACKFILL_UNKNOWN', `${store.describe(backfillKey(source, id))} is not there: start the backfill again`);
  }
  const windows = backfillWindows(record, record.unit);
  const done = await readDone(store, source, id);
  const missing = windows.filter(({ n }) => !done.has(windowRunId(id, n)));
  return missing.length > 0 ? { problem: await problemOf(store, record, missing, windows.length) } : complete(store, record, windows);
}

async function problemOf(store: LakeStore, { source, id }: BackfillRecord, missing: readonly BackfillWindow[], total: number): Promise<string> {
  const told: string[] = [];
  for (const { n, from, to } of missing) {
    const failure = told.length < MOST_TOLD ? await readJson<WindowFailure>(store, backfillFailureKey(source, id, windowRunId(id, n))) : undefined;
    if (failure) {
      told.push(`${from} to ${to}: ${failure.error}: ${failure.cause.slice(0, MAX_CAUSE)}`);
    }
  }
  const first = `the first one is ${missing[0].from} to ${missing[0].to}`;
  return `${missing.length} of ${total} windows of ${id} are not read; ${told.join('; ') || first}. Start it again: windows that are read are kept`;
}

/** Stored as one run, so that it can be replayed, and with its schema, so that the table gets its columns. */
async function complete(store: LakeStore, record: BackfillRecord, windows: readonly BackfillWindow[]): Promise<BackfillSum> {
  const { source, id } = record;
  const schema = new SchemaTree();
  const results: RunResult[] = [];
  await inParallel(windows, PARALLEL, async ({ n }) => {
    const runId = windowRunId(id, n);
    const [result, stored] = await Promise.all([readJson<RunResult>(store, runResultKey(source, runId)), readState(store, source, runId)]);
    results.push(result!);
    absorb(schema.root, SchemaTree.fromJSON(stored?.state.schema).root);
  });
  const result = sumOf(record, results, schema.hash());
  const body = Buffer.from(JSON.stringify({ ...record, result, schema: schema.toJSON() }));
  await store.put(backfillKey(source, id), body, { contentType: 'application/json' });
  return { result };
}

function sumOf({ source, id }: BackfillRecord, results: readonly RunResult[], schemaHash: string): RunResult {
  const sum = (count: (result: RunResult) => number | undefined) => results.reduce((total, result) => total + (count(result) ?? 0), 0);
  const warnings = [...new Set(results.flatMap((result) => result.warnings ?? []))].slice(0, MOST_WARNINGS);
  return {
    source,
    runId: id,
    done: true,
    records: sum(({ records }) => records),
    quarantined: sum(({ quarantined }) => quarantined),
    bytes: sum(({ bytes }) => bytes),
    parts: sum(({ parts }) => parts),
    pages: sum(({ pages }) => pages),
    schemaChanged: true,
    schemaHash,
    partition: results[0].partition,
    ...(warnings.length > 0 && { warnings }),
  };
}
