import { existsSync, readdirSync } from 'node:fs';
import { Written, writeQuery } from './insert';
import { QueryType } from './query-type';
import { CreateTableAs } from './statement';
import { columnTypeOf } from './store-type';
import { queryTypes } from './stored-rows';
import { checkProperties } from './table-properties';
import { resolve, WriteContext } from './write-context';
import { hiveTypeText } from '../../../src/spec/hive-type';
import { AthenaQueryError, notSupported, Position } from '../athena-error';
import { createTable } from '../table/local-table';
import { checkTransforms, parseTransform, transformText } from '../table/partition-transform';
import { localPath, newMetadata, TableMetadata } from '../table/table-metadata';
import { UNNAMED } from '../translate';

/** CREATE TABLE AS: the table appears with its rows, or not at all. */
export async function createTableAs(statement: CreateTableAs, context: WriteContext): Promise<Written> {
  const { engine, options } = context;
  const name = resolve(context, statement.table);
  const position = statement.table.token;
  const exists = () => new AthenaQueryError('TABLE_ALREADY_EXISTS', `Destination table 'awsdatacatalog.${name.database}.${name.table}' already exists`, position);
  if (options.catalog.getTable(name.database, name.table)) {
    if (statement.ifNotExists) {
      return { updateCount: 0, scannedBytes: 0 };
    }
    throw exists();
  }
  const properties = tableProperties(statement.properties, position);
  const query = await engine.prepare(statement.query, context.database);
  const columnNames = await engine.columnNames(query);
  const names = columnNames.map((_, i) => `c${i}`);
  const types = await queryTypes(context, query, names);
  const metadata = newMetadata({ ...properties, columns: columnsOf(columnNames, types, position) });
  checkTransforms(metadata.partitioning.map((text) => parseTransform(text)), metadata.columns, position);
  requireEmpty(metadata, options.bucketRoot, position);
  const files = statement.withData ? await writeQuery(context, metadata, query, { columns: metadata.columns, names, types }) : [];
  if (!createTable(options, name, { ...metadata, files, operation: 'append' })) {
    throw exists();
  }
  return { updateCount: files.reduce((sum, file) => sum + file.rows, 0), scannedBytes: query.scannedBytes };
}

function columnsOf(names: readonly string[], types: readonly QueryType[], position: Position) {
  return names.map((given, i) => {
    const name = given.toLowerCase();
    if (UNNAMED.test(name)) {
      throw new AthenaQueryError('MISSING_COLUMN_NAME', `Column name not specified at position ${i + 1}`, position);
    }
    if (names.findIndex((other) => other.toLowerCase() === name) < i) {
      throw new AthenaQueryError('DUPLICATE_COLUMN_NAME', `Column name '${name}' specified more than once`, position);
    }
    return { name, type: hiveTypeText(columnTypeOf(name, types[i], position)) };
  });
}

/** What WITH (...) says (Athena user guide, "CTAS table properties"). */
function tableProperties(given: CreateTableAs['properties'], position: Position): Pick<TableMetadata, 'location' | 'partitioning' | 'properties'> {
  const { table_type: type, location, is_external: external, partitioning, ...rest } = given;
  if (String(type ?? 'HIVE').toUpperCase() !== 'ICEBERG') {
    throw notSupported("CREATE TABLE AS of a table that is not Iceberg's (write WITH (table_type = 'ICEBERG', ...))", position);
  }
  if (external !== 'false') {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', 'is_external must be false for a table of the type ICEBERG', position);
  }
  if (typeof location !== 'string' || !/^s3:\/\/[a-z0-9][a-z0-9.-]*\/.+/.test(location)) {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `location must be an address s3://bucket/prefix/, got ${location === undefined ? 'none' : `'${String(location)}'`}`, position);
  }
  const list = Object.entries(rest).find(([, value]) => typeof value !== 'string');
  if (list || (partitioning !== undefined && !Array.isArray(partitioning))) {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', list ? `${list[0]} must be one value` : 'partitioning must be ARRAY[...]', position);
  }
  const transforms = ((partitioning ?? []) as string[]).map((text) => transformText(parseTransform(text, position)));
  return { location, partitioning: transforms, properties: checkProperties(rest as Record<string, string>, position) };
}

/** Athena makes a table on an empty prefix only: what lies there may be another table's. */
function requireEmpty(metadata: TableMetadata, bucketRoot: string, position: Position): void {
  const folder = localPath(bucketRoot, metadata.location);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new AthenaQueryError('ICEBERG_FILESYSTEM_ERROR', `Cannot create a table on a non-empty location: ${metadata.location}`, position);
  }
}
