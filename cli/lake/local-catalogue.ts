import { LakeFolder } from './lake-folder';
import { withLock } from './local-lake';
import { tableLevel } from '../../src/spec/object-keys';
import { Selected, Source } from '../assembly/lake-model';
import { LocalCatalog, crawl } from '../catalog';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { CrawledTable, CrawlReport, SourceFailure } from '../render/results';

/** Discovers the tables of sources, as the Glue crawler does it. */
export async function crawlLocally(selected: readonly Selected[], { lake, emit }: { lake: LakeFolder; emit: Emit }): Promise<CrawlReport> {
  lake.require();
  return withLock(lake, async () => {
    const tables: CrawledTable[] = [];
    const failures: SourceFailure[] = [];
    for (const { source } of selected) {
      try {
        await crawlSource(source, lake, emit);
        tables.push(...describe(source, lake));
      } catch (error) {
        failures.push({ source: source.name, error: asCommandError(error, 'CRAWL_FAILED') });
      }
    }
    return { kind: 'crawl', tables, failures };
  });
}

export async function crawlSource(source: Source, lake: LakeFolder, emit: Emit): Promise<void> {
  const { bucket, prefix, database, tableLevel: level } = source.crawler;
  emit({ type: 'stage', source: source.name, stage: 'catalogue', detail: `discovering ${prefix}` });
  const result = await crawl({
    catalog: new LocalCatalog(lake.catalog),
    bucketFolder: lake.bucket(bucket),
    bucket,
    database,
    prefix,
    tableLevel: level ?? tableLevel(prefix),
    onProgress: (event) => {
      if (event.type === 'warning') {
        emit({ type: 'warning', source: source.name, message: event.message });
      }
    },
  });
  const parts = [
    ...result.created.map((name) => `table ${database}.${name} created`),
    ...result.updated.map((name) => `table ${database}.${name} updated`),
    ...result.unchanged.map((name) => `table ${database}.${name} unchanged`),
  ];
  emit({ type: 'stage-done', source: source.name, stage: 'catalogue', detail: parts.join(', ') || 'no table' });
}

/** What the catalogue needs to know of a run. */
export interface CataloguedRun {
  readonly schemaChanged: boolean;
  readonly partition: string;
}

/**
 * Brings the table up to date after a run: a crawl when the columns changed or the table is not there yet, else only the partition.
 *
 * @returns what was done.
 */
export async function catalogueRun(source: Source, run: CataloguedRun, lake: LakeFolder, emit: Emit): Promise<string> {
  const catalog = new LocalCatalog(lake.catalog);
  const { database, bucket, prefix } = source.crawler;
  if (run.schemaChanged || catalog.getTable(database, source.name) === undefined) {
    await crawlSource(source, lake, emit);
    return 'crawled';
  }
  const value = run.partition.slice(run.partition.indexOf('=') + 1);
  const added = catalog.addPartitions(database, source.name, [
    { Values: [value], StorageDescriptor: { Location: `s3://${bucket}/${prefix}${run.partition}/` } },
  ]);
  const what = added > 0 ? 'partition added' : 'up to date';
  emit({ type: 'stage-done', source: source.name, stage: 'catalogue', detail: `table ${database}.${source.name}: ${what}` });
  return what;
}

function describe(source: Source, lake: LakeFolder): CrawledTable[] {
  const catalog = new LocalCatalog(lake.catalog);
  const { database } = source.crawler;
  const table = catalog.getTable(database, source.name);
  return table === undefined ? [] : [{
    source: source.name,
    database,
    table: source.name,
    columns: [...table.StorageDescriptor?.Columns ?? [], ...table.PartitionKeys ?? []].map(({ Name, Type }) => ({ name: Name, type: Type })),
    partitions: catalog.getPartitions(database, source.name).length,
  }];
}
