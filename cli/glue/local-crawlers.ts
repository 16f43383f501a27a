import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GlueError, notFound } from './glue-error';
import { Crawler } from '../assembly/lake-model';
import { messageOf } from '../errors';

/** As GetCrawler tells it. */
export interface LastCrawl {
  readonly Status: 'SUCCEEDED' | 'FAILED';
  readonly ErrorMessage?: string;
  readonly LogGroup: string;
  readonly LogStream: string;
  readonly StartTime: string;
}

export interface LocalCrawlersOptions {
  /** Of each source; undefined where the template declares the table. */
  readonly crawlers: readonly (Crawler | undefined)[];
  /** File that keeps how the last crawls ended. */
  readonly file: string;
  /** Discovers what a crawler is to find. */
  readonly crawl: (crawler: Crawler) => Promise<unknown>;
  /**
   * How long an answer waits for the end of a crawl under way. Who asks again and again counts how often; on this machine the
   * pauses in between are short.
   *
   * @default 0
   */
  readonly patienceMs?: number;
}

/** The Glue crawlers of a lake: started, running, and then with a last crawl. A crawler that never ran has none. */
export class LocalCrawlers {
  private readonly running = new Map<string, Promise<void>>();

  constructor(private readonly options: LocalCrawlersOptions) {}

  start(name: string): void {
    const crawler = this.find(name);
    if (this.running.has(name)) {
      throw new GlueError('CrawlerRunningException', `Crawler with name ${name} has already started`);
    }
    const work = this.crawl(crawler).finally(() => this.running.delete(name));
    this.running.set(name, work);
  }

  async get(name: string) {
    const crawler = this.find(name);
    await this.ended(name);
    const lastCrawl = this.lastCrawls()[name];
    return {
      Name: name,
      DatabaseName: crawler.database,
      Targets: { S3Targets: [{ Path: `s3://${crawler.bucket}/${crawler.prefix}` }] },
      State: this.running.has(name) ? 'RUNNING' : 'READY',
      ...(lastCrawl === undefined ? {} : { LastCrawl: lastCrawl }),
    };
  }

  /** Waits for crawls under way. */
  async close(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async ended(name: string): Promise<void> {
    const { patienceMs = 0 } = this.options;
    const stop = new AbortController();
    const tooLong = sleep(patienceMs, undefined, { signal: stop.signal }).catch(() => undefined);
    await Promise.race([this.running.get(name), tooLong]);
    stop.abort();
  }

  private async crawl(crawler: Crawler): Promise<void> {
    const facts = { LogGroup: '/aws-glue/crawlers', LogStream: crawler.name, StartTime: new Date().toISOString() };
    try {
      await this.options.crawl(crawler);
      this.remember(crawler.name, { Status: 'SUCCEEDED', ...facts });
    } catch (error) {
      this.remember(crawler.name, { Status: 'FAILED', ErrorMessage: messageOf(error), ...facts });
    }
  }

  private find(name: string): Crawler {
    const crawler = this.options.crawlers.find((one) => one?.name === name);
    if (crawler === undefined) {
      throw notFound(`Crawler with name ${name} does not exist`);
    }
    return crawler;
  }

  private lastCrawls(): Record<string, LastCrawl> {
    const { file } = this.options;
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, LastCrawl> : {};
  }

  private remember(name: string, lastCrawl: LastCrawl): void {
    const { file } = this.options;
    writeFileSync(`${file}.new`, `${JSON.stringify({ ...this.lastCrawls(), [name]: lastCrawl }, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }
}
