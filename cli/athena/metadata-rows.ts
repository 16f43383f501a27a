import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaQueryError } from './athena-error';
import { LocalAthenaOptions, QueryResult } from './athena-query';
import { tableNotFound } from './query-errors';
import { Statement } from './statements';
import { isIcebergTable, readMetadata, TableMetadata } from './table/table-metadata';
import { GluePartition, GlueTable } from '../catalog/glue-table';

/** Answers what the catalogue alone knows, in Athena's layout. */
export function metadataRows(statement: Exclude<Statement, { kind: 'query' | 'write' }>, options: LocalAthenaOptions): QueryResult {
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
    case 'create': return lines('createtab_stmt', createStatement(database, table, options.bucketRoot));
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

function createStatement(database: string, table: GlueTable, bucketRoot: string): string[] {
  if (isIcebergTable(table)) {
    return createIcebergStatement(database, readMetadata(bucketRoot, table), table.Name);
  }
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

function createIcebergStatement(database: string, { columns, partitioning, location, properties }: TableMetadata, name: string): string[] {
  const comment = (text: string | undefined) => (text === undefined ? '' : ` COMMENT '${text.replace(/'/g, "''")}'`);
  const settings = Object.entries({ table_type: 'iceberg', ...properties });
  return [
    `CREATE TABLE ${database}.${name} (`,
    ...columns.map((column, i) => `  ${column.name} ${column.type}${comment(column.comment)}${i < columns.length - 1 ? ',' : ')'}`),
    ...partitioning.length > 0 ? [`PARTITIONED BY (${partitioning.join(', ')})`] : [],
    `LOCATION '${location}'`,
    'TBLPROPERTIES (',
    ...settings.map(([key, value], i) => `  '${key}'='${value}'${i < settings.length - 1 ? ',' : ''}`),
    ');',
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
