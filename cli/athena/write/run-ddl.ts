import { rmSync } from 'node:fs';
import { AddPartitions, CreateExternalTable, CreateTable, DdlStatement, DeclaredColumn } from './statement';
import { checkIcebergType, widens } from './store-type';
import { checkProperties } from './table-properties';
import { resolve, WriteContext } from './write-context';
import { parseHiveType } from '../../../src/spec/hive-type';
import { GluePartition, GlueTable } from '../../catalog/glue-table';
import { AthenaQueryError, Position } from '../athena-error';
import { tableNotFound } from '../query-errors';
import { createTable, LocalTable } from '../table/local-table';
import { checkTransforms, transformText } from '../table/partition-transform';
import { isIcebergTable, localPath, newMetadata } from '../table/table-metadata';
import { NamedTable } from '../token-reader';
import type { TableName } from '../translate';

/** Runs a statement that changes the catalogue. */
export function runDdl(statement: DdlStatement, context: WriteContext): void {
  switch (statement.kind) {
    case 'create table': return createIceberg(statement, context);
    case 'create external table': return createExternal(statement, context);
    case 'add columns': return addColumns(statement, context);
    case 'change column': return changeColumn(statement, context);
    case 'add partitions': return addPartitions(statement, context);
    case 'set properties': return setProperties(statement, context);
    case 'drop table': return dropTable(statement, context);
  }
}

function createIceberg(statement: CreateTable, context: WriteContext): void {
  const { columns, partitioning, location, properties, table: { token } } = statement;
  const type = Object.entries(properties).find(([key]) => key.toLowerCase() === 'table_type')?.[1];
  if (type?.toUpperCase() !== 'ICEBERG') {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', "CREATE TABLE makes Iceberg tables only: add TBLPROPERTIES ('table_type'='ICEBERG'), or write CREATE EXTERNAL TABLE", token);
  }
  const name = newName(statement, context);
  if (name) {
    checkIcebergColumns(columns, token);
    checkTransforms(partitioning, columns, token);
    const given = { columns, location, partitioning: partitioning.map(transformText), properties: checkProperties(properties, token) };
    if (!createTable(context.options, name, newMetadata(given))) {
      throw alreadyExists(name);
    }
  }
}

function createExternal(statement: CreateExternalTable, context: WriteContext): void {
  const name = newName(statement, context);
  if (!name) {
    return;
  }
  const keys = statement.partitionKeys.map(glueColumn);
  const table: GlueTable = {
    Name: name.table,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...statement.properties },
    PartitionKeys: keys,
    StorageDescriptor: {
      Columns: statement.columns.map(glueColumn),
      Location: statement.location,
      InputFormat: statement.inputFormat ?? 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: statement.outputFormat ?? 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat',
      SerdeInfo: { SerializationLibrary: statement.serde, Parameters: statement.serdeProperties },
    },
  };
  if (!context.options.catalog.replaceTable(name.database, name.table, (present) => present === undefined, table)) {
    throw alreadyExists(name);
  }
}

/** The name of a table to make; undefined when it exists and may. */
function newName(statement: { readonly table: NamedTable; readonly ifNotExists: boolean }, context: WriteContext): TableName | undefined {
  const name = resolve(context, statement.table);
  const { catalog } = context.options;
  if (!catalog.listDatabases().includes(name.database)) {
    throw tableNotFound(catalog, name);
  }
  if (catalog.getTable(name.database, name.table) === undefined) {
    return name;
  }
  if (statement.ifNotExists) {
    return undefined;
  }
  throw alreadyExists(name);
}

const alreadyExists = ({ database, table, position }: TableName) =>
  new AthenaQueryError('TABLE_ALREADY_EXISTS', `Table 'awsdatacatalog.${database}.${table}' already exists`, position);

const glueColumn = ({ name, type, comment }: DeclaredColumn) => ({ Name: name, Type: type, ...comment === undefined ? {} : { Comment: comment } });

const checkIcebergColumns = (columns: readonly DeclaredColumn[], position: Position) =>
  columns.forEach(({ name, type }) => checkIcebergType(name, parseHiveType(type), position));

function addColumns({ table, columns }: Extract<DdlStatement, { kind: 'add columns' }>, context: WriteContext): void {
  const name = resolve(context, table);
  const found = existing(name, context);
  const known = [...found.StorageDescriptor?.Columns ?? [], ...found.PartitionKeys ?? []];
  const twice = columns.find((column) => known.some(({ Name }) => Name.toLowerCase() === column.name));
  if (twice) {
    throw new AthenaQueryError('COLUMN_ALREADY_EXISTS', `Column '${twice.name}' of table ${name.database}.${name.table} already exists`, table.token);
  }
  if (isIcebergTable(found)) {
    checkIcebergColumns(columns, table.token);
    const current = LocalTable.load(context.options, name);
    const { lastColumnId } = current.metadata;
    const added = columns.map((column, i) => ({ id: lastColumnId + 1 + i, ...column }));
    current.commit(undefined, { columns: [...current.metadata.columns, ...added], lastColumnId: lastColumnId + added.length });
  } else {
    const storage = found.StorageDescriptor ?? { Columns: [], Location: '' };
    const all = [...storage.Columns, ...columns.map(glueColumn)];
    context.options.catalog.putTable(name.database, { ...found, StorageDescriptor: { ...storage, Columns: all } });
  }
}

