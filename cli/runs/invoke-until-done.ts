import { setTimeout as sleep } from 'node:timers/promises';
import { RunResult } from '../../src/spec/run-result';
import { MAX_IDLE_INVOCATIONS, RETRYABLE_CODES } from '../../src/spec/workflow-plan';
import { CommandError } from '../errors';
import { Emit } from '../render/events';

const MAX_RETRIES = 8;
const RETRY_DELAY_SECONDS = 1;

export interface InvocationLoop {
  readonly source: string;
  readonly emit: Emit;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Calls the function once; throws a CommandError with the function's own code. */
  invoke(): Promise<RunResult>;
}

/** Calls the function with the same run id until the run is done, as the workflow does. */
export async function invokeUntilDone(loop: InvocationLoop): Promise<RunResult> {
  const pause = loop.sleep ?? sleep;
  let [retries, idle, pages, records] = [0, 0, -1, -1];
  for (;;) {
    const result = await attempt(loop);
    if (result instanceof CommandError) {
      if (++retries > MAX_RETRIES) {
        throw result;
      }
      if (retries === 1) {
        loop.emit({ type: 'retrying', source: loop.source, code: result.code, message: result.message });
      }
      await pause(RETRY_DELAY_SECONDS * 1000);
      continue;
    }
    if (result.done) {
      return result;
    }
    // A function of the user's own may count no pages.
    const further = result.pages > pages || result.records > records || result.retryAfterSeconds !== undefined;
    idle = further ? 0 : idle + 1;
    ({ pages, records } = result);
    if (idle >= MAX_IDLE_INVOCATIONS) {
      throw new CommandError('NO_PROGRESS', `source "${loop.source}": ${MAX_IDLE_INVOCATIONS} invocations in a row came no further than page ${pages}, record ${records}`, {
        hint: "raise the source's timeout: one page takes longer than an invocation", details: { source: loop.source, pages },
      });
    }
    if (result.retryAfterSeconds !== undefined) {
      loop.emit({ type: 'waiting', source: loop.source, seconds: result.retryAfterSeconds, reason: 'the API asked for it' });
      await pause(result.retryAfterSeconds * 1000);
    }
  }
}

async function attempt(loop: InvocationLoop): Promise<RunResult | CommandError> {
  try {
    return await loop.invoke();
  } catch (error) {
    if (error instanceof CommandError && RETRYABLE_CODES.includes(error.code)) {
      return error;
    }
    throw error;
  }
}
