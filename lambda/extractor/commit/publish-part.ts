import { ExtractorError } from '../errors';
import { StagedPart } from './checkpoint';
import { CommitContext } from './context';
import { PART_CONTENT_TYPE } from './stage';

/**
 * Rule 8a: one server-side copy from the staging area into the table.
 *
 * @param refuseWhenSuperseded throws when another publisher has finished this commit
 */
export async function publishPart(
  context: CommitContext,
  part: StagedPart,
  to: string,
  refuseWhenSuperseded: () => Promise<void>,
): Promise<{ retried: boolean }> {
  const { store } = context;
  const outcome = await store.copy(part.key, to, {
    ifMatch: part.etag,
    contentType: PART_CONTENT_TYPE,
    metadata: { records: String(part.records), sha256: part.sha256 },
  });
  if (outcome.copied) {
    return { retried: outcome.retried };
  }
  if (outcome.source === 'missing' && await store.head(to)) {
    return { retried: false };
  }
  await refuseWhenSuperseded();
  throw new ExtractorError('DATA_MISSING', `${store.describe(part.key)} is committed but ${outcome.source}, and ${store.describe(to)} is not there: `
    + 'restore its version from the bucket', { retryable: false, details: { key: part.key, to } });
}
