import type { FanOutPosition } from './fan-out';
import { CutBy } from './paginate';
import { Position } from '../../src/spec';

/** Where a run stands between two pages: what its checkpoints hold. */
export interface Progress {
  /** The paginator's place before its next request. */
  readonly at: Position | null;
  /** Records that the API has sent in this walk over its pages, those left out included. */
  readonly received: number;
  /** The bound that ended the run before the API did. */
  readonly cut?: CutBy;
  /** The page read last, for sources whose pages shift. */
  readonly last?: LastPage;
  /** What an incremental source knows. */
  readonly incremental?: Readonly<Record<string, unknown>>;
  /** Where a child stands among its parents. */
  readonly parents?: FanOutPosition;
}

export interface LastPage {
  readonly at: Position | null;
  /** Records received before it. */
  readonly received: number;
  /** Digests of the records read last. */
  readonly keys: string;
}

export const START: Progress = { at: null, received: 0 };

/** Reads a checkpoint's place. Releases before this one stored the paginator's place alone. */
export function progressOf(position: Position | null | undefined): Progress {
  if (position === null || position === undefined) {
    return START;
  }
  return 'at' in position ? position as unknown as Progress : { ...START, at: position };
}
