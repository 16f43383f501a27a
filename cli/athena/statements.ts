import { AthenaQueryError, notSupported } from './athena-error';
import { isSymbol, isWord, Token, tokenize } from './sql-tokens';
import { TokenReader } from './token-reader';
import { parseAlter, parseCreate, parseDrop } from './write/parse-ddl';
import { parseDml } from './write/parse-dml';
import { isDdl } from './write/run-write';
import { WriteStatement } from './write/statement';

export type Statement =
  | { readonly kind: 'query'; readonly tokens: readonly Token[] }
  | { readonly kind: 'write'; readonly write: WriteStatement }
  | { readonly kind: 'databases' }
  | { readonly kind: 'tables'; readonly database: string | undefined; readonly position: Token }
  | { readonly kind: 'columns' | 'describe' | 'partitions' | 'create' | 'repair'; readonly table: TableReference };

export interface TableReference {
  readonly database: string | undefined;
  readonly table: string;
  readonly token: Token;
}

/** Says what kind of statement a text holds; exactly one, a semicolon may end it. */
export function classify(sql: string): Statement {
  const all = tokenize(sql);
  const end = all.findIndex((token) => isSymbol(token, ';'));
  const rest = end < 0 ? undefined : all.slice(end).find((token) => !isSymbol(token, ';'));
  if (rest) {
    throw new AthenaQueryError('SYNTAX_ERROR', `only one statement can run at a time, a second one starts with ${rest.text}`, rest);
  }
  const tokens = end < 0 ? all : all.slice(0, end);
  const [first, second] = tokens;
  if (!first) {
    throw new AthenaQueryError('SYNTAX_ERROR', 'the statement is empty');
  }
  if (isWord(first, 'SELECT', 'WITH', 'VALUES') || isSymbol(first, '(')) {
    return { kind: 'query', tokens };
  }
  if (isWord(first, 'DESCRIBE', 'DESC')) {
    return { kind: 'describe', table: reference(tokens, 1) };
  }
  if (isWord(first, 'MSCK') && isWord(second, 'REPAIR') && isWord(tokens[2], 'TABLE')) {
    return { kind: 'repair', table: reference(tokens, 3) };
  }
  const write = parseWrite(tokens);
  if (write) {
    return { kind: 'write', write };
  }
  return isWord(first, 'SHOW') ? show(tokens) : refuse(first, second);
}

function parseWrite(tokens: readonly Token[]): WriteStatement | undefined {
  const [first, second] = tokens;
  if (isWord(first, 'CREATE') && isWord(second, 'TABLE', 'EXTERNAL')) {
    return parseCreate(tokens);
  }
  if (isWord(first, 'ALTER') && isWord(second, 'TABLE')) {
    return parseAlter(tokens);
  }
  if (isWord(first, 'DROP') && isWord(second, 'TABLE')) {
    return parseDrop(tokens);
  }
  return isWord(first, 'INSERT', 'DELETE', 'UPDATE', 'MERGE', 'OPTIMIZE', 'VACUUM') ? parseDml(new TokenReader(tokens, 'double quotes')) : undefined;
}

/** Whether a text is a statement that changes the catalogue or the tables: then one process at a time may run it. */
export function changesLake(sql: string): boolean {
  try {
    return ['write', 'repair'].includes(classify(sql).kind);
  } catch {
    return false; // it will fail as it is run
  }
}

/** What Athena calls the kind of statement (Amazon Athena API reference, "QueryExecution"). */
export function statementType(statement: Statement): 'DDL' | 'DML' | 'UTILITY' {
  switch (statement.kind) {
    case 'query': return 'DML';
    case 'write': return isDdl(statement.write) ? 'DDL' : 'DML';
    case 'repair': return 'DDL';
    default: return 'UTILITY';
  }
}

function show(tokens: readonly Token[]): Statement {
  const [first, what, word, name] = tokens;
  if (isWord(what, 'DATABASES', 'SCHEMAS') && tokens.length === 2) {
    return { kind: 'databases' };
  }
  if (isWord(what, 'TABLES') && (tokens.length === 2 || (isWord(word, 'IN', 'FROM') && tokens.length === 4))) {
    return { kind: 'tables', database: name && nameOf(name), position: name ?? what };
  }
  if (isWord(what, 'COLUMNS') && isWord(word, 'IN', 'FROM')) {
    return { kind: 'columns', table: reference(tokens, 3) };
  }
  if (isWord(what, 'PARTITIONS')) {
    return { kind: 'partitions', table: reference(tokens, 2) };
  }
  if (isWord(what, 'CREATE') && isWord(word, 'TABLE')) {
    return { kind: 'create', table: reference(tokens, 3) };
  }
  return refuse(first, what);
}

function refuse(first: Token, second: Token | undefined): never {
  throw notSupported(`the statement ${[first.text, second?.kind === 'word' ? second.text : ''].join(' ').trim().toUpperCase()} (SELECT, INSERT, MERGE, UPDATE, DELETE, CREATE TABLE, ALTER TABLE, DROP TABLE, OPTIMIZE, VACUUM, SHOW, DESCRIBE and MSCK REPAIR TABLE are)`, first);
}

const nameOf = (token: Token) => (token.kind === 'word' ? token.text : token.value).toLowerCase();

function reference(tokens: readonly Token[], at: number): TableReference {
  const [name, dot, table, extra] = tokens.slice(at);
  if (!name || !['word', 'quoted', 'backtick'].includes(name.kind)) {
    throw new AthenaQueryError('SYNTAX_ERROR', 'a table name is missing', name ?? tokens.at(-1));
  }
  if (!dot) {
    return { database: undefined, table: nameOf(name), token: name };
  }
  if (!isSymbol(dot, '.') || !table || extra) {
    throw notSupported(`"${(extra ?? dot).text}" after the table name`, extra ?? dot);
  }
  return { database: nameOf(name), table: nameOf(table), token: name };
}
