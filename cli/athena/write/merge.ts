import { keptValue, requireBoolean, updatedColumns } from './change-rows';
import { insertColumns, Written } from './insert';
import { QueryType } from './query-type';
import { replaceRows, targetView } from './row-changes';
import { MergeCase, MergeInto } from './statement';
import { checkTypes, queryTypes, storedRow } from './stored-rows';
import { join, resolve, WriteContext } from './write-context';
import { AthenaQueryError, notSupported } from '../athena-error';
import { quoted } from '../column-type';
import { LocalTable } from '../table/local-table';
import { ROW_FILE, ROW_NUMBER } from '../table/scan-table';
import { TableColumn } from '../table/table-metadata';

/** Numbers the source's rows. */
const SOURCE_ROW = '__source_row';

/** Number of the case that a pair falls under. */
const CHOSEN = '__chosen';

interface Merge {
  readonly statement: MergeInto;
  readonly context: WriteContext;
  readonly table: LocalTable;
  /** Tables of the session: the target's rows, the source's, and which goes with which under which case. */
  readonly target: string;
  readonly source: string;
  readonly pairs: string;
}

/** MERGE INTO: pairs the source with the target, chooses a case for each pair, and replaces the rows. */
export async function merge(statement: MergeInto, context: WriteContext): Promise<Written> {
  const { engine } = context;
  const table = LocalTable.load(context.options, resolve(context, statement.table));
  statement.cases.forEach((one) => checkColumns(one, table.metadata.columns));
  const { name: source, scannedBytes } = await stageSource(statement, context);
  const target = await targetView(context, table);
  const one: Merge = { statement, context, table, target, source, pairs: engine.workName('pairs') };
  await pair(one);
  const added: string[] = [];
  for (const [i, { action }] of statement.cases.entries()) {
    if (action !== 'delete') {
      added.push(await newRows(one, i));
    }
  }
  const gone = engine.workName('gone');
  await engine.run(`CREATE TABLE ${gone} AS SELECT ${ROW_FILE}, ${ROW_NUMBER} FROM ${one.pairs} WHERE ${CHOSEN} >= 0 AND ${ROW_NUMBER} IS NOT NULL`);
  await replaceRows(context, table, 'overwrite', gone, added);
  return { updateCount: await engine.count(`${one.pairs} WHERE ${CHOSEN} >= 0`), scannedBytes };
}

/** Runs the source once; a column without a type (`NULL AS a`) keeps none. */
async function stageSource({ source, table }: MergeInto, context: WriteContext): Promise<{ name: string; scannedBytes: number }> {
  const { engine } = context;
  const query = await engine.prepare(join(table.token, 'SELECT * FROM ', source.query, ` AS ${quoted(source.alias)}`), context.database);
  const names = (await engine.columnNames(query)).map((name, i) => (source.columns?.[i] ?? name).toLowerCase());
  if (source.columns && source.columns.length !== names.length) {
    throw new AthenaQueryError('MISMATCHED_COLUMN_ALIASES', `Column alias list has ${source.columns.length} entries but '${source.alias}' has ${names.length} columns available`, source.query[0]);
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw notSupported(`a MERGE source with two columns named ${twice}`, source.query[0]);
  }
  const columns = names.map(quoted);
  const types = await queryTypes(context, query, columns);
  const rows = engine.workName('source_rows');
  await engine.run(`CREATE TABLE ${rows} AS SELECT q.*, row_number() OVER () AS ${SOURCE_ROW} FROM (${query.sql}) AS q(${columns.join(', ')})`, query.text);
  const name = engine.workName('source');
  const select = columns.map((column, i) => (types[i].kind === 'unknown' ? `NULL AS ${column}` : column));
  await engine.run(`CREATE VIEW ${name} AS SELECT ${[...select, SOURCE_ROW].join(', ')} FROM ${rows}`);
  return { name, scannedBytes: query.scannedBytes };
}

