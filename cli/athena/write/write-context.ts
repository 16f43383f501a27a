import { AthenaQueryError } from '../athena-error';
import { LocalAthenaOptions } from '../athena-query';
import { QueryEngine } from '../query-engine';
import { checkTableName } from '../query-errors';
import { Token, tokenize } from '../sql-tokens';
import { NamedTable } from '../token-reader';
import type { TableName } from '../translate';

/** What a writing statement works with. */
export interface WriteContext {
  readonly engine: QueryEngine;
  readonly options: LocalAthenaOptions;
  /** Database of names without one. */
  readonly database: string | undefined;
}

export function resolve({ database: fallback }: WriteContext, { database = fallback, table, token }: NamedTable): TableName {
  if (database === undefined) {
    throw new AthenaQueryError('MISSING_SCHEMA_NAME', `Schema must be specified when session schema is not set: write database.${table}`, token);
  }
  const name = { database: database.toLowerCase(), table, position: token };
  checkTableName(name);
  return name;
}

/** Text of our own as tokens of a statement, at the place that it is made for. */
export const own = (text: string, place: Token): Token[] => tokenize(text).map((token) => ({ ...token, line: place.line, column: place.column }));

/** Several parts of a statement as one. */
export const join = (place: Token, ...parts: readonly (string | readonly Token[])[]): Token[] =>
  parts.flatMap((part) => (typeof part === 'string' ? own(part, place) : part));
