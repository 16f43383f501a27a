import { Counts, RunLog } from './commit';
import { ExtractorConfig } from './config';
import { PageRequest } from './http';
import { createIncrement, Increment } from './incremental';
import { Page } from './page-reader';
import { boundReached, createPaginator, LoopGuard, Paginator } from './paginate';
import { Progress, progressOf, START } from './progress';
import { RecentRecords } from './recent-records';
import { pageSizeOf, refuseBlindSkip } from './rules/skip';
import { Selection } from './selection';
import { Position, SourceSpec } from '../../src/spec';

const NOTHING: Counts = { records: 0, pages: 0, quarantined: 0 };

export interface WalkOptions {
  readonly config: ExtractorConfig;
  readonly runLog: RunLog;
  /** The request before paging. */
  readonly base: PageRequest;
  /** Query parameter that carries the API key. */
  readonly authQueryParameter?: string;
  now(): number;
}

/** The way of a run over the API's pages: what it asks for next, what of a page it keeps, where it ends. */
export class Walk {
  readonly paginator: Paginator;
  selection!: Selection;
  /** What was read since the run's base. */
  counts: Counts = NOTHING;
  ended = false;
  /** New pages since this process began. */
  pagesRead = 0;
  private readonly spec: SourceSpec;
  private increment!: Increment;
  private recent: RecentRecords | undefined;
  private progress: Progress = START;
  private loops = new LoopGuard();
  private committedHere = false;
  /** The page under way was read before the run was interrupted. */
  private rereads = false;

  constructor(private readonly options: WalkOptions) {
    this.spec = options.config.spec;
    this.paginator = createPaginator(this.spec.pagination, { authQueryParameter: options.authQueryParameter });
    const { resumed } = options.runLog;
    this.begin(resumed && progressOf(resumed.next));
    this.counts = resumed?.counts ?? NOTHING;
    this.ended = resumed ? resumed.end : this.increment.exhausted;
  }

  /** The bound that ended the run before the API did. */
  get cut(): Progress['cut'] {
    return this.progress.cut;
  }

  /** This call's work would be lost: pages are lost or doubled when the run goes on in the middle. */
  get mustNotGoOn(): boolean {
    return hasUnstablePages(this.spec) && this.spec.key === undefined && !this.committedHere;
  }

  /** Commits may be made here. */
  get mayCommit(): boolean {
    return this.increment.commitsOnTheWay && this.counts.records > 0 && (this.progress.at === null || this.spec.incremental?.type === 'cursor');
  }

  /** An interrupted run that cannot go on where it was; asked before the first page. */
  get mustStartOver(): boolean {
    return !this.ended && this.counts.pages > 0 && hasUnstablePages(this.spec) && this.spec.key === undefined;
  }

  /** One walk over the pages has ended, another one follows. */
  get atWindowEnd(): boolean {
    return this.progress.at === null && this.increment.commitsOnTheWay && this.counts.records > 0;
  }

  request(): PageRequest {
    const request = this.paginator.request(this.increment.prepare(this.options.base), this.progress.at);
    this.loops.request(request);
    return request;
  }

  /** An attempt at a page begins. */
  beginPage(): void {
    const stored = (this.options.runLog.committed?.records ?? 0) + this.counts.records;
    this.selection.beginPage(this.counts.pages + 1, (this.bounds?.maxRecords ?? Infinity) - stored);
  }

  /** The page read again holds nothing of what was read before: the pages have shifted too far. */
  get lostItsPlace(): boolean {
    return this.rereads && this.recent?.known === 0;
  }

