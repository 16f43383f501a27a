import { partitionPrefix, seqOfPart, streamNamePrefix } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { CommitContext } from './context';
import { readState, StoredState } from './state';

/**
 * Refuses a state that is older than the table: an earlier version of it was restored. The next commit would
 * take a sequence number that the partition holds already, and neither replace nor know what stands there.
 * False when the state has moved on meanwhile: then it has to be looked at again.
 */
export async function fitsTable(context: CommitContext, { state, etag }: StoredState, date: string): Promise<boolean> {
  const { store, source, stream } = context;
  for await (const { key } of store.list(`${partitionPrefix(source, date)}${streamNamePrefix(stream)}`)) {
    const seq = seqOfPart(key, stream);
    if (seq === undefined || seq <= state.seq) {
      continue;
    }
    const now = await readState(store, source, stream);
    if (now?.etag !== etag) {
      return false; // another run has committed and published since the state was read
    }
    throw new ExtractorError('STATE_ROLLED_BACK', `the state of source "${source}" ends at commit ${state.seq}, and the table holds commit ${seq} (${store.describe(key)}): `
      + 'an older version of the state was restored. Restore its newest version, or delete the newer objects to read that data again',
    { retryable: false, details: { source, seq: state.seq, key } });
  }
  return true;
}
