import { createHash } from 'node:crypto';
import { ExtractorError } from '../errors';
import { CommitContext } from './context';
import { backoff } from './timing';
import { PutOutcome, StoredObject } from '../store/lake-store';

const ATTEMPTS = 5;

export interface ImmutableObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** SHA-256 of the body, hex; computed when left out. */
  readonly sha256?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes an object that never changes, and returns its ETag. An object that stands there already
 * with the same SHA-256 is this very write, whose answer was lost.
 *
 * @throws ExtractorError OBJECT_DIFFERS when something else stands there.
 */
export async function putOnce(context: CommitContext, object: ImmutableObject): Promise<string> {
  const { store, timing } = context;
  const sha256 = object.sha256 ?? createHash('sha256').update(object.body).digest('hex');
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await store.put(object.key, object.body, {
      ifNoneMatch: '*',
      contentType: object.contentType,
      metadata: { ...object.metadata, sha256 },
      sha256,
    }).catch((error): PutOutcome => {
      failure = error;
      if (error instanceof ExtractorError && error.retryable) {
        return 'refused';
      }
      throw error;
    });
    if (outcome !== 'refused') {
      return outcome.etag;
    }
    const found = await store.head(object.key);
    if (found) {
      return sameOrThrow(context, object.key, found, sha256);
    }
    await backoff(timing, attempt);
  }
  throw failure ?? new ExtractorError('STORE_UNAVAILABLE', `${store.describe(object.key)} was refused ${ATTEMPTS} times and is not there: try again`, { retryable: true });
}

function sameOrThrow(context: CommitContext, key: string, found: Omit<StoredObject, 'body'>, sha256: string): string {
  if (found.metadata.sha256 !== sha256) {
    throw new ExtractorError('OBJECT_DIFFERS', `${context.store.describe(key)} already holds something else (sha256 ${found.metadata.sha256 ?? 'unknown'}, expected ${sha256}): `
      + 'two writers took one name, which is a fault of this program or of a foreign writer. Nothing was overwritten', { retryable: false, details: { key } });
  }
  return found.etag;
}
