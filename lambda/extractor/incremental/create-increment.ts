import { Increment, NO_INCREMENT } from './increment';
import { Position, SourceSpec } from '../../../src/spec';

export interface IncrementStart {
  /** Where the run before ended, or a commit of it. */
  readonly base: Position | null;
  /** What a checkpoint of this run holds. */
  readonly resumed?: Readonly<Record<string, unknown>>;
  now(): number;
}

export function createIncrement(_spec: SourceSpec, _start: IncrementStart): Increment {
  return NO_INCREMENT;
}
