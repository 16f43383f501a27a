import { Crawler, GetCrawlerCommand, GetTableCommand, StartCrawlerCommand } from '@aws-sdk/client-glue';
import { callAws, isAwsError } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { poll } from './poll';
import { Source } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';
import { CrawledTable } from '../render/results';
import { declaredText } from '../runs/declared-table';

const DELAYS = { firstMs: 300, maxMs: 10_000 };

/** READY answers in a row that show no new crawl before the crawler counts as not started. */
const MAX_READY_WITHOUT_CRAWL = 15;

/** Starts a source's deployed crawler and waits for its end. */
export async function crawlSourceDeployed(stack: DeployedStack, source: Source, emit: Emit): Promise<CrawledTable> {
  const { table, crawler: { logicalId } = {} } = source;
  if (logicalId === undefined) {
    emit({ type: 'stage-done', source: source.name, stage: 'catalogue', detail: declaredText(source) });
    return describe(stack, source, table.database, emit);
  }
  const name = await stack.physicalId(logicalId);
  emit({ type: 'stage', source: source.name, stage: 'catalogue', detail: `crawler ${name}` });
  const before = await start(stack, source, name, emit);
  const crawler = await finished(stack, name, before.LastCrawl?.StartTime);
  const { Status, ErrorMessage, LogGroup, LogStream } = crawler.LastCrawl ?? {};
  if (Status !== 'SUCCEEDED') {
    throw new CommandError('CRAWL_FAILED', `crawler ${name} ended with ${Status}: ${ErrorMessage ?? 'Glue gives no reason'}`, {
      hint: `read its log with \`aws logs tail ${LogGroup ?? '/aws-glue/crawlers'}${LogStream === undefined ? '' : ` --log-stream-names ${LogStream}`}\``,
      details: { source: source.name, crawler: name, logGroup: LogGroup, logStream: LogStream },
    });
  }
  emit({ type: 'stage-done', source: source.name, stage: 'catalogue', detail: `crawler ${name} succeeded` });
  return describe(stack, source, crawler.DatabaseName ?? table.database, emit);
}

export async function getCrawler(stack: DeployedStack, name: string): Promise<Crawler> {
  const { Crawler: crawler } = await callAws(`read crawler ${name}`, () => stack.glue.send(new GetCrawlerCommand({ Name: name })));
  return crawler ?? {};
}

/** A crawl under way may have passed the new objects already: it is waited for, and another one started. */
async function start(stack: DeployedStack, source: Source, name: string, emit: Emit): Promise<Crawler> {
  let told = false;
  return poll(async () => {
    const before = await getCrawler(stack, name);
    try {
      await callAws(`start crawler ${name}`, () => stack.glue.send(new StartCrawlerCommand({ Name: name })));
      return before;
    } catch (error) {
      if (!isAwsError(error, 'CrawlerRunningException')) {
        throw error;
      }
    }
    if (!told) {
      emit({ type: 'stage', source: source.name, stage: 'catalogue', detail: `crawler ${name} runs already: waiting for it, then starting it again` });
      told = true;
    }
    return undefined;
  }, DELAYS);
}

async function finished(stack: DeployedStack, name: string, lastStart: Date | undefined): Promise<Crawler> {
  let ready = 0;
  return poll(async () => {
    const crawler = await getCrawler(stack, name);
    if (crawler.State !== 'READY') {
      return undefined;
    }
    // Right after the start, Glue may still show the crawl before.
    if (crawler.LastCrawl?.StartTime?.getTime() === lastStart?.getTime()) {
      if (++ready >= MAX_READY_WITHOUT_CRAWL) {
        throw new CommandError('CRAWL_FAILED', `crawler ${name} was started, and Glue shows no crawl of it`, { details: { crawler: name } });
      }
      return undefined;
    }
    return crawler;
  }, DELAYS);
}

async function describe(stack: DeployedStack, source: Source, database: string, emit: Emit): Promise<CrawledTable> {
  const found = { source: source.name, database, table: source.name };
  try {
    const { Table } = await stack.glue.send(new GetTableCommand({ DatabaseName: database, Name: source.name }));
    const columns = [...Table?.StorageDescriptor?.Columns ?? [], ...Table?.PartitionKeys ?? []];
    return { ...found, columns: columns.map(({ Name, Type }) => ({ name: Name ?? '', type: Type ?? '' })) };
  } catch (error) {
    const why = isAwsError(error, 'EntityNotFoundException') ? (source.crawler ? 'the crawl made no such table: is anything stored for it?' : 'is the stack deployed as it is?') : (error as Error).message;
    emit({ type: 'warning', source: source.name, message: `cannot show table ${database}.${source.name}: ${why}` });
    return { ...found, columns: [] };
  }
}
