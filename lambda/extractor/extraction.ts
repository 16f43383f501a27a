import { Api } from './api';
import { authQueryParameter } from './auth';
import { CommitFacts, RunLog } from './commit';
import { ExtractorConfig } from './config';
import { Contract } from './contract';
import { Deadline } from './deadline';
import { ExtractorError } from './errors';
import { FanOut, ParentFields } from './fan-out';
import { PageRequest } from './http';
import { Output } from './output';
import { Page, PageReader } from './page-reader';
import { RecordSink } from './record-sink';
import { firstRequest } from './request';
import { RunDependencies } from './run-dependencies';
import { cannotGoOn, noParents, pageExceedsTime, snapshotCut } from './run-errors';
import { CheckpointPlace } from './stager';
import { createRecordTransformer } from './transform';
import { Walk } from './walk';
import { parseJsonPath, RunResult } from '../../src/spec';

const PROGRESS_INTERVAL_MS = 2_000;
const SHARE_OF_TIME_LEFT = 0.25;
const SHIFTED = 'the pages may have shifted since the run was interrupted';

/** Reads page after page of an opened run into parts, with a checkpoint whenever a part is full. */
export class Extraction {
  private readonly deadline: Deadline;
  private readonly api: Api;
  private readonly fanOut: FanOut | undefined;
  private readonly walk: Walk;
  private readonly output: Output;
  private readonly reader: PageReader;
  private readonly warnings = new Set<string>();
  private progressAt = performance.now();
  /** A run can go on from the newest checkpoint of this call. */
  private safe = false;

  constructor(
    private readonly config: ExtractorConfig,
    private readonly runLog: RunLog,
    private readonly deps: RunDependencies,
    contract?: Contract,
  ) {
    const { spec, apiUrl } = config;
    this.deadline = new Deadline(() => deps.remainingMs());
    this.api = new Api(config, deps, this.deadline);
    this.fanOut = spec.parent && new FanOut({ config, store: deps.store, base: runLog.base });
    this.walk = new Walk({
      config,
      runLog,
      fanOut: this.fanOut,
      base: firstRequest(apiUrl, spec.request),
      authQueryParameter: authQueryParameter(spec.auth),
      now: () => deps.store.now(),
    });
    this.output = new Output(config, runLog, contract);
    this.reader = this.pageReader();
  }

  async run(): Promise<RunResult> {
    const { walk } = this;
    await walk.open();
    if (walk.mustStartOver) {
      await this.startOver(SHIFTED);
    }
    await this.startOverWhenReplaced();
    if (walk.ended && !this.runLog.resumed?.end) {
      await this.endAtOnce();
    }
    while (!walk.ended) {
      const suspended = await this.step().catch((error: unknown) => {
        throw error instanceof ExtractorError ? walk.locate(error) : error;
      });
      if (suspended) {
        return suspended;
      }
      await walk.readAhead();
      await this.startOverWhenReplaced();
      this.reportProgress(false);
    }
    await this.output.settle();
    this.reportProgress(true);
    return this.runLog.commit(this.facts());
  }

  /** Resolves when all that was checkpointed is durable. */
  async settle(): Promise<void> {
    await this.output.settle();
  }

  async close(): Promise<void> {
    this.deadline.close();
    await this.api.close();
  }

  /** One page further; returns the result of an invocation that ends before it. */
  private async step(): Promise<RunResult | undefined> {
    const page = await this.readPage();
    if (page instanceof ExtractorError) {
      return this.suspend(page);
    }
    if (this.walk.lostItsPlace) {
      await this.output.takeBackPage();
      await this.startOver(SHIFTED);
    } else {
      await this.accept(page);
    }
    return undefined;
  }

  /** There is nothing to ask for. */
  private async endAtOnce(): Promise<void> {
    const { mode, spec } = this.config;
    if (spec.parent && mode === 'snapshot' && spec.writeMode?.allowEmpty !== true) {
      throw noParents(spec.source, spec.parent.source);
    }
    await this.checkpoint(true);
  }

  /** The next page, or the error that asks to go on in another invocation. */
  private readPage(): Promise<Page | ExtractorError> {
    const request = this.walk.request();
    return this.api.attempts(() => this.walk.counts.pages + 1, () => this.readOnce(request));
  }

  private async readOnce(request: PageRequest): Promise<Page> {
    await this.reader.prepare();
    const response = await this.api.open(request, this.walk.upcoming());
    this.walk.beginPage();
    const takeBack = this.output.mark();
    try {
      const page = await this.reader.read(request, response);
      if (page.ruled === 'skip') {
        await takeBack();
      }
      return page;
    } catch (error) {
      await takeBack();
      throw error;
    }
  }

  private async accept(page: Page): Promise<void> {
    const { walk } = this;
    walk.accept(page);
    this.output.endPage();
    page.warnings.forEach((warning) => this.warnings.add(warning));
    if (walk.ended) {
      this.refuseCutSnapshot();
      this.output.quarantine?.refuseTooMany(walk.counts);
      await this.checkpoint(true);
    } else if (walk.goesBackToParent) {
      await this.output.cutWhenFull(); // a checkpoint here would be no place to go on from
    } else if (this.output.checkpointIsDue(this.intervalMs) || walk.atWindowEnd) {
      await this.checkpoint(false);
      if (walk.mayCommit) {
        await this.commitOnTheWay();
      }
    }
  }

