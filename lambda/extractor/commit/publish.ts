import {
  PendingPublish, partitionPrefix, quarantinePartitionPrefix, quarantinePartKey, rawPartKey, seqOfPart, stagingPrefix,
} from '../../../src/spec';
import { ExtractorError } from '../errors';
import { Checkpoint, parseCheckpoint } from './checkpoint';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { inParallel } from './parallel';
import { publishPart } from './publish-part';
import { waitForQuiet } from './quiet';
import { writeResult } from './result';
import { readState, StoredState } from './state';

/** Requests of one publish under way at a time. */
const PARALLEL = 8;

/** Thrown inside a publish when another publisher has finished it: all that is left to do is done. */
export class Superseded extends Error {}

/**
 * Rule 8: brings what is committed into the table. Anyone may, at the same time as others and again
 * after a crash. Resolves when the commit is published, by this process or another one.
 */
export async function publish(context: CommitContext, stored: StoredState, role: 'committer' | 'helper'): Promise<void> {
  try {
    const marked = role === 'helper' ? await markHelped(context, stored) : stored;
    await publishPending(context, marked, marked.state.pending!);
  } catch (error) {
    if (!(error instanceof Superseded)) {
      throw error;
    }
  }
}

async function publishPending(context: CommitContext, stored: StoredState, pending: PendingPublish): Promise<void> {
  const manifest = await readManifest(context, pending);
  let retried = false;
  await inParallel(manifest.parts, PARALLEL, async (part) => {
    const keyOf = part.kind === 'quarantine' ? quarantinePartKey : rawPartKey;
    const to = keyOf(context.source, pending.date, pending.seq, pending.runId, part.key, context.stream);
    const outcome = await publishPart(context, part, to, () => refuseWhenSuperseded(context, pending));
    retried ||= outcome.retried;
  });
  if (pending.mode === 'snapshot' || manifest.replaces !== undefined) {
    await waitForQuiet(context, stored.state.quietUntil);
    const replaced = manifest.replaces ?? await olderParts(context, pending);
    await inParallel(replaced, PARALLEL, (key) => context.store.delete(key));
  }
  await deleteStaged(context, pending, manifest);
  if (pending.last) {
    await writeResult(context, pending.result);
  }
  await clearPending(context, stored, pending, retried);
  // Last of all, since a roll forward reads it; what a crash leaves here expires with the staging area.
  await context.store.delete(pending.manifest).catch((error: Error) =>
    context.log('a published checkpoint was left in the staging area', { key: pending.manifest, reason: error.message }));
}

/** A second publisher may have copies under way when the first one is done; whoever clears the commit must know. */
async function markHelped(context: CommitContext, stored: StoredState): Promise<StoredState> {
  const pending = stored.state.pending!;
  if (pending.helped) {
    return stored;
  }
  const marked = await compareAndSwap(context, stored,
    (state) => ({ ...state, pending: { ...state.pending!, helped: true } }),
    (state) => state.pending?.seq === pending.seq);
  if (!marked) {
    throw new Superseded();
  }
  return marked;
}

async function readManifest(context: CommitContext, pending: PendingPublish): Promise<Checkpoint> {
  const object = await context.store.get(pending.manifest);
  const manifest = object?.etag === pending.etag ? parseCheckpoint(object.body) : undefined;
  if (manifest) {
    return manifest;
  }
  await refuseWhenSuperseded(context, pending);
  throw new ExtractorError('DATA_MISSING', `${context.store.describe(pending.manifest)}, which lists the parts of commit ${pending.seq} (run "${pending.runId}"), `
    + 'is missing or changed: restore its version from the bucket', { retryable: false, details: { key: pending.manifest, seq: pending.seq } });
}

async function refuseWhenSuperseded(context: CommitContext, pending: PendingPublish): Promise<void> {
  const now = await readState(context.store, context.source, context.stream);
  if (now?.state.pending?.seq !== pending.seq) {
    throw new Superseded();
  }
}

/**
 * Rule 8b: the snapshot before this one, with what was quarantined of it. Never "all but mine": a publisher that was
 * stalled would delete the snapshot that followed.
 */
async function olderParts(context: CommitContext, { date, seq }: PendingPublish): Promise<string[]> {
  const older: string[] = [];
  for (const prefixOf of [partitionPrefix, quarantinePartitionPrefix]) {
    for await (const { key } of context.store.list(prefixOf(context.source, date))) {
      if ((seqOfPart(key, context.stream) ?? seq) < seq) {
        older.push(key);
      }
    }
  }
  return older;
}

/** Rule 8c: the parts first, since a copy that comes late must find its source gone before the commit counts as published. */
async function deleteStaged(context: CommitContext, pending: PendingPublish, manifest: Checkpoint): Promise<void> {
  const parts = manifest.parts.map((part) => part.key);
  await inParallel(parts, PARALLEL, (key) => context.store.delete(key));
  const rest = pending.last ? await stagedKeys(context, pending.runId) : parts.map((key) => key.replace(/\.jsonl\.gz$/, '.json'));
  await inParallel(rest.filter((key) => key !== pending.manifest), PARALLEL, (key) => context.store.delete(key));
}

/** The run is over: what its fenced attempts staged is garbage as well. */
async function stagedKeys(context: CommitContext, runId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of context.store.list(stagingPrefix(context.source, runId))) {
    keys.push(key);
  }
  return keys;
}

async function clearPending(context: CommitContext, stored: StoredState, pending: PendingPublish, retried: boolean): Promise<void> {
  // S3's Date header counts whole seconds.
  const quietUntil = () => new Date(context.store.now() + (context.quietSeconds + 1) * 1000).toISOString();
  const cleared = await compareAndSwap(context, stored,
    (state) => ({ ...state, pending: null, quietUntil: retried || state.pending!.helped ? quietUntil() : state.quietUntil }),
    (state) => state.pending?.seq === pending.seq);
  if (!cleared) {
    throw new Superseded();
  }
}
