import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AthenaQueryError, notSupported } from './athena-error';
import { duckdbType, literal, quoted } from './column-type';
import { ReadValue, valueReader } from './openx-record';
import { isProjected, projectedPartitions } from './partition-projection';
import { parseHiveType } from '../../src/spec/hive-type';
import { SERDE } from '../catalog/crawl';
import { DiscoveredFile, listFiles } from '../catalog/discover';
import { GluePartition, GlueTable } from '../catalog/glue-table';
import { JsonCursor, JsonSyntaxError } from '../catalog/json-cursor';
import { readLines } from '../catalog/line-reader';

export interface TableSource {
  readonly table: GlueTable;
  readonly partitions: readonly GluePartition[];
  /** Folder that holds the buckets. */
  readonly bucketRoot: string;
}

/** What of the table a statement asks for. */
export interface TableNeeds {
  readonly readsRows: boolean;
  readsColumn(name: string): boolean;
}

export interface TableRead {
  /** DuckDB query that yields the table's columns, with the catalogue's types. */
  readonly sql: string;
  /** Bytes as they are stored, which is what Athena bills. */
  readonly scannedBytes: number;
}

/** A partition's value is text in the folder's name, and in the table of the key's type. */
interface PartitionKey {
  readonly name: string;
  readonly type: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly read: ReadValue | undefined;
}

/**
 * Reads the columns that a statement needs into one file of plain JSON lines that DuckDB takes without
 * guessing: numerals keep their text in string columns, which DuckDB's own JSON reader would change.
 */
export async function readTable(source: TableSource, needs: TableNeeds, target: string): Promise<TableRead> {
  const { table } = source;
  checkFormat(table);
  const columns = (table.StorageDescriptor?.Columns ?? []).map((column): Column => {
    const type = parseHiveType(column.Type);
    const name = column.Name.toLowerCase();
    return { name, type: duckdbType(type), read: needs.readsColumn(name) ? valueReader(type) : undefined };
  });
  const keys = (table.PartitionKeys ?? []).map((key) => ({ name: key.Name.toLowerCase(), type: duckdbType(parseHiveType(key.Type)) }));
  const partitions = isProjected(table) ? projectedPartitions(table) : source.partitions;
  const folders = keys.length > 0
    ? partitions.map((partition) => ({ location: partition.StorageDescriptor.Location, values: partition.Values }))
    : [{ location: table.StorageDescriptor?.Location ?? '', values: [] }];
  const writer = new RecordWriter(columns, target);
  let scannedBytes = 0;
  try {
    for (const { location, values } of needs.readsRows ? folders : []) {
      writer.partition = values;
      for (const file of filesAt(location, source.bucketRoot)) {
        await writer.copy(file);
        scannedBytes += file.size;
      }
    }
  } finally {
    writer.close();
  }
  return { sql: readSql(columns, keys, target, writer), scannedBytes };
}

function checkFormat(table: GlueTable): void {
  const serde = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary;
  if (serde !== SERDE) {
    throw notSupported(`table ${table.DatabaseName}.${table.Name}: reading ${serde ?? 'a table without SerDe'} (only ${SERDE} is)`);
  }
  const parameters = { ...table.StorageDescriptor?.SerdeInfo?.Parameters, ...table.Parameters };
  const unknown = Object.keys(parameters).find((key) => /^(mapping\.|ignore\.malformed|dots\.in|case\.insensitive)/i.test(key));
  if (unknown) {
    throw notSupported(`table ${table.DatabaseName}.${table.Name}: its parameter ${unknown}`);
  }
}

function filesAt(location: string, bucketRoot: string): readonly DiscoveredFile[] {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/.exec(location);
  if (!match) {
    throw new AthenaQueryError('HIVE_METASTORE_ERROR', `location "${location}" is no s3:// address`);
  }
  const [, bucket, path] = match;
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const files = existsSync(join(bucketRoot, bucket)) ? listFiles(join(bucketRoot, bucket), prefix) : [];
  return files.map((file) => ({ ...file, key: `s3://${bucket}/${file.key}` }));
}

