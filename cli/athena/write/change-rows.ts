import { Written } from './insert';
import { QueryType } from './query-type';
import { replaceRows, targetView } from './row-changes';
import { Assignment, DmlStatement } from './statement';
import { trinoName } from './store-type';
import { checkTypes, queryTypes, storedRow } from './stored-rows';
import { join, resolve, WriteContext } from './write-context';
import { HiveType, parseHiveType } from '../../../src/spec/hive-type';
import { AthenaQueryError, Position } from '../athena-error';
import { quoted } from '../column-type';
import { LocalTable } from '../table/local-table';
import { ROW_FILE, ROW_NUMBER } from '../table/scan-table';
import { TableColumn } from '../table/table-metadata';

type Change = Extract<DmlStatement, { kind: 'delete' | 'update' }>;

/** DELETE and UPDATE: finds the rows, and for UPDATE what becomes of them, then replaces them. */
export async function changeRows(statement: Change, context: WriteContext): Promise<Written> {
  const { engine } = context;
  const place = statement.table.token;
  const table = LocalTable.load(context.options, resolve(context, statement.table));
  const set = statement.kind === 'update' ? statement.set : [];
  const columns = updatedColumns(table.metadata.columns, set, 'UPDATE');
  const target = await targetView(context, table);
  const condition = statement.where ?? join(place, 'true');
  const values = set.map(({ value }) => join(place, ', CASE WHEN (', condition, ') THEN (', value, ') END'));
  const query = await engine.prepare(join(place, `SELECT ${ROW_FILE}, ${ROW_NUMBER}, (`, condition, ')', ...values, ` FROM ${target} AS ${quoted(statement.table.table)}`), context.database);
  const names = ['file', 'number', 'chosen', ...set.map((_, i) => `c${i}`)];
  const [, , chosen, ...types] = await queryTypes(context, query, names);
  requireBoolean(chosen, 'WHERE clause', statement.where?.[0] ?? place);
  checkTypes(types, columns, "UPDATE table column types don't match SET expressions", 'Expressions', place);
  const found = engine.workName('found');
  await engine.run(`CREATE TABLE ${found} AS SELECT file AS ${ROW_FILE}, number AS ${ROW_NUMBER}, * EXCLUDE (file, number, chosen) FROM (${query.sql}) AS q(${names.join(', ')}) WHERE chosen`, query.text);
  const added = statement.kind === 'update' ? [await updatedRows(context, table, target, found, columns, types)] : [];
  await replaceRows(context, table, statement.kind === 'delete' ? 'delete' : 'overwrite', found, added);
  return { updateCount: await engine.count(found), scannedBytes: query.scannedBytes };
}

/** The chosen rows with their new values, as a view of the session. */
async function updatedRows(
  { engine }: WriteContext, table: LocalTable, target: string, found: string, columns: readonly TableColumn[], types: readonly QueryType[],
): Promise<string> {
  const row = storedRow(table.metadata.columns, (column) => {
    const i = columns.indexOf(column);
    return i < 0 ? keptValue(column, 't') : { sql: `f.c${i}`, type: types[i] };
  });
  const updated = engine.workName('updated');
  await engine.run(`CREATE VIEW ${updated} AS SELECT ${row} FROM ${target} AS t JOIN ${found} AS f ON t.${ROW_FILE} = f.${ROW_FILE} AND t.${ROW_NUMBER} = f.${ROW_NUMBER}`);
  return updated;
}

/** A value that stays as it is, in its own type. */
export const keptValue = (column: TableColumn, of: string) => ({ sql: `${of}.${quoted(column.name)}`, type: asQueryType(parseHiveType(column.type)) });

/** A column's type as the type of a query that reads it. */
export function asQueryType(type: HiveType): QueryType {
  switch (type.kind) {
    case 'array': return { kind: 'list', element: asQueryType(type.element) };
    case 'struct': return { kind: 'rows', fields: type.fields.map((field) => ({ name: field.name.toLowerCase(), type: asQueryType(field.type) })) };
    default: return type;
  }
}

/** The columns that SET names, in its order. */
export function updatedColumns(all: readonly TableColumn[], set: readonly Assignment[], statement: string): readonly TableColumn[] {
  return set.map(({ column: name, token }, i) => {
    const column = all.find((known) => known.name === name);
    if (!column) {
      throw new AthenaQueryError('COLUMN_NOT_FOUND', `The ${statement} SET target column ${name} doesn't exist`, token);
    }
    if (set.findIndex((other) => other.column === name) < i) {
      throw new AthenaQueryError('DUPLICATE_COLUMN_NAME', `Column '${name}' is set more than once`, token);
    }
    return column;
  });
}

/** @throws AthenaQueryError for a condition that is none: DuckDB would read text as true or false. */
export function requireBoolean(type: QueryType, what: string, position: Position): void {
  if (type.kind !== 'unknown' && !(type.kind === 'primitive' && type.name === 'boolean')) {
    throw new AthenaQueryError('TYPE_MISMATCH', `${what} must evaluate to a boolean: actual type ${trinoName(type)}`, position);
  }
}
