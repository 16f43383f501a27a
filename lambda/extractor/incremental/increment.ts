import { Position } from '../../../src/spec';
import { PageRequest } from '../http';

/** What one run of a source reads: everything, or what is new. Pages are tried several times: only `acceptPage` makes a page count. */
export interface Increment {
  /** Commits may be made while a walk over the pages is under way. */
  readonly commitsOnTheWay: boolean;
  /** After `acceptPage`: nothing of interest follows in this walk. */
  readonly stopped: boolean;
  /** Nothing is left to ask for. */
  readonly exhausted: boolean;
  /** Puts what limits the request to what is new into it. */
  prepare(base: PageRequest): PageRequest;
  /** An attempt at a page begins; what an earlier one brought is forgotten. */
  beginPage(page: number): void;
  /** Whether the record is new. @throws ExtractorError when it cannot be told */
  isNew(buffer: Buffer, start: number, end: number, record: number): boolean;
  acceptPage(): void;
  /** The walk has ended: goes on to the next one, if there is any. */
  nextWalk(): boolean;
  /** For checkpoints. */
  toJSON(): Readonly<Record<string, unknown>> | undefined;
  /** Where the next run starts; undefined: where this one did. */
  watermark(): Position | undefined;
  warnings(): string[];
}

/** Every run reads all that the API has. */
export const NO_INCREMENT: Increment = {
  commitsOnTheWay: false,
  stopped: false,
  exhausted: false,
  prepare: (base) => base,
  beginPage: () => undefined,
  isNew: () => true,
  acceptPage: () => undefined,
  nextWalk: () => false,
  toJSON: () => undefined,
  watermark: () => undefined,
  warnings: () => [],
};
