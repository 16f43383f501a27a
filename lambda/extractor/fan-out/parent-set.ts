import { createHash } from 'node:crypto';
import { ParentSpec, rawPrefix, seqOfPart } from '../../../src/spec';
import { readState } from '../commit/state';
import { ExtractorError } from '../errors';
import { ListedObject, LakeStore } from '../store';

const ATTEMPTS = 5;
const PUBLISHING_SECONDS = 30;

/** The commits of the parent that a run reads. Their objects never change, so that these few bytes stand for all of them. */
export interface Pin {
  /**
   * Of a parent that appends: commits up to this one were read by earlier runs. Of a snapshot: its commit; what was
   * redriven into it has later ones.
   */
  readonly from: number;
  readonly to: number;
  /** Of the objects' keys and ETags. */
  readonly digest: string;
}

export interface ParentSet {
  readonly pin: Pin;
  readonly objects: readonly Pick<ListedObject, 'key' | 'etag'>[];
}

/** What the parent has committed last, or since the commit `from`. @throws ExtractorError when that is not all in the table yet */
export async function newestSet(store: LakeStore, parent: ParentSpec, from: number): Promise<ParentSet> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { to, extracted } = await published(store, parent);
    if (to < from) {
      throw new ExtractorError('WATERMARK_MISMATCH', `the parent "${parent.source}" ends at commit ${to}, and its records up to commit ${from} were asked for: `
        + 'it was started anew. Give the child a new name to load it anew, too', { retryable: false, details: { parent: parent.source, from, to } });
    }
    const set = await listSet(store, parent, { from: parent.reads === 'newest' ? extracted : from, to });
    // What was published meanwhile may have deleted a part of it while the list was read.
    if ((await published(store, parent)).to === to) {
      return set;
    }
  }
  throw publishing(parent);
}

/** The set that a run began with; undefined when it is not all there any more. */
export async function pinnedSet(store: LakeStore, parent: ParentSpec, pin: Pin): Promise<ParentSet | undefined> {
  const set = await listSet(store, parent, pin);
  return set.pin.digest === pin.digest ? set : undefined;
}

async function listSet(store: LakeStore, parent: ParentSpec, { from, to }: { from: number; to: number }): Promise<ParentSet> {
  const listed: { key: string; etag: string; seq: number }[] = [];
  for await (const { key, etag } of store.list(rawPrefix(parent.source))) {
    const seq = seqOfPart(key);
    if (seq !== undefined && seq <= to && (parent.reads === 'newest' ? seq >= from : seq > from)) {
      listed.push({ key, etag, seq });
    }
  }
  const partition = (key: string) => key.slice(0, key.lastIndexOf('/'));
  const snapshot = listed.find(({ seq }) => seq === from);
  // A redrive completes the snapshot of its own day, which need not be the newest one.
  const objects = listed.filter(({ key }) => parent.reads !== 'newest' || (snapshot && partition(key) === partition(snapshot.key)));
  const digest = createHash('sha256');
  objects.forEach(({ key, etag }) => digest.update(`${key} ${etag}\n`));
  return { pin: { from, to, digest: digest.digest('hex') }, objects };
}

/** The newest commit, all of which a reader of the table sees, and the newest that was no redrive. */
async function published(store: LakeStore, parent: ParentSpec): Promise<{ to: number; extracted: number }> {
  const state = (await readState(store, parent.source))?.state;
  if (state?.pending) {
    throw publishing(parent);
  }
  if (state === undefined || state.seq === 0) {
    throw new ExtractorError('PARENT_NOT_READ', `the parent "${parent.source}" has committed nothing yet: run it first`,
      { retryable: state?.open !== undefined && state.open !== null, details: { parent: parent.source } });
  }
  return { to: state.seq, extracted: state.extracted ?? state.seq };
}

const publishing = ({ source }: ParentSpec) => new ExtractorError('PARENT_BUSY',
  `the parent "${source}" is being published: try again; when its run has died, run it again, which ends the publishing`,
  { retryable: true, retryAfterSeconds: PUBLISHING_SECONDS, details: { parent: source } });
