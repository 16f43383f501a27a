import { Event } from './events';
import { Result } from './results';
import { CommandError } from '../errors';

/** Where output goes; a test or an embedding program gives its own. */
export interface Streams {
  /** Results only. */
  readonly out: NodeJS.WritableStream;
  /** Everything else. */
  readonly err: NodeJS.WritableStream & { isTTY?: boolean };
}

export interface Renderer {
  event(event: Event): void;
  result(result: Result): void;
  /** The command failed; said last, with what to do next. */
  failure(error: CommandError): void;
}

/** The failures that a result carries: the process must not end with 0 then. */
export const failuresOf = (result: Result) => ('failures' in result ? result.failures : []);