  /** Counts a whole page and goes on to the next one, or ends. */
  accept(page: Page): void {
    this.loops.page(page.digest, page.records);
    const step = page.ruled === 'skip' ? this.skip() : page.records;
    if (page.ruled !== 'skip') {
      this.selection.acceptPage();
      this.count();
    }
    const received = this.progress.received + step;
    const facts = { ...page, records: step, received, pages: this.counts.pages };
    const next = this.increment.stopped || page.ruled === 'end' ? undefined : this.paginator.next(this.progress.at, facts);
    if (page.ruled === 'skip' && next === undefined) {
      refuseBlindSkip(this.spec, facts);
    }
    const { committed } = this.options.runLog;
    const bound = boundReached(this.bounds ?? {}, {
      pages: (committed?.pages ?? 0) + this.counts.pages,
      records: (committed?.records ?? 0) + this.counts.records,
    });
    if (next !== undefined && !bound) {
      this.progress = { at: next, received, ...(this.recent && { last: { at: this.progress.at, received: this.progress.received, keys: '' } }) };
      return;
    }
    const cut = bound && (next !== undefined || this.selection.cut > 0) ? bound : undefined;
    this.progress = { ...START, ...(cut && { cut }) };
    this.ended = cut !== undefined || !this.increment.nextWalk();
    this.forgetPages(); // the next window may well hold the same pages, and newer versions of the same records
  }

  /** What a checkpoint holds. */
  position(): Position {
    const { last } = this.progress;
    const incremental = this.increment.toJSON();
    return {
      ...this.progress,
      ...(last && { last: { ...last, keys: String(this.recent) } }),
      ...(incremental && { incremental }),
    };
  }

  watermark(): Position | undefined {
    return this.increment.watermark();
  }

  warnings(): string[] {
    const { cut, counts: { skippedPages } } = this;
    return [
      ...(skippedPages ? [`responseRules left out ${skippedPages} page(s): the table lacks their records`] : []),
      ...(cut && !this.spec.writeMode?.allowCut ? [`pagination.${cut} ended the run before the API did: the table lacks what the API still had`] : []),
      ...this.increment.warnings(),
    ];
  }

  /** Everything so far is committed: counts begin anew. */
  committed(): void {
    this.committedHere = true;
    this.counts = NOTHING;
  }

  /** Back to the run's base. */
  startOver(): void {
    this.counts = NOTHING;
    this.begin(undefined);
    this.ended = this.increment.exhausted;
  }

  private get bounds() {
    return this.spec.pagination?.type === 'none' ? undefined : this.spec.pagination;
  }

  private begin(resumed: Progress | undefined): void {
    const { spec, options: { runLog, now } } = this;
    this.increment = createIncrement(spec, { base: runLog.base, resumed: resumed?.incremental, now });
    const { last, ...place } = resumed ?? START;
    this.forgetPages(last?.keys);
    this.rereads = last !== undefined && this.recent !== undefined;
    this.progress = this.rereads ? { at: last!.at, received: last!.received } : place;
  }

  /** Counts a page that a rule leaves out; returns how many records it may have held. */
  private skip(): number {
    this.pagesRead++;
    this.rereads = false;
    this.counts = { ...this.counts, pages: this.counts.pages + 1, skippedPages: (this.counts.skippedPages ?? 0) + 1 };
    return pageSizeOf(this.spec);
  }

  private forgetPages(keys?: string): void {
    const { spec } = this;
    const version = spec.incremental?.type === 'cursor' ? spec.incremental.path : undefined;
    this.loops = new LoopGuard();
    this.recent = hasUnstablePages(spec) && spec.key !== undefined ? new RecentRecords(spec.key, version, keys) : undefined;
    this.selection = new Selection(this.increment, this.recent);
  }

  private count(): void {
    const { kept, skipped } = this.selection;
    const pages = this.rereads ? 0 : 1;
    this.pagesRead += pages;
    this.counts = {
      ...this.counts,
      records: this.counts.records + kept,
      pages: this.counts.pages + pages,
      ...((skipped > 0 || this.counts.skipped !== undefined) && { skipped: (this.counts.skipped ?? 0) + (this.rereads ? 0 : skipped) }),
    };
    this.rereads = false;
  }
}

/** Records move from page to page when others before them come or go. */
function hasUnstablePages({ pagination }: SourceSpec): boolean {
  return (pagination?.type === 'pageNumber' || pagination?.type === 'offset') && pagination.stablePages !== true;
}
