import { Crawler, Selected, Source } from '../../assembly/lake-model';
import { CrawlResult, LocalCatalog } from '../../catalog';
import { TableNews } from '../../runs/execution/stage-teller';
import { deploy } from '../deploy-catalogue';
import { LakeFolder } from '../lake-folder';
import { resultText } from '../local-catalogue';

/** What becomes of a source's table during an execution. */
export class TableWatch implements TableNews {
  private readonly catalog: LocalCatalog;
  private readonly partitions: number;
  private crawl: string | undefined;

  private readonly source: Source;

  constructor({ pipeline, source }: Selected, lake: LakeFolder) {
    this.source = source;
    this.catalog = new LocalCatalog(lake.catalog);
    deploy(pipeline, this.catalog);
    this.partitions = this.count();
  }

  crawled(crawler: Crawler, result: CrawlResult): void {
    this.crawl = resultText(crawler, result);
  }

  /** Undefined when there is no table. */
  get outcome(): TableNews['outcome'] {
    const { name, table: { database, declared } } = this.source;
    if (this.crawl !== undefined) {
      return 'crawled';
    }
    if (declared) {
      return 'declared';
    }
    if (this.catalog.getTable(database, name) === undefined) {
      return undefined;
    }
    return this.count() > this.partitions ? 'partition added' : 'up to date';
  }

  get text(): string {
    return this.crawl ?? `table ${this.source.table.database}.${this.source.name}: ${this.outcome ?? 'none'}`;
  }

  private count(): number {
    return this.catalog.getPartitions(this.source.table.database, this.source.name).length;
  }
}
