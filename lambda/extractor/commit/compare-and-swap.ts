import { SourceState, stateKey } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { CommitContext } from './context';
import { newNonce } from './nonce';
import { encodeState, readState, StoredState } from './state';
import { backoff } from './timing';
import { PutOutcome } from '../store/lake-store';

const ATTEMPTS = 12;

/**
 * Changes the state, once, if nobody changed it since `current` was read. When someone did, or when
 * the answer was lost, it reads again: its own nonce there means that it has won; a state for which
 * `stillMine` holds is tried again; any other means undefined, and nothing was written.
 */
export async function compareAndSwap(
  context: CommitContext,
  current: StoredState,
  change: (state: SourceState) => SourceState,
  stillMine: (state: SourceState) => boolean,
): Promise<StoredState | undefined> {
  // Every attempt's nonce: an attempt whose answer was lost may still arrive while a later one is refused.
  const nonces = new Set<string>();
  let base = current;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const state = { ...change(base.state), nonce: newNonce() };
    nonces.add(state.nonce);
    const outcome = await tryPut(context, state, base.etag);
    if (outcome !== 'refused' && outcome !== 'unknown') {
      return { state, etag: outcome.etag };
    }
    const found = await readState(context.store, context.source, context.stream);
    if (found && nonces.has(found.state.nonce)) {
      return found;
    }
    if (!found || !(found.etag === base.etag || stillMine(found.state))) {
      return undefined;
    }
    base = found;
    await backoff(context.timing, attempt);
  }
  throw new ExtractorError('STATE_CONTENDED', `${context.store.describe(stateKey(context.source, context.stream))} changed ${ATTEMPTS} times while it was written: try again`,
    { retryable: true, details: { source: context.source } });
}

async function tryPut(context: CommitContext, state: SourceState, etag: string): Promise<PutOutcome | 'unknown'> {
  try {
    return await context.store.put(stateKey(context.source, context.stream), encodeState(state), { ifMatch: etag, contentType: 'application/json' });
  } catch (error) {
    if (error instanceof ExtractorError && error.retryable) {
      return 'unknown';
    }
    throw error;
  }
}
