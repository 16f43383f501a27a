import { StagedPart } from './checkpoint';
import { CommitContext } from './context';
import { putOnce } from './put-once';
import { stagedPartKey } from '../../../src/spec';

/** One finished part: whole lines in one gzip member. */
export interface StageablePart {
  readonly body: Buffer;
  readonly records: number;
  /** Of the body, hex. */
  readonly sha256: string;
  /** @default - the part is the table's */
  readonly kind?: StagedPart['kind'];
}

// Not `Content-Encoding: gzip`: readers that honour it would unpack what the name calls .gz.
export const PART_CONTENT_TYPE = 'application/gzip';

/** Rule 6: makes one part durable where no reader of the table sees it. */
export async function stagePart(context: CommitContext, runId: string, epoch: number, number: number, part: StageablePart): Promise<StagedPart> {
  const key = stagedPartKey(context.source, runId, epoch, number);
  const etag = await putOnce(context, {
    key,
    body: part.body,
    sha256: part.sha256,
    contentType: PART_CONTENT_TYPE,
    metadata: { records: String(part.records) },
  });
  return { ...(part.kind && { kind: part.kind }), key, etag, sha256: part.sha256, records: part.records, bytes: part.body.length };
}