/** Finds for every row of the source its rows of the target, and the first case that takes the pair; -1 when none does. */
async function pair({ statement, context, target, source, pairs }: Merge): Promise<void> {
  const { engine } = context;
  const place = statement.table.token;
  const [s, t] = [quoted(statement.source.alias), quoted(statement.alias)];
  const on = await engine.prepare(join(place, 'SELECT (', statement.on, `) FROM ${source} AS ${s} CROSS JOIN ${target} AS ${t}`), context.database);
  requireBoolean((await queryTypes(context, on, ['joins']))[0], 'MERGE condition', statement.on[0]);
  const matched = (one: MergeCase) => `${t}.${ROW_NUMBER} IS ${one.matched ? 'NOT ' : ''}NULL`;
  const conditions = statement.cases.map((one) => join(place, ', ', ...one.condition ? [`CASE WHEN ${matched(one)} THEN (`, one.condition, ') END'] : [matched(one)]));
  const query = await engine.prepare(
    join(place, `SELECT ${s}.${SOURCE_ROW}, ${t}.${ROW_FILE}, ${t}.${ROW_NUMBER}`, ...conditions, ` FROM ${source} AS ${s} LEFT JOIN ${target} AS ${t} ON (`, statement.on, ')'), context.database);
  const taken = statement.cases.map((_, i) => `k${i}`);
  const names = [SOURCE_ROW, ROW_FILE, ROW_NUMBER, ...taken];
  (await queryTypes(context, query, names)).slice(3).forEach((type, i) => requireBoolean(type, 'WHEN clause', statement.cases[i].token));
  const chosen = `CASE ${taken.map((name, i) => `WHEN ${name} THEN ${i}`).join(' ')} ELSE -1 END`;
  await engine.run(`CREATE TABLE ${pairs} AS SELECT ${SOURCE_ROW}, ${ROW_FILE}, ${ROW_NUMBER}, ${chosen} AS ${CHOSEN} FROM (${query.sql}) AS q(${names.join(', ')})`, query.text);
  await refuseSeveral(context, pairs);
}

/**
 * Trino refuses two source rows for one target row and one case (or none). Two rows with two cases pass there and leave the row changed twice;
 * here they are refused as well.
 */
async function refuseSeveral({ engine }: WriteContext, pairs: string): Promise<void> {
  const several = await engine.run(`SELECT 1 FROM ${pairs} WHERE ${ROW_NUMBER} IS NOT NULL GROUP BY ${ROW_FILE}, ${ROW_NUMBER} `
    + `HAVING count(*) > count(DISTINCT ${CHOSEN}) OR count(DISTINCT ${CHOSEN}) FILTER (${CHOSEN} >= 0) > 1 LIMIT 1`);
  if (several.length > 0) {
    throw new AthenaQueryError('MERGE_TARGET_ROW_MULTIPLE_MATCHES', 'One MERGE target table row matched more than one source row');
  }
}

/** What becomes of the rows of an UPDATE or INSERT case; its expressions see those rows only. */
async function newRows({ statement, context, table, target, source, pairs }: Merge, caseNumber: number): Promise<string> {
  const { engine } = context;
  const place = statement.table.token;
  const { set, action, token } = statement.cases[caseNumber];
  const columns = checkColumns(statement.cases[caseNumber], table.metadata.columns);
  const [s, t] = [quoted(statement.source.alias), quoted(statement.alias)];
  const values = set.map(({ value }) => join(place, ', (', value, ')'));
  const query = await engine.prepare(join(place, `SELECT __pairs.${ROW_FILE}, __pairs.${ROW_NUMBER}`, ...values,
    ` FROM ${pairs} AS __pairs JOIN ${source} AS ${s} ON ${s}.${SOURCE_ROW} = __pairs.${SOURCE_ROW} AND __pairs.${CHOSEN} = ${caseNumber} `
    + `LEFT JOIN ${target} AS ${t} ON ${t}.${ROW_FILE} = __pairs.${ROW_FILE} AND ${t}.${ROW_NUMBER} = __pairs.${ROW_NUMBER}`), context.database);
  const names = ['file', 'number', ...set.map((_, i) => `c${i}`)];
  const types = (await queryTypes(context, query, names)).slice(2);
  checkTypes(types, columns, `MERGE table column types don't match for MERGE case ${caseNumber}, SET expressions`, 'Expressions', token);
  const valueOf = (column: TableColumn): { sql: string; type: QueryType } | undefined => {
    const i = columns.indexOf(column);
    return i >= 0 ? { sql: `q.c${i}`, type: types[i] } : action === 'update' ? keptValue(column, 't') : undefined;
  };
  const kept = action === 'update' ? ` JOIN ${target} AS t ON t.${ROW_FILE} = q.file AND t.${ROW_NUMBER} = q.number` : '';
  const rows = engine.workName('case');
  await engine.run(`CREATE TABLE ${rows} AS SELECT ${storedRow(table.metadata.columns, valueOf)} FROM (${query.sql}) AS q(${names.join(', ')})${kept}`, query.text);
  return rows;
}

function checkColumns({ action, set, allColumns, token }: MergeCase, columns: readonly TableColumn[]): readonly TableColumn[] {
  if (action !== 'insert') {
    return updatedColumns(columns, set, 'MERGE');
  }
  return insertColumns(columns, allColumns ? undefined : set.map(({ column }) => column), token);
}
