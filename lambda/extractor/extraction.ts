import { Authenticator, authQueryParameter, createAuthenticator, withFreshSecrets } from './auth';
import { CommitFacts, Counts, RunLog } from './commit';
import { ExtractorConfig } from './config';
import { Deadline } from './deadline';
import { ExtractorError } from './errors';
import { HttpClient, PageRequest, withRetry } from './http';
import { Page, PageReader } from './page-reader';
import { createPaginator, LoopGuard, Paginator } from './paginate';
import { DEFAULT_BLOCK_BYTES, PartWriter } from './part';
import { firstRequest } from './request';
import type { RunDependencies } from './run';
import { SchemaTree } from './scan';
import { Stager } from './stager';
import { parseJsonPath, Position, RunResult } from '../../src/spec';

/** A part is cut at a page's end when it has reached this share of its size: the next page would overfill it. */
const FULL_SHARE = 0.75;
/** Longest work that a crash may undo. */
const CHECKPOINT_INTERVAL_MS = 60_000;
const PROGRESS_INTERVAL_MS = 2_000;
/** Errors after which the run goes on in another invocation. */
const GOES_ON_LATER = new Set(['OUT_OF_TIME', 'RETRY_LATER']);

/** Reads page after page of an opened run into parts, with a checkpoint whenever a part is full. */
export class Extraction {
  private readonly deadline: Deadline;
  private readonly client: HttpClient;
  private readonly authenticator: Authenticator;
  private readonly paginator: Paginator;
  private readonly base: PageRequest;
  private readonly loops = new LoopGuard();
  private readonly writer: PartWriter;
  private readonly stager: Stager;
  private readonly reader: PageReader;
  private schema: SchemaTree;
  private counts: Counts;
  private position: Position | null;
  /** Pages that earlier invocations of the run have read. */
  private readonly pagesBefore: number;
  /** Pages whose lines no checkpoint holds yet. */
  private uncheckpointed = 0;
  /** The page under way was too large to hold in memory: parts of it are staged already. */
  private largePage = false;
  private checkpointAt = performance.now();
  private progressAt = performance.now();

  constructor(private readonly config: ExtractorConfig, private readonly runLog: RunLog, private readonly deps: RunDependencies) {
    const { spec, apiUrl, allowedHosts } = config;
    const { secrets, redactor } = deps;
    const apiOrigin = new URL(apiUrl).origin;
    this.deadline = new Deadline(() => deps.remainingMs());
    const connection = { timeouts: spec.timeouts, limits: spec.limits, allowedHosts, redact: (text: string) => redactor.redact(text) };
    this.client = new HttpClient({ ...connection, apiOrigin });
    this.authenticator = createAuthenticator(spec.auth, {
      secrets,
      redactor,
      apiOrigin,
      tokens: deps.tokens,
      clientFor: (origin) => new HttpClient({ ...connection, apiOrigin: origin, peer: 'token endpoint' }),
      signal: this.deadline.signal,
    });
    this.paginator = createPaginator(spec.pagination, { authQueryParameter: authQueryParameter(spec.auth) });
    this.base = firstRequest(apiUrl, spec.request);
    this.writer = new PartWriter({ blockBytes: Math.min(DEFAULT_BLOCK_BYTES, config.partBytes) });
    this.stager = new Stager(this.writer, runLog);
    this.reader = this.pageReader();
    const { resumed } = runLog;
    this.schema = SchemaTree.fromJSON(resumed?.schema ?? runLog.previousSchema);
    this.counts = resumed?.counts ?? { records: 0, pages: 0, quarantined: 0 };
    this.pagesBefore = this.counts.pages;
    this.position = resumed ? resumed.next : runLog.base;
  }

  async run(): Promise<RunResult> {
    let ended = this.runLog.resumed?.end ?? false;
    while (!ended) {
      const page = await this.readPage();
      if (page instanceof ExtractorError) {
        return this.suspend(page);
      }
      ended = this.accept(page);
      if (ended || this.checkpointIsDue()) {
        await this.checkpoint(ended);
      }
      this.reportProgress(false);
    }
    await this.stager.settle();
    this.reportProgress(true);
    return this.runLog.commit(this.facts());
  }

  async close(): Promise<void> {
    this.deadline.close();
    await this.client.close();
  }

