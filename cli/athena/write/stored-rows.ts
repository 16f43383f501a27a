import { statSync } from 'node:fs';
import { parseQueryType, QueryType } from './query-type';
import { canStore, storeSql, trinoName } from './store-type';
import { WriteContext } from './write-context';
import { parseHiveType } from '../../../src/spec/hive-type';
import { AthenaQueryError, Position } from '../athena-error';
import { duckdbType, literal, quoted } from '../column-type';
import { PreparedQuery } from '../query-engine';
import { newDataFile } from '../table/local-table';
import { checkTransforms, parseTransform, partitionKey, transformSql } from '../table/partition-transform';
import { DataFile, TableColumn, TableMetadata } from '../table/table-metadata';

/** Athena's limit of one statement (Athena user guide, "Use CTAS and INSERT INTO to work around the 100 partition limit"). */
const MAX_PARTITIONS = 100;

/** Types of the columns of a query, found without running it. */
export async function queryTypes({ engine }: WriteContext, query: PreparedQuery, columns: readonly string[]): Promise<QueryType[]> {
  const types = columns.map((column) => `typeof(q.${column})`).join(', ');
  const rows = await engine.run(`SELECT ${types} FROM (SELECT 1) LEFT JOIN (SELECT * FROM (${query.sql}) LIMIT 0) AS q(${columns.join(', ')}) ON true`, query.text);
  return rows[0].map((type) => parseQueryType(String(type)));
}

/** @throws AthenaQueryError `TYPE_MISMATCH` in Trino's words when a value cannot be stored in its column. */
export function checkTypes(from: readonly QueryType[], to: readonly TableColumn[], what: string, said: string, position: Position): void {
  if (from.length !== to.length || from.some((type, i) => !canStore(type, parseHiveType(to[i].type)))) {
    const table = to.map((column) => trinoName(parseHiveType(column.type) as QueryType)).join(', ');
    throw new AthenaQueryError('TYPE_MISMATCH', `${what}: Table: [${table}], ${said}: [${from.map(trinoName).join(', ')}]`, position);
  }
}

/** Select list of a whole row: values where there are any, NULL elsewhere. */
export function storedRow(
  columns: readonly TableColumn[], valueOf: (column: TableColumn) => { readonly sql: string; readonly type: QueryType } | undefined,
): string {
  return columns.map((column) => {
    const type = parseHiveType(column.type);
    const value = valueOf(column);
    return `${value ? storeSql(value.sql, value.type, type) : `NULL::${duckdbType(type)}`} AS ${quoted(column.name)}`;
  }).join(', ');
}

/** Writes rows as a new data file, which belongs to the table once it is committed. No rows, no file. */
export async function writeDataFile({ engine, options }: WriteContext, metadata: TableMetadata, rows: string): Promise<DataFile[]> {
  const count = await engine.count(rows);
  if (count === 0) {
    return [];
  }
  const { location, path } = newDataFile(options.bucketRoot, metadata);
  await engine.run(`COPY (FROM ${rows}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  return [{ location, rows: count, bytes: statSync(path).size }];
}

/** @throws AthenaQueryError when new rows are of more partitions than one statement of Athena's may write. */
export async function checkPartitions({ engine }: WriteContext, metadata: TableMetadata, rows: string): Promise<void> {
  const transforms = metadata.partitioning.map((text) => parseTransform(text));
  if (transforms.length === 0) {
    return;
  }
  checkTransforms(transforms, metadata.columns);
  const types = transforms.map(({ column }) => metadata.columns.find(({ name }) => name === column)?.type ?? '');
  const distinct = await engine.run(`SELECT DISTINCT ${transforms.map((transform) => `CAST(${transformSql(transform)} AS VARCHAR)`).join(', ')} FROM ${rows}`);
  const partitions = new Set(distinct.map((values) => partitionKey(transforms, values, types)));
  if (partitions.size > MAX_PARTITIONS) {
    throw new AthenaQueryError('ICEBERG_TOO_MANY_OPEN_PARTITIONS', `Exceeded limit of ${MAX_PARTITIONS} open writers for partitions: the statement writes ${partitions.size} partitions, split it`);
  }
}
