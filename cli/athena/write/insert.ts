import { QueryType } from './query-type';
import { DmlStatement } from './statement';
import { checkPartitions, checkTypes, queryTypes, storedRow, writeDataFile } from './stored-rows';
import { resolve, WriteContext } from './write-context';
import { AthenaQueryError, Position } from '../athena-error';
import { PreparedQuery } from '../query-engine';
import { LocalTable } from '../table/local-table';
import { DataFile, TableColumn, TableMetadata } from '../table/table-metadata';

export interface Written {
  readonly updateCount: number;
  readonly scannedBytes: number;
}

/** INSERT INTO: appends the rows of a query as one file. */
export async function insert(statement: Extract<DmlStatement, { kind: 'insert' }>, context: WriteContext): Promise<Written> {
  const position = statement.table.token;
  const table = LocalTable.load(context.options, resolve(context, statement.table));
  const columns = insertColumns(table.metadata.columns, statement.columns, position);
  const query = await context.engine.prepare(statement.query, context.database);
  const names = (await context.engine.columnNames(query)).map((_, i) => `c${i}`);
  const types = await queryTypes(context, query, names);
  checkTypes(types, columns, 'Insert query has mismatched column types', 'Query', position);
  const files = await writeQuery(context, table.metadata, query, { columns, names, types });
  if (files.length > 0) {
    table.append(files);
  }
  return { updateCount: files.reduce((sum, file) => sum + file.rows, 0), scannedBytes: query.scannedBytes };
}

/** Runs the query and writes its rows to a file of the table. */
export async function writeQuery(
  context: WriteContext, metadata: TableMetadata, query: PreparedQuery,
  { columns, names, types }: { columns: readonly TableColumn[]; names: readonly string[]; types: readonly QueryType[] },
): Promise<DataFile[]> {
  const row = storedRow(metadata.columns, (column) => {
    const i = columns.findIndex(({ name }) => name === column.name);
    return i < 0 ? undefined : { sql: `q.${names[i]}`, type: types[i] };
  });
  const rows = context.engine.workName('rows');
  await context.engine.run(`CREATE TABLE ${rows} AS SELECT ${row} FROM (${query.sql}) AS q(${names.join(', ')})`, query.text);
  await checkPartitions(context, metadata, rows);
  return writeDataFile(context, metadata, rows);
}

/** The columns that INSERT fills, in the order of its values. */
export function insertColumns(all: readonly TableColumn[], named: readonly string[] | undefined, position: Position): readonly TableColumn[] {
  return (named ?? all.map(({ name }) => name)).map((name, i, names) => {
    const column = all.find((known) => known.name === name);
    if (!column) {
      throw new AthenaQueryError('COLUMN_NOT_FOUND', `Insert column name does not exist in target table: ${name}`, position);
    }
    if (names.indexOf(name) < i) {
      throw new AthenaQueryError('DUPLICATE_COLUMN_NAME', `Insert column name is specified more than once: ${name}`, position);
    }
    return column;
  });
}
