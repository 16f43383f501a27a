import { CursorIncrement } from './cursor-increment';
import { Increment, NO_INCREMENT } from './increment';
import { WindowIncrement } from './window-increment';
import { BackfillRange, Position, SourceSpec } from '../../../src/spec';

export interface IncrementStart {
  /** Where the run before ended, or a commit of it. */
  readonly base: Position | null;
  /** What a checkpoint of this run holds. */
  readonly resumed?: Readonly<Record<string, unknown>>;
  /** All that is read. @default - what is new */
  readonly range?: BackfillRange;
  now(): number;
}

export function createIncrement({ incremental, key }: SourceSpec, start: IncrementStart): Increment {
  switch (incremental?.type) {
    case undefined: return NO_INCREMENT;
    case 'cursor': return new CursorIncrement(incremental, key ?? [], start);
    case 'timeWindow': return new WindowIncrement(incremental, start);
  }
}
