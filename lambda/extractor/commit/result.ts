import { RunResult, runResultKey } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { CommitContext } from './context';
import { putOnce } from './put-once';

/** Rule 3: what an earlier attempt of this run returned. */
export async function readResult({ store, source }: CommitContext, runId: string): Promise<RunResult | undefined> {
  const key = runResultKey(source, runId);
  const object = await store.get(key);
  try {
    return object && JSON.parse(object.body.toString('utf8')) as RunResult;
  } catch (error) {
    throw new ExtractorError('RESULT_CORRUPT', `${store.describe(key)} is not JSON: the run is done and its data is in the table; use a new run id`,
      { retryable: false, details: { key }, cause: error });
  }
}

/** Rule 8d: the same bytes whoever publishes, so that a second publisher finds its own. */
export async function writeResult(context: CommitContext, result: RunResult): Promise<void> {
  const key = runResultKey(context.source, result.runId);
  await putOnce(context, { key, body: Buffer.from(JSON.stringify(result)), contentType: 'application/json' });
}