  /** The next page, or the error that asks to go on in another invocation. */
  private async readPage(): Promise<Page | ExtractorError> {
    const request = this.paginator.request(this.base, this.position);
    this.loops.request(request);
    try {
      return await withRetry(() => this.tryPage(request), {
        retry: this.config.spec.retry,
        timeLeftMs: () => this.deadline.timeLeftMs(),
        onRetry: (error, delayMs, attempt) => this.deps.log('retry', { code: error.code, error: error.message, attempt, delayMs, page: this.counts.pages + 1 }),
      });
    } catch (error) {
      if (error instanceof ExtractorError && GOES_ON_LATER.has(error.code)) {
        return error;
      }
      throw error;
    }
  }

  /** One attempt: what it wrote is taken back when it fails, so that a page is in a part whole or not at all. */
  private async tryPage(request: PageRequest): Promise<Page> {
    this.deadline.signal.throwIfAborted();
    const before = { schema: this.schema.toJSON(), changes: this.schema.changes };
    try {
      return await withFreshSecrets(this.authenticator, async () => this.reader.read(await this.authenticator.apply(request), this.deadline.signal));
    } catch (error) {
      await this.takeBackPage();
      if (this.schema.changes !== before.changes) {
        this.schema = SchemaTree.fromJSON(before.schema);
      }
      throw error;
    }
  }

  private async takeBackPage(): Promise<void> {
    if (this.largePage) {
      this.largePage = false;
      await this.stager.discard();
    } else {
      this.writer.rollbackPage();
    }
  }

  /** Counts a whole page; true when it was the last one. */
  private accept(page: Page): boolean {
    this.loops.page(page.digest, page.records);
    this.writer.endPage();
    this.counts = { ...this.counts, records: this.counts.records + page.records, pages: this.counts.pages + 1 };
    this.uncheckpointed++;
    const next = this.paginator.next(this.position, { ...page, pages: this.counts.pages });
    this.position = next ?? null;
    return next === undefined;
  }

  private checkpointIsDue(): boolean {
    return this.largePage
      || this.writer.compressedBytes >= this.config.partBytes * FULL_SHARE
      || performance.now() - this.checkpointAt >= CHECKPOINT_INTERVAL_MS;
  }

  private async checkpoint(end: boolean): Promise<void> {
    await this.stager.checkpoint({ next: this.position, end, counts: this.counts, schema: this.schema.toJSON() });
    this.uncheckpointed = 0;
    this.largePage = false;
    this.checkpointAt = performance.now();
  }

  /** Before a page too large to hold goes on: everything read until then becomes safe, so that only this page can be lost. */
  private async letGoOfPage(): Promise<void> {
    if (this.uncheckpointed > 0) {
      await this.checkpoint(false);
    }
    this.writer.release();
    this.largePage = true;
  }

  private async cutWhenFull(): Promise<void> {
    if (this.writer.compressedBytes >= this.config.partBytes) {
      await this.stager.cut();
    }
  }

  /** Ends this invocation with everything read so far made safe. */
  private async suspend({ retryAfterSeconds }: ExtractorError): Promise<RunResult> {
    if (retryAfterSeconds === undefined && this.counts.pages === this.pagesBefore) {
      throw this.tooLarge(); // calling again would end here again
    }
    await this.checkpoint(false);
    await this.stager.settle();
    return this.runLog.suspend({ schemaHash: this.schema.hash(), retryAfterSeconds });
  }

  private facts(): CommitFacts {
    return { schemaHash: this.schema.hash(), warnings: this.schema.collisions() };
  }

  private tooLarge(): ExtractorError {
    const page = this.counts.pages + 1;
    return new ExtractorError('PAGE_EXCEEDS_TIME',
      `page ${page} was not complete before the function's time ran out; ask for smaller pages or give the function more time`,
      { retryable: true, details: { page } });
  }

  private reportProgress(evenIfEarly: boolean): void {
    if (evenIfEarly || performance.now() - this.progressAt >= PROGRESS_INTERVAL_MS) {
      this.progressAt = performance.now();
      const { records, pages } = this.counts;
      this.deps.log('progress', { source: this.config.spec.source, runId: this.runLog.runId, pages, records, bytes: this.runLog.stagedBytes + this.writer.compressedBytes });
    }
  }

  private pageReader(): PageReader {
    return new PageReader({
      client: this.client,
      records: parseJsonPath(this.config.spec.records),
      capture: this.paginator.capture,
      maxRecordBytes: this.config.maxRecordBytes,
      writer: this.writer,
      schema: () => this.schema,
      onLargePage: () => this.letGoOfPage(),
      onLargePageChunk: () => this.cutWhenFull(),
    });
  }
}
