import { ExtractorError } from '../errors';
import { CommitContext } from './context';

/** Rule 8b: no deletion while a copy of an earlier, disturbed publish may still arrive. */
export async function waitForQuiet(context: CommitContext, quietUntil: string | null): Promise<void> {
  const until = quietUntil === null ? 0 : Date.parse(quietUntil);
  for (let leftMs = until - context.store.now(); leftMs > 0; leftMs = until - context.store.now()) {
    if (leftMs > context.timeLeftMs()) {
      throw new ExtractorError('PUBLISH_LATER', `source "${context.source}": committed data waits until ${quietUntil} to replace older data: call again with the same run id`,
        { retryable: true, retryAfterSeconds: Math.ceil(leftMs / 1000), details: { source: context.source, quietUntil } });
    }
    context.log('waiting for copies of an interrupted publish', { quietUntil, seconds: Math.ceil(leftMs / 1000) });
    await context.timing.sleep(leftMs);
  }
}
