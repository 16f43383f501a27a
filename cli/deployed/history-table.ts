import { Source } from '../assembly/lake-model';
import { declaredText } from '../runs/declared-table';
import { TableNews } from '../runs/execution/stage-teller';
import { HistoryEvent } from '../workflow';

/** What became of a source's table, by the services that the workflow called for it. */
export class HistoryTable implements TableNews {
  outcome: TableNews['outcome'];

  /** `steps`: the step of each state. */
  constructor(private readonly source: Source, private readonly steps: ReadonlyMap<string, string>) {
    this.outcome = source.crawler === undefined ? 'declared' : undefined;
  }

  event(event: HistoryEvent): void {
    if (event.type !== 'TaskScheduled' || this.steps.get(event.name) !== 'catalogue') {
      return;
    }
    if (event.resource === 'aws-sdk:glue:startCrawler') {
      this.outcome = 'crawled';
    } else if (event.resource.startsWith('athena:')) {
      this.outcome = 'partition added';
    }
  }

  get text(): string {
    return this.outcome === 'declared' ? declaredText(this.source) : this.outcome ?? 'nothing to add';
  }
}
