import { Authenticator, authQueryParameter, createAuthenticator, withFreshSecrets } from './auth';
import { CommitFacts, RunLog } from './commit';
import { ExtractorConfig } from './config';
import { Deadline } from './deadline';
import { ExtractorError } from './errors';
import { HttpClient, PageRequest, withRetry } from './http';
import { Pacer } from './pace';
import { Page, PageReader } from './page-reader';
import { DEFAULT_BLOCK_BYTES, PartWriter } from './part';
import { firstRequest } from './request';
import { ResponseRules } from './rules';
import { RunDependencies } from './run-dependencies';
import { SchemaTree } from './scan';
import { Stager } from './stager';
import { createRecordTransformer } from './transform';
import { Walk } from './walk';
import { parseJsonPath, RunResult } from '../../src/spec';

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
  private readonly rules: ResponseRules;
  private readonly pacer: Pacer;
  private readonly client: HttpClient;
  private readonly authenticator: Authenticator;
  private readonly walk: Walk;
  private readonly writer: PartWriter;
  private readonly stager: Stager;
  private readonly reader: PageReader;
  private schema: SchemaTree;
  /** Pages whose lines no checkpoint holds yet. */
  private uncheckpointed = 0;
  /** The page under way was too large to hold in memory: parts of it are staged already. */
  private largePage = false;
  private readonly warnings = new Set<string>();
  private checkpointAt = performance.now();
  private progressAt = performance.now();

  constructor(private readonly config: ExtractorConfig, private readonly runLog: RunLog, private readonly deps: RunDependencies) {
    const { spec, apiUrl, allowedHosts } = config;
    const { secrets, redactor } = deps;
    const apiOrigin = new URL(apiUrl).origin;
    this.deadline = new Deadline(() => deps.remainingMs());
    this.rules = new ResponseRules(spec.responseRules, (text) => redactor.redact(text));
    this.pacer = new Pacer({
      rateLimit: spec.rateLimit,
      timeLeftMs: () => this.deadline.timeLeftMs(),
      onWait: (delayMs) => deps.log('rate limit', { delayMs }),
    });
    const connection = { timeouts: spec.timeouts, limits: spec.limits, allowedHosts, redact: (text: string) => redactor.redact(text) };
    this.client = new HttpClient({ ...connection, apiOrigin, format: spec.format?.type, traffic: this.pacer, rules: this.rules });
    this.authenticator = createAuthenticator(spec.auth, {
      secrets,
      redactor,
      apiOrigin,
      tokens: deps.tokens,
      clientFor: (origin) => new HttpClient({ ...connection, apiOrigin: origin, peer: 'token endpoint' }),
      signal: this.deadline.signal,
    });
    this.walk = new Walk({
      config, runLog, base: firstRequest(apiUrl, spec.request), authQueryParameter: authQueryParameter(spec.auth), now: () => deps.store.now(),
    });
    this.writer = new PartWriter({ blockBytes: Math.min(DEFAULT_BLOCK_BYTES, config.partBytes) });
    this.stager = new Stager(this.writer, runLog);
    this.reader = this.pageReader();
    this.schema = SchemaTree.fromJSON(runLog.resumed?.schema ?? runLog.previousSchema);
  }

  async run(): Promise<RunResult> {
    const { walk } = this;
    if (walk.mustStartOver) {
      await this.startOver();
    }
    if (walk.ended && !this.runLog.resumed?.end) {
      await this.checkpoint(true); // there is nothing to ask for
    }
    while (!walk.ended) {
      const page = await this.readPage();
      if (page instanceof ExtractorError) {
        return this.suspend(page);
      }
      if (walk.lostItsPlace) {
        await this.takeBackPage();
        await this.startOver();
      } else {
        await this.accept(page);
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
    const request = this.walk.request();
    try {
      return await withRetry(() => this.tryPage(request), {
        retry: this.config.spec.retry,
        timeLeftMs: () => this.deadline.timeLeftMs(),
        onRetry: (error, delayMs, attempt) => this.deps.log('retry', { code: error.code, error: error.message, attempt, delayMs, page: this.walk.counts.pages + 1 }),
      });
    } catch (error) {
      if (error instanceof ExtractorError && GOES_ON_LATER.has(error.code)) {
        return error;
      }
      throw error;
    }
  }

  /** One attempt: what it wrote is taken back when it fails, so that a page is in a part whole or not at all. */
  private tryPage(request: PageRequest): Promise<Page> {
    return withFreshSecrets(this.authenticator, () => this.readOnce(request));
  }

  private async readOnce(request: PageRequest): Promise<Page> {
    this.deadline.signal.throwIfAborted();
    await this.pacer.ready(this.deadline.signal);
    this.walk.beginPage();
    const before = { schema: this.schema.toJSON(), changes: this.schema.changes };
    const takeBack = async () => {
      await this.takeBackPage();
      if (this.schema.changes !== before.changes) {
        this.schema = SchemaTree.fromJSON(before.schema);
      }
    };
    try {
      const page = await this.reader.read(await this.authenticator.apply(request), this.deadline.signal);
      if (page.ruled === 'skip') {
        await takeBack();
      }
      return page;
    } catch (error) {
      await takeBack();
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

  private async accept(page: Page): Promise<void> {
    const { walk } = this;
    walk.accept(page);
    this.writer.endPage();
    page.warnings.forEach((warning) => this.warnings.add(warning));
    this.uncheckpointed++;
    if (walk.ended) {
      this.refuseCutSnapshot();
      await this.checkpoint(true);
    } else if (this.checkpointIsDue() || walk.atWindowEnd) {
      await this.checkpoint(false);
      if (walk.mayCommit) {
        await this.commitOnTheWay();
      }
    }
  }

  private async commitOnTheWay(): Promise<void> {
    await this.stager.settle();
    await this.runLog.commit(this.facts());
    this.walk.committed();
  }

  /** Drops all that this run has read since its base: where it was is no place to go on from. */
  private async startOver(): Promise<void> {
    this.deps.log('starting over', { page: this.walk.counts.pages + 1, reason: 'the pages may have shifted since the run was interrupted' });
    await this.stager.discard();
    this.runLog.startOver();
    this.schema = SchemaTree.fromJSON(this.runLog.previousSchema);
    this.uncheckpointed = 0;
    this.walk.startOver();
  }

  /** A limit that was meant as a safety net must not empty a table that was whole. */
  private refuseCutSnapshot(): void {
    const { walk: { cut, counts }, config: { spec, mode } } = this;
    if (cut !== undefined && mode === 'snapshot' && this.runLog.previousWhole && spec.writeMode?.allowCut !== true) {
      throw new ExtractorError('SNAPSHOT_CUT', `source "${spec.source}": pagination.${cut} ended the run after ${counts.pages} pages and ${counts.records} records, `
        + 'but the snapshot before it was whole and was kept. Raise the limit, or allow a part of the records with allowCut',
      { retryable: false, details: { source: spec.source, cut, pages: counts.pages, records: counts.records } });
    }
  }

  private checkpointIsDue(): boolean {
    return this.largePage
      || this.writer.compressedBytes >= this.config.partBytes * FULL_SHARE
      || performance.now() - this.checkpointAt >= CHECKPOINT_INTERVAL_MS;
  }

  private async checkpoint(end: boolean): Promise<void> {
    await this.stager.checkpoint({ next: this.walk.position(), end, counts: this.walk.counts, schema: this.schema.toJSON() });
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
    if (retryAfterSeconds === undefined && this.walk.pagesRead === 0) {
      throw this.tooLarge(); // calling again would end here again
    }
    if (retryAfterSeconds === undefined && this.walk.mustNotGoOn) {
      throw this.cannotGoOn();
    }
    await this.checkpoint(false);
    await this.stager.settle();
    return this.runLog.suspend({ schemaHash: this.schema.hash(), retryAfterSeconds });
  }

  private facts(): CommitFacts {
    const { walk } = this;
    return {
      schemaHash: this.schema.hash(),
      warnings: [...walk.warnings(), ...this.warnings, ...this.schema.collisions()],
      watermark: walk.watermark(),
      whole: walk.cut === undefined,
    };
  }

  private tooLarge(): ExtractorError {
    const page = this.walk.counts.pages + 1;
    return new ExtractorError('PAGE_EXCEEDS_TIME',
      `page ${page} was not complete before the function's time ran out; ask for smaller pages or give the function more time`,
      { retryable: true, details: { page } });
  }

  private cannotGoOn(): ExtractorError {
    const { counts } = this.walk;
    return new ExtractorError('CANNOT_GO_ON', `the function's time ran out after page ${counts.pages}, and the run cannot go on in another call: `
      + 'pages by number or offset shift when data changes. Name the fields that tell records apart ("key"), or set pagination.stablePages if pages never shift, '
      + 'or give the function more time', { retryable: true, details: { page: counts.pages } });
  }

  private reportProgress(evenIfEarly: boolean): void {
    if (evenIfEarly || performance.now() - this.progressAt >= PROGRESS_INTERVAL_MS) {
      this.progressAt = performance.now();
      const { records, pages } = this.walk.counts;
      this.deps.log('progress', { source: this.config.spec.source, runId: this.runLog.runId, pages, records, bytes: this.runLog.stagedBytes + this.writer.compressedBytes });
    }
  }

  private pageReader(): PageReader {
    return new PageReader({
      client: this.client,
      format: this.config.spec.format,
      records: parseJsonPath(this.config.spec.records),
      capture: [...this.walk.paginator.capture, ...this.rules.paths],
      rules: this.rules,
      field: this.walk.paginator.field,
      takes: (buffer, start, end) => this.walk.selection.takes(buffer, start, end),
      transformer: createRecordTransformer(this.config.spec.transforms, { ...this.deps, page: () => this.walk.counts.pages + 1 }),
      maxRecordBytes: this.config.maxRecordBytes,
      writer: this.writer,
      schema: () => this.schema,
      onLargePage: () => this.letGoOfPage(),
      onLargePageChunk: () => this.cutWhenFull(),
    });
  }
}
