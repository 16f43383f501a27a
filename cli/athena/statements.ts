import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaQueryError, notSupported } from './athena-error';
import { LocalAthenaOptions, QueryResult } from './athena-query';
import { tableNotFound } from './query-errors';
import { isSymbol, isWord, Token, tokenize } from './sql-tokens';
import { GluePartition, GlueTable } from '../catalog/glue-table';

export type Statement =
  | { readonly kind: 'query'; readonly tokens: readonly Token[] }
  | { readonly kind: 'databases' }
  | { readonly kind: 'tables'; readonly database: string | undefined; readonly position: Token }
  | { readonly kind: 'columns' | 'describe' | 'partitions' | 'create' | 'repair'; readonly table: TableReference };

interface TableReference {
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
  return isWord(first, 'SHOW') ? show(tokens) : refuse(first, second);
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
  throw notSupported(`the statement ${[first.text, second?.kind === 'word' ? second.text : ''].join(' ').trim().toUpperCase()} (SELECT, WITH, VALUES, SHOW, DESCRIBE and MSCK REPAIR TABLE are)`, first);
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

/** Answers what the catalogue alone knows, in Athena's layout. */
export function metadataRows(statement: Exclude<Statement, { kind: 'query' }>, options: LocalAthenaOptions): QueryResult {
  const { catalog } = options;
  if (statement.kind === 'databases') {
    return lines('database_name', catalog.listDatabases());
  }
  if (statement.kind === 'tables') {
    const database = statement.database ?? options.database;
    if (database === undefined || !catalog.listDatabases().includes(database)) {
      throw new AthenaQueryError('SCHEMA_NOT_FOUND', `Schema '${database ?? ''}' does not exist`, statement.position);
    }
    return lines('tab_name', catalog.listTables(database));
  }
  const { database = options.database, table: name, token } = statement.table;
  if (database === undefined) {
    throw new AthenaQueryError('MISSING_SCHEMA_NAME', `Schema must be specified when session schema is not set: write database.${name}`, token);
  }
  const table = catalog.getTable(database, name);
  if (!table) {
    throw tableNotFound(catalog, { database, table: name, position: token });
  }
  switch (statement.kind) {
    case 'columns': return lines('field', [...columnsOf(table), ...keysOf(table)].map((column) => column.Name.toLowerCase()));
    case 'describe': return describe(table);
    case 'partitions': return lines('partition', catalog.getPartitions(database, name).map((partition) => partitionText(table, partition)));
    case 'create': return lines('createtab_stmt', createStatement(database, table));
    case 'repair': return repair(database, table, options);
  }
}

const lines = (name: string, values: readonly string[]): QueryResult => ({ columns: [{ name, type: 'string' }], rows: values.map((value) => [value]) });

const columnsOf = (table: GlueTable) => table.StorageDescriptor?.Columns ?? [];

const keysOf = (table: GlueTable) => table.PartitionKeys ?? [];

function describe(table: GlueTable): QueryResult {
  const row = (column: { Name: string; Type: string; Comment?: string }) => [column.Name.toLowerCase(), column.Type, column.Comment ?? ''];
  const keys = keysOf(table);
  return {
    columns: ['col_name', 'data_type', 'comment'].map((name) => ({ name, type: 'string' })),
    rows: [...[...columnsOf(table), ...keys].map(row), ...(keys.length > 0 ? [['', '', ''], ['# Partition Information', '', ''], ['# col_name', 'data_type', 'comment'], ...keys.map(row)] : [])],
  };
}

const partitionText = (table: GlueTable, partition: GluePartition) => keysOf(table).map((key, i) => `${key.Name}=${partition.Values[i]}`).join('/');

function createStatement(database: string, table: GlueTable): string[] {
  const list = (columns: readonly { Name: string; Type: string }[]) =>
    columns.map((column, i) => `  \`${column.Name}\` ${column.Type}${i < columns.length - 1 ? ', ' : ')'}`);
  const properties = (entries: Readonly<Record<string, string>> = {}) =>
    Object.entries(entries).map(([key, value], i, all) => `  '${key}'='${value}'${i < all.length - 1 ? ', ' : ')'}`);
  const storage = table.StorageDescriptor;
  const keys = keysOf(table);
  return [
    `CREATE EXTERNAL TABLE \`${database}.${table.Name}\`(`,
    ...list(columnsOf(table)),
    ...(keys.length > 0 ? ['PARTITIONED BY ( ', ...list(keys)] : []),
    'ROW FORMAT SERDE ', `  '${storage?.SerdeInfo?.SerializationLibrary ?? ''}' `,
    ...(Object.keys(storage?.SerdeInfo?.Parameters ?? {}).length > 0 ? ['WITH SERDEPROPERTIES ( ', ...properties(storage?.SerdeInfo?.Parameters)] : []),
    'STORED AS INPUTFORMAT ', `  '${storage?.InputFormat ?? ''}' `,
    'OUTPUTFORMAT ', `  '${storage?.OutputFormat ?? ''}'`,
    'LOCATION', `  '${storage?.Location ?? ''}'`,
    ...(Object.keys(table.Parameters ?? {}).length > 0 ? ['TBLPROPERTIES (', ...properties(table.Parameters)] : []),
  ];
}

/** Adds the partitions whose folders (`key=value/`) stand below the table's and are not in the catalogue. */
function repair(database: string, table: GlueTable, { catalog, bucketRoot }: LocalAthenaOptions): QueryResult {
  const location = (table.StorageDescriptor?.Location ?? '').replace(/\/?$/, '/');
  const found: GluePartition[] = [];
  const walk = (folder: string, values: readonly string[], address: string) => {
    const key = keysOf(table)[values.length];
    if (!key) {
      found.push({ Values: values, StorageDescriptor: { Location: address } });
      return;
    }
    const folders = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
    for (const { name } of folders) {
      if (name.startsWith(`${key.Name}=`)) {
        walk(join(folder, name), [...values, decodeURIComponent(name.slice(key.Name.length + 1))], `${address}${name}/`);
      }
    }
  };
  walk(join(bucketRoot, location.replace('s3://', '')), [], location);
  const known = new Set(catalog.getPartitions(database, table.Name).map((partition) => JSON.stringify(partition.Values)));
  const added = keysOf(table).length > 0 ? found.filter((partition) => !known.has(JSON.stringify(partition.Values))) : [];
  catalog.addPartitions(database, table.Name, added);
  const names = added.map((partition) => `${table.Name}:${partitionText(table, partition)}`);
  return lines('result', names.length === 0 ? [] : [`Partitions not in metastore: ${names.join(' ')}`, ...names.map((name) => `Repair: Added partition to metastore ${name}`)]);
}