  private async commitOnTheWay(): Promise<void> {
    this.output.quarantine?.refuseTooMany(this.walk.counts);
    await this.output.settle();
    await this.runLog.commit(this.facts());
    this.walk.committed();
  }

  /** Drops all that this run has read since its base: where it was is no place to go on from. */
  private async startOver(reason: string): Promise<void> {
    this.deps.log('starting over', { page: this.walk.counts.pages + 1, reason });
    await this.output.startOver();
    await this.walk.startOver();
  }

  /** Nothing of a child is committed before its end, so that what was read of parents that are no more can be given up. */
  private async startOverWhenReplaced(): Promise<void> {
    while (this.walk.parentsReplaced) {
      await this.startOver('a newer commit of the parent has replaced the records that the run was reading');
    }
  }

  /** A limit that was meant as a safety net must not empty a table that was whole. */
  private refuseCutSnapshot(): void {
    const { walk: { cut, counts }, config: { spec, mode } } = this;
    if (cut !== undefined && mode === 'snapshot' && this.runLog.previousWhole && spec.writeMode?.allowCut !== true) {
      throw snapshotCut(spec.source, cut, counts);
    }
  }

  private async checkpoint(end: boolean): Promise<void> {
    await this.output.checkpoint(this.place(end));
  }

  private place(end: boolean): CheckpointPlace {
    this.safe = !this.walk.goesBackToParent;
    return { next: this.walk.position(), end, counts: this.walk.counts };
  }

  /** Ends this invocation with everything read so far made safe. */
  private async suspend({ retryAfterSeconds }: ExtractorError): Promise<RunResult> {
    if (retryAfterSeconds === undefined && this.walk.pagesRead === 0) {
      throw pageExceedsTime(this.walk.counts.pages + 1); // calling again would end here again
    }
    // With a wait, the run may come back to where it was when this call began: a later call gets further.
    if (this.walk.goesBackToParent && (this.safe || retryAfterSeconds !== undefined)) {
      await this.output.discard();
    } else if (retryAfterSeconds === undefined && this.walk.mustNotGoOn) {
      throw cannotGoOn(this.walk.counts);
    } else {
      await this.checkpoint(false);
    }
    await this.output.settle();
    return this.runLog.suspend({ schemaHash: this.output.schema.hash(), retryAfterSeconds });
  }

  /** A source that can go on only where a parent begins takes care to have been there before its time runs out. */
  private get intervalMs(): number | undefined {
    return this.walk.goesBackBetweenPages ? this.deadline.timeLeftMs() * SHARE_OF_TIME_LEFT : undefined;
  }

  private facts(): CommitFacts {
    const { walk } = this;
    return {
      schemaHash: this.output.schema.hash(),
      warnings: [...walk.warnings(), ...this.warnings, ...this.output.schema.collisions()],
      watermark: walk.watermark(),
      whole: walk.cut === undefined,
    };
  }

  private reportProgress(evenIfEarly: boolean): void {
    if (evenIfEarly || performance.now() - this.progressAt >= PROGRESS_INTERVAL_MS) {
      this.progressAt = performance.now();
      const { records, pages } = this.walk.counts;
      this.deps.log('progress', { source: this.config.spec.source, runId: this.runLog.runId, pages, records, bytes: this.output.bytes });
    }
  }

  private pageReader(): PageReader {
    return new PageReader({
      format: this.config.spec.format,
      records: parseJsonPath(this.config.spec.records),
      capture: [...this.walk.paginator.capture, ...this.api.rules.paths],
      rules: this.api.rules,
      field: this.walk.paginator.field,
      takes: (buffer, start, end) => this.walk.selection.takes(buffer, start, end),
      takesUnreadable: () => this.walk.selection.takesUnreadable(),
      sink: this.recordSink(),
      maxRecordBytes: this.config.maxRecordBytes,
      output: this.output,
      onLargePage: () => this.output.letGoOfPage(() => this.place(false)),
      onLargePageChunk: () => this.output.cutWhenFull(),
    });
  }

  private recordSink(): RecordSink {
    const { walk, runLog, deps, fanOut, config: { spec } } = this;
    const parentFields = new ParentFields(Object.keys(spec.parent?.include ?? {}));
    return new RecordSink({
      output: this.output,
      transformer: createRecordTransformer(spec.transforms, { ...deps, page: () => walk.counts.pages + 1 }),
      protects: spec.transforms?.some(({ type }) => type !== 'rename'),
      complete: fanOut && ((record, number) =>
        parentFields.add(fanOut.current!.fields, record, this.output.schema, { page: walk.counts.pages + 1, record: number })),
      place: () => ({ runId: runLog.runId, page: walk.page }),
      onQuarantined: () => walk.selection.quarantined++,
    });
  }
}
