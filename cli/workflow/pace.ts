/**
 * Who asked for a wait: `fixed` is a number in the definition, the workflow's own pace of polling; `computed` came from data, as an
 * API's Retry-After does; `retry` is the delay of a Retry.
 */
export type WaitKind = 'fixed' | 'computed' | 'retry';

/** The seconds that are really waited. */
export type Pace = (seconds: number, kind: WaitKind) => number;

/** What is polled here ends within a second; what frees itself by time (a lease) takes two. */
const MAX_FIXED_SECONDS = 0.05;
const MAX_RETRY_SECONDS = 1;

/** On the laptop: an API that asks for a pause gets it, everything else is shortened. */
export const localPace: Pace = (seconds, kind) => {
  switch (kind) {
    case 'fixed': return Math.min(seconds, MAX_FIXED_SECONDS);
    case 'retry': return Math.min(seconds, MAX_RETRY_SECONDS);
    case 'computed': return seconds;
  }
};
