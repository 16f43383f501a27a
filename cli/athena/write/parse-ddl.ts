import { parseCreateTableAs } from './parse-dml';
import { AddPartitions, CreateExternalTable, CreateTable, DdlStatement, DeclaredColumn, DmlStatement } from './statement';
import { hiveTypeText, parseHiveType } from '../../../src/spec/hive-type';
import { AthenaQueryError } from '../athena-error';
import { refuseReserved } from '../ddl-reserved-words';
import { isSymbol, isWord, Token } from '../sql-tokens';
import { parseTransform, PartitionTransform } from '../table/partition-transform';
import { NamedTable, TokenReader } from '../token-reader';

/** Reads CREATE TABLE in its three forms: of Iceberg, external, or AS a query (which is Trino's and quotes differently). */
export function parseCreate(tokens: readonly Token[]): DdlStatement | DmlStatement {
  const external = isWord(tokens[1], 'EXTERNAL');
  const isAs = !external && isWord(tokens.find((token, i) => i > 2 && (isSymbol(token, '(') || isWord(token, 'AS', 'WITH'))), 'AS', 'WITH');
  const reader = new TokenReader(tokens, isAs ? 'double quotes' : 'backticks');
  reader.expect('CREATE');
  reader.take('EXTERNAL');
  reader.expect('TABLE');
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  const table = reader.table();
  if (isAs) {
    return parseCreateTableAs(reader, table, ifNotExists);
  }
  const columns = reader.list(() => column(reader));
  unique(columns, reader);
  return external ? createExternal(reader, table, ifNotExists, columns) : createIceberg(reader, table, ifNotExists, columns);
}

function createIceberg(reader: TokenReader, table: NamedTable, ifNotExists: boolean, columns: readonly DeclaredColumn[]): CreateTable {
  const partitioning = reader.take('PARTITIONED', 'BY') ? reader.list(() => transform(reader)) : [];
  const location = locationOf(reader);
  const properties = reader.take('TBLPROPERTIES') ? propertyList(reader) : {};
  reader.end();
  return { kind: 'create table', table, ifNotExists, columns, partitioning, location, properties };
}

function transform(reader: TokenReader): PartitionTransform {
  const token = reader.here;
  const tokens = reader.until((next) => isSymbol(next, ',') || isSymbol(next, ')'));
  const parsed = parseTransform(tokens.map(({ text }) => text).join(' '), token);
  tokens.filter((_, i) => !isSymbol(tokens[i + 1], '(')).forEach(refuseReserved); // truncate is a transform and a reserved word
  return parsed;
}

function createExternal(reader: TokenReader, table: NamedTable, ifNotExists: boolean, columns: readonly DeclaredColumn[]): CreateExternalTable {
  const partitionKeys = reader.take('PARTITIONED', 'BY') ? reader.list(() => column(reader)) : [];
  if (!reader.take('ROW', 'FORMAT', 'SERDE')) {
    reader.refuse('CREATE EXTERNAL TABLE without ROW FORMAT SERDE');
  }
  const serde = reader.string();
  const serdeProperties = reader.take('WITH', 'SERDEPROPERTIES') ? propertyList(reader) : {};
  const inputFormat = reader.take('STORED', 'AS', 'INPUTFORMAT') ? reader.string() : undefined;
  const outputFormat = reader.take('OUTPUTFORMAT') ? reader.string() : undefined;
  const location = locationOf(reader);
  const properties = reader.take('TBLPROPERTIES') ? propertyList(reader) : {};
  reader.end();
  return { kind: 'create external table', table, ifNotExists, columns, partitionKeys, serde, serdeProperties, inputFormat, outputFormat, location, properties };
}