/** Athena lets a type widen and nothing else; the files stay as they are. */
function changeColumn({ table, column, from }: Extract<DdlStatement, { kind: 'change column' }>, context: WriteContext): void {
  const current = LocalTable.load(context.options, resolve(context, table));
  const present = current.metadata.columns.find(({ name }) => name === column.name);
  if (!present) {
    throw new AthenaQueryError('COLUMN_NOT_FOUND', `Column '${column.name}' does not exist`, from);
  }
  if (!widens(parseHiveType(present.type), parseHiveType(column.type))) {
    throw new AthenaQueryError('NOT_SUPPORTED', `Cannot change column type: ${column.name}: ${present.type} -> ${column.type} (allowed are int to bigint, float to double, and a decimal of more digits and the same scale)`, from);
  }
  const changed = { ...present, type: column.type, ...column.comment === undefined ? {} : { comment: column.comment } };
  current.commit(undefined, { columns: current.metadata.columns.map((one) => (one === present ? changed : one)) });
}

function addPartitions({ table, ifNotExists, partitions }: AddPartitions, context: WriteContext): void {
  const name = resolve(context, table);
  const found = existing(name, context);
  const keys = (found.PartitionKeys ?? []).map(({ Name }) => Name.toLowerCase());
  if (isIcebergTable(found) || keys.length === 0) {
    throw new AthenaQueryError('NOT_SUPPORTED', `table ${name.database}.${name.table} has no partitions to add: it is ${isIcebergTable(found) ? 'an Iceberg table' : 'not partitioned'}`, table.token);
  }
  const added = partitions.map(({ values, location, token }): GluePartition => {
    const named = Object.keys(values);
    if (named.length !== keys.length || !keys.every((key) => named.includes(key))) {
      throw new AthenaQueryError('INVALID_PARTITION_VALUE', `PARTITION names ${named.join(', ')}, the table's keys are ${keys.join(', ')}`, token);
    }
    const folder = keys.map((key) => `${key}=${encodeURIComponent(values[key])}/`).join('');
    const base = (found.StorageDescriptor?.Location ?? '').replace(/\/?$/, '/');
    return { Values: keys.map((key) => values[key]), StorageDescriptor: { Location: location ?? base + folder } };
  });
  const { catalog } = context.options;
  const known = new Set(catalog.getPartitions(name.database, name.table).map(({ Values }) => JSON.stringify(Values)));
  const twice = added.find(({ Values }) => known.has(JSON.stringify(Values)));
  if (twice && !ifNotExists) {
    throw new AthenaQueryError('ALREADY_EXISTS', `Partition already exists: ${keys.map((key, i) => `${key}=${twice.Values[i]}`).join('/')} (write ADD IF NOT EXISTS)`, table.token);
  }
  catalog.addPartitions(name.database, name.table, added);
}

function setProperties({ table, properties }: Extract<DdlStatement, { kind: 'set properties' }>, context: WriteContext): void {
  const name = resolve(context, table);
  const found = existing(name, context);
  if (isIcebergTable(found)) {
    const current = LocalTable.load(context.options, name);
    current.commit(undefined, { properties: { ...current.metadata.properties, ...checkProperties(properties, table.token) } });
  } else {
    context.options.catalog.putTable(name.database, { ...found, Parameters: { ...found.Parameters, ...properties } });
  }
}

/** The files of an Iceberg table go with it, those of an external table stay (Athena user guide, "DROP TABLE"). */
function dropTable({ table, ifExists }: Extract<DdlStatement, { kind: 'drop table' }>, context: WriteContext): void {
  const name = resolve(context, table);
  const { catalog, bucketRoot } = context.options;
  const found = catalog.getTable(name.database, name.table);
  if (!found && ifExists) {
    return;
  }
  if (!isIcebergTable(existing(name, context))) {
    catalog.deleteTable(name.database, name.table);
    return;
  }
  const current = LocalTable.load(context.options, name);
  current.drop();
  for (const part of ['data', 'metadata']) {
    rmSync(localPath(bucketRoot, `${current.metadata.location}/${part}`), { recursive: true, force: true });
  }
}

function existing(name: TableName, { options: { catalog } }: WriteContext): GlueTable {
  const found = catalog.getTable(name.database, name.table);
  if (!found) {
    throw tableNotFound(catalog, name);
  }
  return found;
}
