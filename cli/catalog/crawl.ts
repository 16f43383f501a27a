import { discoverTables, DiscoveredTable, listFiles } from './discover';
import { GlueColumn, GlueTable } from './glue-table';
import { InferredField, inferFields, inferredHiveType } from './infer-schema';
import { JsonCursor, JsonSyntaxError } from './json-cursor';
import { readLines } from './line-reader';
import { LocalCatalog } from './local-catalog';
import { hiveTypeText } from '../../src/spec/hive-type';
import { mergeColumns } from '../../src/spec/merge-columns';

export const SERDE = 'org.openx.data.jsonserde.JsonSerDe';

/** Glue's JSON classifier reads the first megabyte of a file (AWS Glue developer guide, "Crawlers"). */
export const SAMPLE_BYTES = 1024 * 1024;

export type CrawlEvent =
  | { readonly type: 'file'; readonly key: string; readonly number: number; readonly of: number }
  | { readonly type: 'warning'; readonly message: string };

export interface CrawlOptions {
  readonly catalog: LocalCatalog;
  /** Local folder that holds the bucket's objects. */
  readonly bucketFolder: string;
  readonly bucket: string;
  readonly database: string;
  /** Prefix of the crawler's S3 target, such as `raw/users/`. */
  readonly prefix: string;
  /** Glue's TableLevelConfiguration: the bucket counts as level 1. */
  readonly tableLevel: number;
  readonly onProgress?: (event: CrawlEvent) => void;
}

export interface CrawlResult {
  readonly created: string[];
  readonly updated: string[];
  readonly unchanged: string[];
  readonly partitionsAdded: number;
}

/** Discovers tables and partitions below a prefix, as the Glue crawler does it, and writes them to the catalogue. */
export async function crawl(options: CrawlOptions): Promise<CrawlResult> {
  const { catalog, database } = options;
  const warn = (message: string) => options.onProgress?.({ type: 'warning', message });
  const result = { created: [] as string[], updated: [] as string[], unchanged: [] as string[], partitionsAdded: 0 };
  const files = listFiles(options.bucketFolder, options.prefix);
  if (files.length === 0) {
    warn(`no object below s3://${options.bucket}/${options.prefix}: no table made (run the extractor first)`);
  }
  // Every table is read before the first is written: a broken file leaves the catalogue as it was.
  const found = [];
  for (const table of discoverTables(files, options.tableLevel, warn)) {
    found.push({ table, columns: await sampleColumns(table, options, warn) });
  }
  for (const { table, columns } of found) {
    const existing = catalog.getTable(database, table.name);
    const merged = mergeColumns(existing?.StorageDescriptor?.Columns ?? [], columns);
    merged.conflicts.forEach((conflict) => warn(`${database}.${table.name}: ${conflict}`));
    if (!existing || merged.changed) {
      catalog.putTable(database, glueTable(table, merged.columns, options.bucket, existing));
    }
    (existing ? (merged.changed ? result.updated : result.unchanged) : result.created).push(table.name);
    result.partitionsAdded += catalog.addPartitions(database, table.name, table.partitions.map((partition) => ({
      Values: partition.values,
      StorageDescriptor: { Location: `s3://${options.bucket}/${partition.prefix}` },
    })));
  }
  return result;
}

async function sampleColumns(table: DiscoveredTable, options: CrawlOptions, warn: (message: string) => void): Promise<GlueColumn[]> {
  const fields = new Map<string, InferredField>();
  const warned = new Set<string>();
  const onName = (problem: string) => {
    if (!warned.has(problem)) {
      warned.add(problem);
      warn(`table ${table.name}: ${problem}`);
    }
  };
  let cut = 0;
  for (const [i, file] of table.files.entries()) {
    options.onProgress?.({ type: 'file', key: file.key, number: i + 1, of: table.files.length });
    cut += await sampleFile(file.path, file.key, fields, onName, warn) === 'cut' ? 1 : 0;
  }
  if (cut > 0) {
    warn(`table ${table.name}: as the Glue crawler does, read only the first megabyte of ${cut} of ${table.files.length} files: a column that appears later only is not found`);
  }
  return [...fields]
    .filter(([name]) => columnName(name, table.partitionKeys, onName))
    .map(([name, field]) => ({ Name: name, Type: hiveTypeText(inferredHiveType(field.type, { onName })) }));
}

async function sampleFile(
  path: string, key: string, fields: Map<string, InferredField>, onName: (problem: string) => void, warn: (message: string) => void,
): Promise<'whole' | 'cut'> {
  const cursor = new JsonCursor();
  let records = 0;
  const whole = await readLines(path, (buffer, start, end) => {
    if (start === end) {
      return;
    }
    cursor.open(buffer, start, end);
    if (cursor.kind() !== 'object') {
      throw new JsonSyntaxError(`an object in each line, got ${cursor.kind()}`, cursor.at);
    }
    inferFields(fields, cursor, { onName });
    cursor.close();
    records++;
  }, { name: key, limit: SAMPLE_BYTES });
  if (!whole && records === 0) {
    warn(`${key}: the first record is longer than 1 MB, so the file is not sampled (the Glue crawler reads no further)`);
    return 'whole';
  }
  return whole ? 'whole' : 'cut';
}

function columnName(name: string, partitionKeys: readonly string[], onName: (problem: string) => void): boolean {
  if (name.trim() === '') {
    onName('an empty name is left out of the table');
    return false;
  }
  if (partitionKeys.includes(name)) {
    onName(`"${name}" is also a partition key: the column shows the partition, the field in the records is left out`);
    return false;
  }
  return true;
}

/** Parameters that a person set on the table stay. */
function glueTable(table: DiscoveredTable, columns: readonly GlueColumn[], bucket: string, existing: GlueTable | undefined): GlueTable {
  const gzip = table.files.every((file) => file.key.endsWith('.gz'));
  return {
    Name: table.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { ...existing?.Parameters, classification: 'json', compressionType: gzip ? 'gzip' : 'none', typeOfData: 'file' },
    PartitionKeys: table.partitionKeys.map((key) => ({ Name: key, Type: 'string' })),
    StorageDescriptor: {
      Columns: columns,
      Location: `s3://${bucket}/${table.prefix}`,
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      Compressed: gzip,
      SerdeInfo: {
        SerializationLibrary: SERDE,
        Parameters: { ...existing?.StorageDescriptor?.SerdeInfo?.Parameters, paths: columns.map((column) => column.Name).sort().join(',') },
      },
    },
  };
}
