import { Position } from './athena-error';
import { Node } from './sql-ast';

/** What the translation of a part of a statement must know of the rest. */
export interface TranslateContext {
  /** Inside TRY(...), where a failing macro yields NULL. */
  readonly inTry: boolean;
  position(node: Node): Position | undefined;
}
