import { setTimeout as sleep } from 'node:timers/promises';

export interface PollDelays {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Asks until there is an answer; every wait is longer than the one before, up to a limit. */
export async function poll<T>(ask: () => Promise<T | undefined>, { firstMs, maxMs }: PollDelays): Promise<T> {
  for (let delay = firstMs; ; delay = Math.min(maxMs, delay * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await sleep(delay);
  }
}
