import { CommitContext } from './context';
import { putOnce } from './put-once';
import { Position, stagingPrefix } from '../../../src/spec';

/** What a run has read since its base. */
export interface Counts {
  readonly records: number;
  readonly pages: number;
  readonly quarantined: number;
  /** Records left out because they came before. */
  readonly skipped?: number;
  /** Pages that response rules left out. */
  readonly skippedPages?: number;
}

export interface StagedPart {
  /** Where it goes when it is published; absent: into the table. */
  readonly kind?: 'quarantine';
  readonly key: string;
  readonly etag: string;
  readonly sha256: string;
  readonly records: number;
  readonly bytes: number;
}

/** `_staging/<source>/<runId>/<epoch>-<part>.json`: all that the run has made durable since its base. */
export interface Checkpoint {
  readonly version: typeof CHECKPOINT_VERSION;
  readonly source: string;
  readonly runId: string;
  readonly base: Position | null;
  /**
   * The state's seq at the base. The base itself does not tell whether another run has committed
   * since; then the schema below is stale, and a snapshot would replace a newer one.
   */
  readonly baseSeq: number;
  readonly next: Position | null;
  /** Nothing is left to read. */
  readonly end: boolean;
  readonly schema: unknown;
  readonly counts: Counts;
  readonly parts: readonly StagedPart[];
  /** Digest of the contract that judged the records; absent: there was none. */
  readonly contract?: string;
  /** Published objects that this commit replaces, by name: what a redrive has read of the quarantine. */
  readonly replaces?: readonly string[];
}

export const CHECKPOINT_VERSION = 1;

/** Rule 6: written after its parts are acknowledged. */
export async function writeCheckpoint(context: CommitContext, key: string, checkpoint: Checkpoint): Promise<StoredCheckpoint> {
  const etag = await putOnce(context, { key, body: Buffer.from(JSON.stringify(checkpoint)), contentType: 'application/json' });
  return { key, etag, checkpoint };
}

/** Undefined for anything but a checkpoint of this version. */
export function parseCheckpoint(body: Buffer): Checkpoint | undefined {
  try {
    const value = JSON.parse(body.toString('utf8')) as Checkpoint | null;
    return value?.version === CHECKPOINT_VERSION && Array.isArray(value.parts) ? value : undefined;
  } catch {
    return undefined;
  }
}

export interface StoredCheckpoint {
  readonly key: string;
  readonly etag: string;
  readonly checkpoint: Checkpoint;
}

/**
 * Rule 5: the checkpoint of this run and base that got furthest. Everything else that is staged is garbage, and so is
 * what another contract has judged.
 */
export async function furthestCheckpoint(
  context: CommitContext,
  runId: string,
  baseSeq: number,
  contract: string | undefined,
): Promise<StoredCheckpoint | undefined> {
  const staged = await listStaged(context, runId);
  let furthest: StoredCheckpoint | undefined;
  for (const key of staged.lastCheckpoints) {
    const object = await context.store.get(key);
    const checkpoint = object && parseCheckpoint(object.body);
    // Staged objects expire: a checkpoint without its parts is worth nothing.
    const usable = checkpoint?.baseSeq === baseSeq && checkpoint.contract === contract
      && checkpoint.parts.every((part) => staged.etags.get(part.key) === part.etag);
    if (usable && (!furthest || isFurther(checkpoint, furthest.checkpoint))) {
      furthest = { key, etag: object!.etag, checkpoint };
    }
  }
  return furthest;
}

/** Whether an interrupted run goes on from `a` rather than from `b`. */
export function isFurther(a: Checkpoint, b: Checkpoint): boolean {
  return a.end !== b.end ? a.end : a.counts.pages > b.counts.pages;
}

/** ETags of all staged objects, and each epoch's last checkpoint: checkpoints of an epoch are cumulative and written in order. */
async function listStaged(context: CommitContext, runId: string): Promise<{ etags: Map<string, string>; lastCheckpoints: Iterable<string> }> {
  const etags = new Map<string, string>();
  const last = new Map<number, { key: string; number: number }>();
  for await (const { key, etag } of context.store.list(stagingPrefix(context.source, runId))) {
    etags.set(key, etag);
    const name = /\/(\d+)-(\d+)\.json$/.exec(key);
    if (name && Number(name[2]) >= (last.get(Number(name[1]))?.number ?? 0)) {
      last.set(Number(name[1]), { key, number: Number(name[2]) });
    }
  }
  return { etags, lastCheckpoints: [...last.values()].map((entry) => entry.key) };
}

