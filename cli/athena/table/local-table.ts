import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataFile, glueTableOf, isIcebergTable, localPath, METADATA_LOCATION, Operation, readMetadata, TableMetadata, writeMetadata } from './table-metadata';
import { GlueTable } from '../../catalog/glue-table';
import { AthenaQueryError, notSupported } from '../athena-error';
import { LocalAthenaOptions } from '../athena-query';
import { tableNotFound } from '../query-errors';
import type { TableName } from '../translate';

/** How often an append is tried again on top of what others committed (Iceberg's `commit.retry.num-retries`). */
const APPEND_RETRIES = 4;

/** A curated table as a statement read it. What others commit meanwhile is seen when this statement commits. */
export class LocalTable {
  /** @throws AthenaQueryError when there is no such table, or it is not one that statements can change. */
  static load(options: LocalAthenaOptions, name: TableName): LocalTable {
    const table = options.catalog.getTable(name.database, name.table);
    if (!table) {
      throw tableNotFound(options.catalog, name);
    }
    if (!isIcebergTable(table)) {
      throw notSupported(`changing ${name.database}.${name.table}, which is no Iceberg table,`, name.position);
    }
    return new LocalTable(options, name, readMetadata(options.bucketRoot, table), table.Parameters?.[METADATA_LOCATION]);
  }

  private constructor(
    private readonly options: LocalAthenaOptions,
    readonly name: TableName,
    readonly metadata: TableMetadata,
    private readonly metadataLocation: string | undefined,
  ) {}

  private readonly isCurrent = (present: GlueTable | undefined) => present?.Parameters?.[METADATA_LOCATION] === this.metadataLocation;

  /** Adds files to whatever the table holds by then: appends do not conflict. */
  append(files: readonly DataFile[]): void {
    let current: LocalTable = this;
    for (let attempt = 0; ; attempt++) {
      if (JSON.stringify(current.metadata.columns) !== JSON.stringify(this.metadata.columns)) {
        throw this.conflict('its columns changed');
      }
      if (current.tryCommit('append', { files: [...current.metadata.files, ...files] })) {
        return;
      }
      if (attempt === APPEND_RETRIES) {
        throw this.conflict('too many statements write to it');
      }
      current = LocalTable.load(this.options, this.name);
    }
  }

  /** @throws AthenaQueryError `ICEBERG_COMMIT_ERROR` when another statement committed since this one read the table. */
  commit(operation: Operation | undefined, change: Partial<Pick<TableMetadata, 'files' | 'columns' | 'lastColumnId' | 'properties'>>): void {
    if (!this.tryCommit(operation, change)) {
      throw this.conflict('another statement changed it meanwhile');
    }
  }

  drop(): void {
    if (!this.options.catalog.replaceTable(this.name.database, this.name.table, this.isCurrent, undefined)) {
      throw this.conflict('another statement changed it meanwhile');
    }
  }

  private tryCommit(operation: Operation | undefined, change: Partial<TableMetadata>): boolean {
    const { bucketRoot, catalog } = this.options;
    const next: TableMetadata = {
      ...this.metadata,
      ...change,
      operation: operation ?? this.metadata.operation,
      sequenceNumber: this.metadata.sequenceNumber + 1,
      previousMetadataLocation: this.metadataLocation,
    };
    const table = glueTableOf(this.name.table, next, writeMetadata(bucketRoot, next));
    return catalog.replaceTable(this.name.database, this.name.table, this.isCurrent, table);
  }

  private conflict(why: string): AthenaQueryError {
    const text = `Failed to commit Iceberg update to table: ${this.name.database}.${this.name.table}: ${why}; run the statement again`;
    return new AthenaQueryError('ICEBERG_COMMIT_ERROR', text);
  }
}

/** Where a new data file of a table goes; its folder is there. */
export function newDataFile(bucketRoot: string, metadata: TableMetadata): { location: string; path: string } {
  const location = `${metadata.location}/data/${randomUUID()}.parquet`;
  const path = localPath(bucketRoot, location);
  mkdirSync(dirname(path), { recursive: true });
  return { location, path };
}

/** Makes the table of new metadata; false when one of the name came first. */
export function createTable({ catalog, bucketRoot }: LocalAthenaOptions, name: TableName, metadata: TableMetadata): boolean {
  const table = glueTableOf(name.table, metadata, writeMetadata(bucketRoot, metadata));
  return catalog.replaceTable(name.database, name.table, (present) => present === undefined, table);
}
