import { existsSync } from 'node:fs';
import { localPath, TableMetadata } from './table-metadata';
import { parseHiveType } from '../../../src/spec/hive-type';
import { AthenaQueryError } from '../athena-error';
import { duckdbType, literal, quoted } from '../column-type';

/** Columns that name a row of the present snapshot: its file, and its place in it. */
export const ROW_FILE = '__file';
export const ROW_NUMBER = '__row';

/** DuckDB query over the present snapshot of a table. Files from before a column was added show it as NULL. */
export function scanSql(bucketRoot: string, metadata: TableMetadata, withRowIds = false): { sql: string; scannedBytes: number } {
  const columns = metadata.columns.map(({ name, type }) => ({ name: quoted(name), type: duckdbType(parseHiveType(type)) }));
  const select = columns.map(({ name, type }) => `CAST(${name} AS ${type}) AS ${name}`).concat(withRowIds ? [ROW_FILE, ROW_NUMBER] : []);
  const none = columns.map(({ name, type }) => `NULL::${type} AS ${name}`).concat(withRowIds ? [`NULL::VARCHAR AS ${ROW_FILE}`, `NULL::BIGINT AS ${ROW_NUMBER}`] : []);
  const sources = [`SELECT ${none.join(', ')} WHERE false`];
  if (metadata.files.length > 0) {
    const paths = metadata.files.map((file) => dataPath(bucketRoot, metadata, file.location));
    const rowIds = withRowIds ? `filename AS ${ROW_FILE}, file_row_number AS ${ROW_NUMBER}, ` : '';
    const hidden = withRowIds ? ' EXCLUDE (filename, file_row_number)' : '';
    sources.push(`SELECT ${rowIds}*${hidden} FROM read_parquet([${paths.map(literal).join(', ')}], union_by_name = true, hive_partitioning = false`
      + `${withRowIds ? ', filename = true, file_row_number = true' : ''})`);
  }
  return { sql: `SELECT ${select.join(', ')} FROM (${sources.join(' UNION ALL BY NAME ')})`, scannedBytes: metadata.files.reduce((sum, file) => sum + file.bytes, 0) };
}

function dataPath(bucketRoot: string, metadata: TableMetadata, location: string): string {
  const path = localPath(bucketRoot, location);
  if (!existsSync(path)) {
    throw new AthenaQueryError('ICEBERG_CANNOT_OPEN_SPLIT', `Error opening Iceberg split ${location}: the file is gone (table at ${metadata.location})`);
  }
  return path;
}
