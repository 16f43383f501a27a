import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: together well below the function's time. */
const DELAYS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Another change was under way, or a grant that was made a moment ago is not seen everywhere yet. */
const PASSING = ['ConcurrentModificationException', 'AccessDeniedException', 'OperationTimeoutException', 'InternalServiceException'];

/** Repeats a call that fails for a reason that passes. */
export async function patiently<T>(call: () => Promise<T>, [delay, ...later]: readonly number[] = DELAYS): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (delay === undefined || !PASSING.includes((error as Error).name)) {
      throw error;
    }
    await sleep(delay);
    return patiently(call, later);
  }
}
