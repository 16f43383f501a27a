import { AthenaQueryError, notSupported, Position } from './athena-error';
import { AthenaError } from './athena-query';
import { Node } from './sql-ast';
import type { TableName } from './translate';
import type { PreparedText } from './trino-to-duckdb-text';
import { LocalCatalog } from '../catalog/local-catalog';

/** What DuckDB says, and what Athena calls it. The text is DuckDB's where Athena's is not known. */
const KNOWN: readonly (readonly [RegExp, string, (match: RegExpExecArray) => string])[] = [
  [/Referenced column "([^"]*)" (?:was )?not found/, 'COLUMN_NOT_FOUND', (m) => `Column '${m[1]}' cannot be resolved`],
  [/Referenced table "([^"]*)" not found/, 'COLUMN_NOT_FOUND', (m) => `Column '${m[1]}' cannot be resolved`],
  [/Could not find key "([^"]*)" in struct/, 'COLUMN_NOT_FOUND', (m) => `Column '${m[1]}' cannot be resolved`],
  [/Ambiguous reference to column name "([^"]*)"/, 'AMBIGUOUS_NAME', (m) => `Column '${m[1]}' is ambiguous`],
  [/column "?([^"]*)"? must appear in the GROUP BY clause/, 'EXPRESSION_NOT_AGGREGATE', (m) => `'${m[1]}' must be an aggregate expression or appear in GROUP BY clause`],
  [/Overflow in (\w+) of (\w+) \(([^)]*)\)/, 'NUMERIC_VALUE_OUT_OF_RANGE', (m) => `${m[2] === 'INT32' ? 'integer' : 'bigint'} ${m[1]} overflow: ${m[3]}`],
  [/out of range for the destination type|Casting value .* value is out of range|Could not (?:convert|cast) .* to DECIMAL/, 'NUMERIC_VALUE_OUT_OF_RANGE', (m) => m.input],
  [/Cannot (?:compare|mix) values/, 'TYPE_MISMATCH', (m) => m.input],
  [/Conversion Error: /, 'INVALID_CAST_ARGUMENT', (m) => m.input.slice(m[0].length)],
  [/No function matches/, 'FUNCTION_NOT_FOUND', (m) => m.input],
  [/not enough columns|has \d+ columns available but \d+/, 'MISMATCHED_COLUMN_ALIASES', (m) => m.input],
];

/** What the parser says of the text: the tree holds the message in place of a statement. */
export function syntaxError(tree: Node, prepared: PreparedText): Error {
  const { error_message: message, position } = tree;
  return new AthenaQueryError('SYNTAX_ERROR', String(message), position === undefined ? undefined : prepared.positionOf(Number(position)));
}

/** DuckDB's complaint in Athena's words, with the place in the statement as the person wrote it. */
export function explain(error: unknown, prepared: PreparedText): Error {
  if (error instanceof AthenaQueryError) {
    return error;
  }
  const message = withoutListing(String((error as Error).message));
  const own = /(?:^|: )([A-Z]+(?:_[A-Z]+)+): (.*)/s.exec(message);
  if (own) {
    return new AthenaQueryError(own[1], own[2]);
  }
  if (message.includes('multiple overloads')) {
    return notSupported('a function over a value whose type is not known before the query runs (write CAST(value AS type))');
  }
  for (const [pattern, code, text] of KNOWN) {
    const match = pattern.exec(message);
    if (match) {
      return new AthenaQueryError(code, text(match), positionOfName(match[1], prepared));
    }
  }
  return new AthenaQueryError('QUERY_FAILED', message);
}

/** The first line: DuckDB appends the SQL that we gave it, which the person never saw. */
function withoutListing(message: string): string {
  return message.split(/\n\s*(?:\n|LINE \d+:|Candidate)/)[0].trim();
}

function positionOfName(name: string | undefined, prepared: PreparedText): Position | undefined {
  const at = name === undefined ? -1 : prepared.text.toLowerCase().search(new RegExp(`(?<![\\w"])"?${name.toLowerCase().replace(/[^\w]/g, '\\$&')}(?!\\w)`));
  return at < 0 ? undefined : prepared.positionOf(at + 1);
}

/** Types of the user guide's "Athena error catalog". */
const ICEBERG_ERROR = 233;
const USER_ERROR = 1000;

/** A failure as GetQueryExecution tells of it. */
export function executionError({ code, message }: AthenaQueryError): AthenaError {
  const conflict = code === 'ICEBERG_COMMIT_ERROR';
  return { errorCategory: 2, errorType: code.startsWith('ICEBERG_') ? ICEBERG_ERROR : USER_ERROR, retryable: conflict, errorMessage: message };
}

const NAME = /^[a-z0-9_-]{1,255}$/;

/** @throws AthenaQueryError for a name that no table of the catalogue can have. */
export function checkTableName({ database, table, position }: TableName): void {
  if (NAME.test(database) && table.includes('$')) {
    throw notSupported(`the metadata table "${table}"`, position);
  }
  if (!NAME.test(database) || !NAME.test(table)) {
    throw new AthenaQueryError('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${database}.${table}' does not exist: names have lower-case letters, digits, "_" and "-"`, position);
  }
}

export function tableNotFound(catalog: LocalCatalog, name: TableName): AthenaQueryError {
  const databases = catalog.listDatabases();
  if (!databases.includes(name.database)) {
    return new AthenaQueryError('SCHEMA_NOT_FOUND', `Schema '${name.database}' does not exist${didYouMean(name.database, databases, 'crawl first: datalake crawl --local')}`, name.position);
  }
  const tables = catalog.listTables(name.database);
  const text = `Table 'awsdatacatalog.${name.database}.${name.table}' does not exist${didYouMean(name.table, tables, 'crawl first: datalake crawl --local')}`;
  return new AthenaQueryError('TABLE_NOT_FOUND', text, name.position);
}

function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  if (known.length === 0) {
    return ` (${otherwise})`;
  }
  const near = known.map((other) => ({ other, distance: editDistance(name, other) })).sort((a, b) => a.distance - b.distance)[0];
  return near.distance <= Math.max(2, name.length / 3) ? `. Did you mean '${near.other}'?` : ` (there is: ${known.slice(0, 10).join(', ')})`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length];
}
