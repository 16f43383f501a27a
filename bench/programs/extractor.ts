/** Invocations of the extractor's bundle; the last one counts. The start of the process is not in the time. */
import { createRequire } from 'node:module';
import { options, timed } from '../support/program-end';

const TIMEOUT_MS = 900_000;

interface Result {
  readonly done: boolean;
  readonly records: number;
}

const { bundle, invocations } = options<{ bundle: string; invocations: number }>();
const { handler } = createRequire(__filename)(bundle) as { handler(event: object, context: object): Promise<Result> };

async function invoke(number: number): Promise<{ records: number }> {
  const end = performance.now() + TIMEOUT_MS;
  const context = { functionName: 'bench', awsRequestId: `bench-${number}`, getRemainingTimeInMillis: () => end - performance.now() };
  const { done, records } = await handler({}, context);
  if (!done) {
    throw new Error('the extraction did not end within one invocation');
  }
  return { records };
}

async function main(): Promise<void> {
  for (let number = 1; number < invocations; number++) {
    await invoke(number);
  }
  await timed(async () => invoke(invocations));
  process.exit();
}

void main();
