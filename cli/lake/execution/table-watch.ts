import { Crawler, Source } from '../../assembly/lake-model';
import { CrawlResult, LocalCatalog } from '../../catalog';
import { SourceRun } from '../../render/results';
import { LakeFolder } from '../lake-folder';
import { resultText } from '../local-catalogue';

/** What becomes of a source's table during an execution. */
export class TableWatch {
  private readonly catalog: LocalCatalog;
  private readonly partitions: number;
  private crawl: string | undefined;

  constructor(private readonly source: Source, lake: LakeFolder) {
    this.catalog = new LocalCatalog(lake.catalog);
    // In AWS the stack makes the database.
    this.catalog.createDatabase(source.crawler.database);
    this.partitions = this.count();
  }

  crawled(crawler: Crawler, result: CrawlResult): void {
    this.crawl = resultText(crawler, result);
  }

  /** Undefined when there is no table. */
  get outcome(): SourceRun['catalogue'] {
    const { name, crawler: { database } } = this.source;
    if (this.crawl !== undefined) {
      return 'crawled';
    }
    if (this.catalog.getTable(database, name) === undefined) {
      return undefined;
    }
    return this.count() > this.partitions ? 'partition added' : 'up to date';
  }

  get text(): string {
    return this.crawl ?? `table ${this.source.crawler.database}.${this.source.name}: ${this.outcome ?? 'none'}`;
  }

  private count(): number {
    return this.catalog.getPartitions(this.source.crawler.database, this.source.name).length;
  }
}
