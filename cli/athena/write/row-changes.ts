import { checkPartitions, writeDataFile } from './stored-rows';
import { WriteContext } from './write-context';
import { quoted } from '../column-type';
import { LocalTable } from '../table/local-table';
import { ROW_FILE, ROW_NUMBER, scanSql } from '../table/scan-table';
import { localPath, Operation } from '../table/table-metadata';

/** Makes the table's rows, with their ids, a view of the session; returns its name. */
export async function targetView({ engine, options }: WriteContext, table: LocalTable): Promise<string> {
  const name = engine.workName('target');
  await engine.run(`CREATE VIEW ${name} AS ${scanSql(options.bucketRoot, table.metadata, true).sql}`);
  return name;
}

/**
 * Replaces rows, copy on write: each file that holds a gone row is written again without it, the new rows beside the rest.
 *
 * @param gone table of the session with the ids of the rows that go, in {@link ROW_FILE} and {@link ROW_NUMBER}.
 * @param added tables of the session with new rows, in the table's columns and types.
 */
export async function replaceRows(
  context: WriteContext, table: LocalTable, operation: Operation, gone: string, added: readonly string[],
): Promise<void> {
  const { engine, options } = context;
  const { metadata } = table;
  const touched = new Set((await engine.run(`SELECT DISTINCT ${ROW_FILE} FROM ${gone}`)).map(([path]) => path));
  const affected = metadata.files.filter((file) => touched.has(localPath(options.bucketRoot, file.location)));
  const columns = metadata.columns.map(({ name }) => quoted(name)).join(', ');
  const rows = engine.workName('rows');
  const survivors = `SELECT ${columns} FROM (${scanSql(options.bucketRoot, { ...metadata, files: affected }, true).sql}) AS s ANTI JOIN ${gone} AS g `
    + `ON s.${ROW_FILE} = g.${ROW_FILE} AND s.${ROW_NUMBER} = g.${ROW_NUMBER}`;
  const news = engine.workName('news');
  const none = `(${scanSql(options.bucketRoot, { ...metadata, files: [] }).sql})`;
  await engine.run(`CREATE VIEW ${news} AS ${[none, ...added].map((from) => `SELECT ${columns} FROM ${from}`).join(' UNION ALL ')}`);
  await checkPartitions(context, metadata, news);
  await engine.run(`CREATE VIEW ${rows} AS ${survivors} UNION ALL SELECT ${columns} FROM ${news}`);
  const written = await writeDataFile(context, metadata, rows);
  if (affected.length > 0 || written.length > 0) {
    table.commit(operation, { files: [...metadata.files.filter((file) => !affected.includes(file)), ...written] });
  }
}
