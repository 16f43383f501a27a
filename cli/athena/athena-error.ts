/** A statement that fails, as Athena reports it: `TABLE_NOT_FOUND: line 1:22: Table 'x.y' does not exist`. */
export class AthenaQueryError extends Error {
  override readonly name = 'AthenaQueryError';

  constructor(readonly code: string, text: string, position?: { readonly line: number; readonly column: number }) {
    super(`${code}: ${position ? `line ${position.line}:${position.column}: ` : ''}${text}`);
  }
}

export type Position = { readonly line: number; readonly column: number };

/** What Athena can do and the laptop cannot: said, never guessed. */
export function notSupported(what: string, position?: Position): AthenaQueryError {
  return new AthenaQueryError('NOT_SUPPORTED_LOCALLY', `${what} is not supported locally; it may run on Athena`, position);
}
