import { Retrier } from './asl';
import { matches } from './state-error';

const DEFAULT_INTERVAL_SECONDS = 1;
const DEFAULT_MAX_ATTEMPTS = 3;
const DEFAULT_BACKOFF_RATE = 2;

/** How often each retrier of a state has been used since the state was entered. */
export type RetryCounts = readonly number[];

export interface PlannedRetry {
  readonly delaySeconds: number;
  readonly counts: RetryCounts;
}

/** The next attempt after an error; undefined when no retrier takes it, or the one that does is used up. */
export function planRetry(retriers: readonly Retrier[], counts: RetryCounts, error: string, random: () => number): PlannedRetry | undefined {
  const index = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, error));
  if (index < 0) {
    return undefined;
  }
  const used = counts[index] ?? 0;
  const retrier = retriers[index];
  if (used >= (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
    return undefined;
  }
  return {
    delaySeconds: delayOf(retrier, used, random),
    counts: retriers.map((_retrier, i) => (counts[i] ?? 0) + (i === index ? 1 : 0)),
  };
}

function delayOf(retrier: Retrier, used: number, random: () => number): number {
  const full = (retrier.IntervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * (retrier.BackoffRate ?? DEFAULT_BACKOFF_RATE) ** used;
  const capped = Math.min(full, retrier.MaxDelaySeconds ?? Infinity);
  return retrier.JitterStrategy === 'FULL' ? capped * random() : capped;
}
