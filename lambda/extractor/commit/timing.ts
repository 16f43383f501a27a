import { setTimeout as delay } from 'node:timers/promises';

/** All waiting of the commit protocol; tests put their own clock here. */
export interface Timing {
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

export const REAL_TIMING: Timing = {
  // `ref: false`: a waiting lease renewal must not keep a finished process alive.
  sleep: (ms, signal) => delay(ms, undefined, { signal, ref: signal === undefined }).catch((error: Error) => {
    if (error.name !== 'AbortError') {
      throw error;
    }
  }),
  random: Math.random,
};

const BASE_MS = 50;
const LONGEST_MS = 2_000;

/** Exponential wait with full jitter, so that writers which collided once do not collide again. */
export function backoff(timing: Timing, attempt: number): Promise<void> {
  return timing.sleep(timing.random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt));
}
