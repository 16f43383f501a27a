import { Assignment, DmlStatement, MergeCase, MergeInto } from './statement';
import { isSymbol, isWord, Token } from '../sql-tokens';
import { TokenReader } from '../token-reader';

/** Reads `CREATE TABLE t [WITH (...)] AS query`, from behind the name. */
export function parseCreateTableAs(reader: TokenReader, table: DmlStatement['table'], ifNotExists: boolean): DmlStatement {
  const properties = reader.take('WITH') ? Object.fromEntries(reader.list(() => property(reader))) : {};
  reader.expect('AS');
  const rest = reader.rest();
  const [last, second, third] = [...rest].reverse();
  const noData = isWord(last, 'DATA') && isWord(second, 'NO') && isWord(third, 'WITH');
  const plain = isWord(last, 'DATA') && isWord(second, 'WITH');
  const query = rest.slice(0, rest.length - (noData ? 3 : plain ? 2 : 0));
  // The parentheses around the query are allowed: they are part of a query expression.
  return { kind: 'create table as', table, ifNotExists, properties, query, withData: !noData };
}

function property(reader: TokenReader): [string, string | readonly string[]] {
  const key = reader.name();
  reader.expectSymbol('=');
  if (reader.take('ARRAY')) {
    const values: string[] = [];
    reader.expectSymbol('[');
    do {
      values.push(reader.string());
    } while (reader.takeSymbol(','));
    reader.expectSymbol(']');
    return [key, values];
  }
  const token = reader.next();
  return ['string', 'number', 'word'].includes(token.kind) ? [key, token.kind === 'string' ? token.value : token.text.toLowerCase()] : reader.mismatch('a value', token);
}

/** Reads a statement of Trino's that changes rows. */
export function parseDml(reader: TokenReader): DmlStatement {
  if (reader.take('INSERT')) {
    if (reader.isWord('OVERWRITE')) {
      reader.refuse('INSERT OVERWRITE, which Athena does not have either,');
    }
    reader.expect('INTO');
    return insert(reader);
  }
  if (reader.take('DELETE')) {
    reader.expect('FROM');
    return { kind: 'delete', table: reader.table(), ...where(reader) };
  }
  if (reader.take('UPDATE')) {
    const table = reader.table();
    reader.expect('SET');
    const set = assignments(reader, (token) => isWord(token, 'WHERE'));
    return { kind: 'update', table, set, ...where(reader) };
  }
  if (reader.take('OPTIMIZE')) {
    return optimize(reader);
  }
  if (reader.take('VACUUM')) {
    const table = reader.table();
    reader.end();
    return { kind: 'vacuum', table };
  }
  reader.expect('MERGE');
  reader.expect('INTO');
  return merge(reader);
}

function insert(reader: TokenReader): DmlStatement {
  const table = reader.table();
  const names = isSymbol(reader.current, '(') && !isQuery(reader.tokens.slice(reader.at));
  const columns = names ? reader.list(() => reader.name()) : undefined;
  return { kind: 'insert', table, columns, query: reader.rest() };
}

/** Whether a query stands here, in parentheses or not. */
function isQuery(tokens: readonly Token[]): boolean {
  return isWord(tokens.find((token) => !isSymbol(token, '(')), 'SELECT', 'WITH', 'VALUES', 'TABLE');
}

/** `OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ...]`: what is rewritten holds the same rows, so all files may be. */
function optimize(reader: TokenReader): DmlStatement {
  const table = reader.table();
  reader.expect('REWRITE', 'DATA', 'USING', 'BIN_PACK');
  if (reader.take('WHERE')) {
    reader.rest();
  }
  reader.end();
  return { kind: 'optimize', table };
}

function where(reader: TokenReader): { where?: readonly Token[] } {
  if (reader.take('WHERE')) {
    return { where: reader.rest() };
  }
  reader.end();
  return {};
}

function assignments(reader: TokenReader, stop: (token: Token) => boolean): Assignment[] {
  const found: Assignment[] = [];
  do {
    const token = reader.here;
    const column = reader.name();
    reader.expectSymbol('=');
    found.push({ column, token, value: reader.until((next) => isSymbol(next, ',') || stop(next)) });
  } while (reader.takeSymbol(','));
  return found;
}

function merge(reader: TokenReader): MergeInto {
  const table = reader.table();
  const alias = reader.alias() ?? table.table;
  reader.expect('USING');
  const source = mergeSource(reader);
  reader.expect('ON');
  const on = reader.until((token) => isWord(token, 'WHEN'));
  const cases: MergeCase[] = [];
  do {
    cases.push(mergeCase(reader));
  } while (reader.current);
  return { kind: 'merge', table, alias, source, on, cases };
}

function mergeSource(reader: TokenReader): MergeInto['source'] {
  const start = reader.at;
  let name: string | undefined;
  if (isSymbol(reader.current, '(')) {
    reader.at++;
    reader.until((token) => isSymbol(token, ')'));
    reader.expectSymbol(')');
  } else {
    name = reader.table().table;
  }
  const query = reader.tokens.slice(start, reader.at);
  const alias = reader.alias() ?? name ?? reader.mismatch('an alias of the source');
  const columns = isSymbol(reader.current, '(') ? reader.list(() => reader.name()) : undefined;
  return { query, alias, columns };
}

function mergeCase(reader: TokenReader): MergeCase {
  const token = reader.here;
  reader.expect('WHEN');
  const matched = !reader.take('NOT');
  reader.expect('MATCHED');
  const condition = reader.take('AND') ? reader.until((next) => isWord(next, 'THEN')) : undefined;
  reader.expect('THEN');
  if (!matched) {
    return { matched, condition, token, ...mergeInsert(reader) };
  }
  if (reader.take('DELETE')) {
    return { matched, condition, token, action: 'delete', set: [] };
  }
  reader.expect('UPDATE');
  reader.expect('SET');
  return { matched, condition, token, action: 'update', set: assignments(reader, (next) => isWord(next, 'WHEN')) };
}

function mergeInsert(reader: TokenReader): Pick<MergeCase, 'action' | 'set' | 'allColumns'> {
  reader.expect('INSERT');
  const start = reader.here;
  const columns = isSymbol(reader.current, '(') ? reader.list(() => reader.name()) : undefined;
  reader.expect('VALUES');
  const values = reader.list(() => reader.until((token) => isSymbol(token, ',') || isSymbol(token, ')')));
  if (columns && columns.length !== values.length) {
    reader.mismatch(`${columns.length} values for ${columns.length} columns, got ${values.length}`, start);
  }
  return { action: 'insert', allColumns: columns === undefined, set: values.map((value, i) => ({ column: columns?.[i] ?? '', token: value[0], value })) };
}
