/** setTimeout takes no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Work that is given up when its time is over, or when the signal around it is aborted. The signal that it gets tells it so;
 * nobody waits for work that does not listen.
 */
export async function within<T>(
  seconds: number | undefined, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>, timeout: () => Error,
): Promise<T> {
  outer.throwIfAborted();
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  const timer = seconds === undefined ? undefined : setTimeout(() => own.abort(timeout()), Math.min(seconds * 1000, MAX_TIMER_MS));
  try {
    return await Promise.race([work(signal), aborted(signal)]);
  } finally {
    clearTimeout(timer);
  }
}

const aborted = async (signal: AbortSignal) => new Promise<never>((_done, fail) => {
  signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
});
