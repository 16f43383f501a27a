import { RunEvent } from '../events/open-lineage';

/** Somewhere an event goes. Receivers see an event again after a retry; it is the same one to the last byte. */
export interface Sink {
  /** As a person knows it: kind and address, without a secret. */
  readonly name: string;
  /** @throws Error when the receiver did not take the event. */
  send(event: RunEvent): Promise<void>;
}

/** Longest time for one event and one sink, in milliseconds: lineage must not hold up a run. */
export const SEND_TIMEOUT_MS = 5_000;