function readSql(columns: readonly Column[], keys: readonly PartitionKey[], target: string, writer: RecordWriter): string {
  const names = [...columns.map((column) => ({ ...column, kept: column.type, needed: column.read !== undefined })),
    ...keys.map((key) => ({ ...key, kept: 'VARCHAR', needed: true }))];
  const select = names.map(({ name, type, kept, needed }, i) => {
    const value = !needed || writer.records === 0 ? `NULL::${type}` : kept === type ? `c${i}` : `CAST(c${i} AS ${type})`;
    return `${value} AS ${quoted(name)}`;
  });
  if (writer.records === 0) {
    return `SELECT ${select.join(', ')} WHERE false`;
  }
  const read = names.map(({ kept, needed }, i) => (needed ? `c${i}: ${literal(kept)}, ` : '')).join('') + "n: 'TINYINT'";
  const maximum = Math.max(16 * 1024 * 1024, 2 * writer.longest);
  return `SELECT ${select.join(', ')} FROM read_json(${literal(target)}, format = 'newline_delimited', compression = 'uncompressed', `
    + `columns = {${read}}, maximum_object_size = ${maximum}, hive_partitioning = false)`;
}

/** One line a record: `{"c0":...,"c3":...,"c12":"<partition>"}`. */
class RecordWriter {
  records = 0;
  longest = 0;
  private readonly descriptor: number;
  private pending: string[] = [];
  private pendingLength = 0;
  private readonly byName: ReadonlyMap<string, number>;
  private readonly needed: boolean;
  private readonly cursor = new JsonCursor();
  private suffix = '';

  constructor(private readonly columns: readonly Column[], target: string) {
    this.descriptor = openSync(target, 'w', 0o600);
    this.byName = new Map(columns.map((column, i) => [column.name, i]));
    this.needed = columns.some((column) => column.read !== undefined);
  }

  set partition(values: readonly string[]) {
    this.suffix = values.map((value, i) => `"c${this.columns.length + i}":${JSON.stringify(value)},`).join('');
  }

  async copy(file: DiscoveredFile): Promise<void> {
    await readLines(file.path, (buffer, start, end) => this.record(buffer, start, end), { name: file.key });
    this.flush(0);
  }

  close(): void {
    this.flush(0);
    closeSync(this.descriptor);
  }

  private record(buffer: Buffer, start: number, end: number): void {
    this.records++;
    const values = this.needed ? this.values(buffer, start, end) : '';
    const line = `{${values}${this.suffix}"n":1}\n`;
    this.longest = Math.max(this.longest, line.length * 3);
    this.pending.push(line);
    this.pendingLength += line.length;
    this.flush(256 * 1024);
  }

  /** A line that is no object is a row of NULLs, an array fills the columns in their order: so does the SerDe. */
  private values(buffer: Buffer, start: number, end: number): string {
    const { cursor, columns } = this;
    if (!isUtf8(buffer.subarray(start, end))) {
      throw new JsonSyntaxError('UTF-8 text', start);
    }
    const found = new Array<string | undefined>(columns.length);
    cursor.open(buffer, start + (buffer[start] === 0xef ? 3 : 0), end);
    if (cursor.at >= end) {
      return '';
    }
    let element = 0;
    const take = (i: number | undefined) => {
      const read = i === undefined ? undefined : columns[i]?.read;
      if (read && i !== undefined) {
        found[i] = read(cursor);
      }
    };
    switch (cursor.kind()) {
      case 'object': cursor.object((key) => take(this.byName.get(key) ?? this.byName.get(key.toLowerCase()))); break;
      case 'array': cursor.array(() => take(element++)); break;
      default: cursor.skip();
    }
    cursor.close();
    let text = '';
    for (let i = 0; i < found.length; i++) {
      if (found[i] !== undefined) {
        text += `"c${i}":${found[i]},`;
      }
    }
    return text;
  }

  private flush(above: number): void {
    if (this.pendingLength > above) {
      writeSync(this.descriptor, this.pending.join(''));
      this.pending = [];
      this.pendingLength = 0;
    }
  }
}
