import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseTransform } from './partition-transform';
import { GlueColumn, GlueTable } from '../../catalog/glue-table';
import { keyToPath } from '../../s3/key-path';
import { AthenaQueryError } from '../athena-error';

/** A column; the id stays when the type widens. */
export interface TableColumn {
  readonly id: number;
  readonly name: string;
  /** In Hive's notation, as the Glue catalogue shows it. */
  readonly type: string;
  readonly comment?: string;
}

export interface DataFile {
  readonly location: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What Athena calls an operation in a snapshot's summary (Iceberg specification, "Snapshots"). */
export type Operation = 'append' | 'overwrite' | 'delete' | 'replace';

/**
 * All that a local curated table is: its columns and the Parquet files of its present snapshot. It has Iceberg's
 * behaviour and not its file format: only this command reads it.
 */
export interface TableMetadata {
  readonly format: typeof FORMAT;
  readonly formatVersion: 1;
  readonly tableUuid: string;
  readonly location: string;
  readonly columns: readonly TableColumn[];
  readonly lastColumnId: number;
  /** As written in the DDL: `day(ts)`. */
  readonly partitioning: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly sequenceNumber: number;
  readonly operation?: Operation;
  readonly files: readonly DataFile[];
  readonly previousMetadataLocation?: string;
}

const FORMAT = 'datalake-local-table (Iceberg semantics, not the Iceberg format)';

/** Name of the Glue table's parameter that points to the metadata: changing it is the commit. */
export const METADATA_LOCATION = 'metadata_location';

export const isIcebergTable = (table: GlueTable): boolean => table.Parameters?.table_type?.toUpperCase() === 'ICEBERG';

export type NewTable = Pick<TableMetadata, 'location' | 'partitioning' | 'properties'> & { readonly columns: readonly Omit<TableColumn, 'id'>[] };

export function newMetadata(table: NewTable): TableMetadata {
  return {
    ...table,
    format: FORMAT,
    formatVersion: 1,
    tableUuid: randomUUID(),
    location: table.location.replace(/\/+$/, ''),
    columns: table.columns.map((column, i) => ({ id: i + 1, ...column })),
    lastColumnId: table.columns.length,
    sequenceNumber: 0,
    files: [],
  };
}

/** Path of an object in the local lake. */
export function localPath(bucketRoot: string, location: string): string {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]*)\/(.+)$/.exec(location);
  if (!match) {
    throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `location "${location}" is no s3://bucket/prefix address`);
  }
  return join(bucketRoot, match[1], keyToPath(match[2]));
}

/** Writes the metadata as a new file, which nothing points to yet; returns its address. */
export function writeMetadata(bucketRoot: string, metadata: TableMetadata): string {
  const location = `${metadata.location}/metadata/${String(metadata.sequenceNumber).padStart(5, '0')}-${randomUUID()}.datalake.json`;
  const path = localPath(bucketRoot, location);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, `${JSON.stringify({ ...metadata, ...partitionSpec(metadata) }, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
  return location;
}

/** As Iceberg's own metadata has it: the catalogue's function reads it there. */
const partitionSpec = ({ partitioning }: TableMetadata) => ({
  'default-spec-id': 0,
  'partition-specs': [{
    'spec-id': 0,
    'fields': partitioning.map((text) => {
      const { kind, column, width } = parseTransform(text);
      return { name: column, transform: width === undefined ? kind : `${kind}[${width}]` };
    }),
  }],
});

/** @throws AthenaQueryError when the table points to no metadata of this command's. */
export function readMetadata(bucketRoot: string, table: GlueTable): TableMetadata {
  const name = `${table.DatabaseName ?? ''}.${table.Name}`;
  const location = table.Parameters?.[METADATA_LOCATION];
  const path = location === undefined ? undefined : localPath(bucketRoot, location);
  if (path === undefined || !existsSync(path)) {
    throw new AthenaQueryError('ICEBERG_MISSING_METADATA', `Metadata not found in metadata location for table ${name}: ${location ?? 'it has no metadata_location'}`);
  }
  const metadata = parse(readFileSync(path, 'utf8'));
  if (metadata?.format !== FORMAT || metadata.formatVersion !== 1) {
    throw new AthenaQueryError('ICEBERG_INVALID_METADATA', `the metadata of table ${name} at ${location} was not written by this version of datalake`);
  }
  return metadata;
}

function parse(text: string): TableMetadata | undefined {
  try {
    return JSON.parse(text) as TableMetadata;
  } catch {
    return undefined;
  }
}

/** The table as Glue's GetTable shows an Iceberg table that Athena made. */
export function glueTableOf(name: string, metadata: TableMetadata, metadataLocation: string): GlueTable {
  const previous = metadata.previousMetadataLocation;
  return {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { table_type: 'ICEBERG', [METADATA_LOCATION]: metadataLocation, ...previous === undefined ? {} : { previous_metadata_location: previous } },
    PartitionKeys: [],
    StorageDescriptor: { Columns: metadata.columns.map(glueColumn), Location: metadata.location },
  };
}

const glueColumn = ({ id, name, type, comment }: TableColumn): GlueColumn => ({
  Name: name,
  Type: type,
  ...comment === undefined ? {} : { Comment: comment },
  Parameters: { 'iceberg.field.current': 'true', 'iceberg.field.id': String(id), 'iceberg.field.optional': 'true' },
});