/** Reads ALTER TABLE. */
export function parseAlter(tokens: readonly Token[]): DdlStatement {
  const reader = new TokenReader(tokens, 'backticks');
  reader.expect('ALTER');
  reader.expect('TABLE');
  const table = reader.table();
  if (reader.take('ADD', 'COLUMNS')) {
    const columns = reader.list(() => column(reader));
    unique(columns, reader);
    reader.end();
    return { kind: 'add columns', table, columns };
  }
  if (reader.take('CHANGE')) {
    reader.take('COLUMN');
    return change(reader, table);
  }
  if (reader.take('SET', 'TBLPROPERTIES')) {
    const properties = propertyList(reader);
    reader.end();
    return { kind: 'set properties', table, properties };
  }
  if (reader.take('ADD', 'IF', 'NOT', 'EXISTS')) {
    return addPartitions(reader, table, true);
  }
  if (reader.take('ADD') && reader.isWord('PARTITION')) {
    return addPartitions(reader, table, false);
  }
  return reader.refuse('this ALTER TABLE (ADD COLUMNS, CHANGE COLUMN, ADD PARTITION and SET TBLPROPERTIES are)');
}

function change(reader: TokenReader, table: NamedTable): DdlStatement {
  const from = reader.here;
  const old = reader.name();
  const renamed = reader.here;
  const declared = column(reader);
  if (declared.name !== old) {
    reader.mismatch(`\`${old}\` (a column cannot be renamed locally)`, renamed);
  }
  reader.end();
  return { kind: 'change column', table, column: declared, from };
}

function addPartitions(reader: TokenReader, table: NamedTable, ifNotExists: boolean): AddPartitions {
  const partitions: AddPartitions['partitions'][number][] = [];
  while (reader.current) {
    const token = reader.here;
    reader.expect('PARTITION');
    const values = Object.fromEntries(reader.list((): [string, string] => {
      const key = reader.name();
      reader.expectSymbol('=');
      const value = reader.next();
      return [key, ['string', 'number'].includes(value.kind) ? value.value : reader.mismatch('a value', value)];
    }));
    partitions.push({ values, location: reader.take('LOCATION') ? reader.string() : undefined, token });
  }
  return { kind: 'add partitions', table, ifNotExists, partitions };
}

/** Reads DROP TABLE. */
export function parseDrop(tokens: readonly Token[]): DdlStatement {
  const reader = new TokenReader(tokens, 'backticks');
  reader.expect('DROP');
  reader.expect('TABLE');
  const ifExists = reader.take('IF', 'EXISTS');
  const table = reader.table();
  reader.end();
  return { kind: 'drop table', table, ifExists };
}

function column(reader: TokenReader): DeclaredColumn {
  const name = reader.name();
  const start = reader.here;
  let depth = 0;
  const parts: string[] = [];
  for (let token = reader.current; token; token = reader.current) {
    if (depth === 0 && (isSymbol(token, ',') || isSymbol(token, ')') || isWord(token, 'COMMENT') || (parts.length > 0 && !['<', '('].includes(token.text)))) {
      break;
    }
    if (isSymbol(reader.tokens[reader.at + 1], ':')) {
      refuseReserved(token); // a field of a struct
    }
    depth += ['<', '('].includes(token.text) ? 1 : ['>', ')'].includes(token.text) ? -1 : 0;
    parts.push(token.kind === 'backtick' ? token.value : token.text);
    reader.at++;
  }
  const comment = reader.take('COMMENT') ? reader.string() : undefined;
  return { name, type: hiveType(parts.join(''), start), ...comment === undefined ? {} : { comment } };
}

function hiveType(text: string, position: Token): string {
  try {
    return hiveTypeText(parseHiveType(text));
  } catch (error) {
    throw new AthenaQueryError('SYNTAX_ERROR', (error as Error).message, position);
  }
}

function unique(columns: readonly DeclaredColumn[], reader: TokenReader): void {
  const twice = columns.find(({ name }, i) => columns.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new AthenaQueryError('DUPLICATE_COLUMN_NAME', `Column name '${twice.name}' specified more than once`, reader.tokens[0]);
  }
}

function locationOf(reader: TokenReader): string {
  const token = reader.here;
  reader.expect('LOCATION');
  const location = reader.string();
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]*\/.+/.test(location)) {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `LOCATION '${location}' is no s3://bucket/prefix/ address`, token);
  }
  return location;
}

const propertyList = (reader: TokenReader): Record<string, string> => Object.fromEntries(reader.list((): [string, string] => {
  const key = reader.string();
  reader.expectSymbol('=');
  return [key, reader.string()];
}));
