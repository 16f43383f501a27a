/** One invocation of the extractor's bundle; the start of the process is not in the time, as it is not in a warm function's. */
import { options, timed } from '../support/program-end';

const TIMEOUT_MS = 900_000;

interface Result {
  readonly done: boolean;
  readonly records: number;
}

const { handler } = require(options<{ bundle: string }>().bundle) as { handler(event: object, context: object): Promise<Result> };

void timed(async () => {
  const end = performance.now() + TIMEOUT_MS;
  const context = { functionName: 'bench', awsRequestId: 'bench', getRemainingTimeInMillis: () => end - performance.now() };
  const { done, records } = await handler({ runId: 'bench' }, context);
  if (!done) {
    throw new Error('the extraction did not end within one invocation');
  }
  return { records };
}).then(() => process.exit());
