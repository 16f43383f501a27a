import { deploy } from './deploy-catalogue';
import { LakeFolder } from './lake-folder';
import { withLock } from './local-lake';
import { tableLevel } from '../../src/spec/object-keys';
import { Crawler, Selected, Source } from '../assembly/lake-model';
import { crawl, CrawlResult, LocalCatalog } from '../catalog';
import { asCommandError } from '../errors';
import { Emit } from '../render/events';
import { CrawledTable, CrawlReport, SourceFailure } from '../render/results';
import { declaredText } from '../runs/declared-table';

/** Discovers the tables of sources, as the Glue crawler does it. */
export async function crawlLocally(selected: readonly Selected[], { lake, emit }: { lake: LakeFolder; emit: Emit }): Promise<CrawlReport> {
  lake.require();
  return withLock(lake, async () => {
    const tables: CrawledTable[] = [];
    const failures: SourceFailure[] = [];
    for (const { pipeline, source } of selected) {
      try {
        deploy(pipeline, new LocalCatalog(lake.catalog));
        await crawlSource(source, lake, emit);
        tables.push(...describe(source, lake));
      } catch (error) {
        failures.push({ source: source.name, error: asCommandError(error, 'CRAWL_FAILED') });
      }
    }
    return { kind: 'crawl', tables, failures };
  });
}

/** Discovers the table of one source; the lake's lock is the caller's. */
export async function crawlSource(source: Source, lake: LakeFolder, emit: Emit): Promise<void> {
  const { name, crawler } = source;
  if (crawler === undefined) {
    emit({ type: 'stage-done', source: name, stage: 'catalogue', detail: declaredText(source) });
    return;
  }
  emit({ type: 'stage', source: name, stage: 'catalogue', detail: `discovering ${crawler.prefix}` });
  const result = await discover(crawler, lake, (message) => emit({ type: 'warning', source: name, message }));
  emit({ type: 'stage-done', source: name, stage: 'catalogue', detail: resultText(crawler, result) });
}

/** What a crawler finds, put into the catalogue. */
export async function discover(crawler: Crawler, lake: LakeFolder, onWarning: (message: string) => void): Promise<CrawlResult> {
  const { bucket, prefix, database, tableLevel: level } = crawler;
  return crawl({
    catalog: new LocalCatalog(lake.catalog),
    bucketFolder: lake.bucket(bucket),
    bucket,
    database,
    prefix,
    tableLevel: level ?? tableLevel(prefix),
    onProgress: (event) => {
      if (event.type === 'warning') {
        onWarning(event.message);
      }
    },
  });
}

export function resultText({ database }: Crawler, { created, updated, unchanged }: CrawlResult): string {
  const parts = [
    ...created.map((name) => `table ${database}.${name} created`),
    ...updated.map((name) => `table ${database}.${name} updated`),
    ...unchanged.map((name) => `table ${database}.${name} unchanged`),
  ];
  return parts.join(', ') || 'no table';
}

function describe(source: Source, lake: LakeFolder): CrawledTable[] {
  const catalog = new LocalCatalog(lake.catalog);
  const { database } = source.table;
  const table = catalog.getTable(database, source.name);
  return table === undefined ? [] : [{
    source: source.name,
    database,
    table: source.name,
    columns: [...table.StorageDescriptor?.Columns ?? [], ...table.PartitionKeys ?? []].map(({ Name, Type }) => ({ name: Name, type: Type })),
    ...(source.crawler && { partitions: catalog.getPartitions(database, source.name).length }),
  }];
}
