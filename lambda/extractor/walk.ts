import { Counts, RunLog } from './commit';
import { ExtractorConfig } from './config';
import { ExtractorError } from './errors';
import { FanOut } from './fan-out';
import { PageRequest } from './http';
import { createIncrement, Increment } from './incremental';
import { Page } from './page-reader';
import { boundReached, createPaginator, LoopGuard, Paginator } from './paginate';
import { Progress, progressOf, START } from './progress';
import { RecentRecords } from './recent-records';
import { pageSizeOf, refuseBlindSkip } from './rules/skip';
import { Selection } from './selection';
import { DEFAULT_CONCURRENCY, Position, SourceSpec } from '../../src/spec';

const NOTHING: Counts = { records: 0, pages: 0, quarantined: 0 };

export interface WalkOptions {
  readonly config: ExtractorConfig;
  readonly runLog: RunLog;
  /** The request before paging. */
  readonly base: PageRequest;
  /** The parents of a child source. */
  readonly fanOut?: FanOut;
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

  /** Finds a child's parents; before all else. */
  async open(): Promise<void> {
    const { fanOut, runLog: { resumed } } = this.options;
    const parents = resumed && progressOf(resumed.next).parents;
    if (fanOut && this.ended && parents) {
      fanOut.restore(parents);
    } else if (fanOut) {
      await fanOut.open(parents);
      this.ended = !fanOut.current && !fanOut.replaced;
    }
  }

  /** Reads a child's parents ahead; after every page. */
  async readAhead(): Promise<void> {
    if (!this.ended) {
      await this.options.fanOut?.prepare();
    }
  }

  /** The parents that the run began with are no more. */
  get parentsReplaced(): boolean {
    return this.options.fanOut?.replaced ?? false;
  }

  /** Whether `goesBackToParent` holds between the pages of a parent. */
  get goesBackBetweenPages(): boolean {
    return this.options.fanOut !== undefined && hasUnstablePages(this.spec) && this.spec.key === undefined;
  }

  /** A child that is interrupted here begins this parent's pages anew. */
  get goesBackToParent(): boolean {
    return this.options.fanOut !== undefined && this.pagesMayShift;
  }

  /** The bound that ended the run before the API did. */
  get cut(): Progress['cut'] {
    return this.progress.cut;
  }

  /** This call's work would be lost: pages are lost or doubled when the run goes on in the middle. */
  get mustNotGoOn(): boolean {
    return this.pagesMayShift && !this.committedHere;
  }

  /** Commits may be made here. */
  get mayCommit(): boolean {
    return this.increment.commitsOnTheWay && this.kept > 0 && (this.progress.at === null || this.spec.incremental?.type === 'cursor');
  }

  /** An interrupted run that cannot go on where it was; asked before the first page. */
  get mustStartOver(): boolean {
    return !this.ended && this.counts.pages > 0 && this.pagesMayShift;
  }

  /** One walk over the pages has ended, another one follows. */
  get atWindowEnd(): boolean {
    return this.progress.at === null && this.increment.commitsOnTheWay && this.kept > 0;
  }

  request(): PageRequest {
    const base = this.options.fanOut?.current?.request ?? this.options.base;
    const request = this.requestAt(base, this.progress.at);
    this.loops.request(request);
    return request;
  }

  /** What follows the page under way, as far as it is known before that page is read. */
  upcoming(): PageRequest[] {
    const { options: { base, fanOut }, paginator, spec: { concurrency = DEFAULT_CONCURRENCY } } = this;
    const count = Math.min(concurrency - 1, (this.bounds?.maxPages ?? Infinity) - this.page);
    if (fanOut) {
      return fanOut.upcoming.slice(0, Math.max(0, count)).map(({ request }) => this.requestAt(request, null));
    }
    const requests: PageRequest[] = [];
    for (let at = this.progress.at; paginator.following && requests.length < count;) {
      at = paginator.following(at);
      requests.push(this.requestAt(base, at));
    }
    return requests;
  }

  /** An attempt at a page begins. */
  beginPage(): void {
    this.selection.beginPage(this.counts.pages + 1, (this.bounds?.maxRecords ?? Infinity) - this.keptByRun);
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
    // A parent whose first page is left out is left out.
    const skipsParent = page.ruled === 'skip' && this.options.fanOut !== undefined && this.progress.at === null;
    const next = this.increment.stopped || page.ruled === 'end' || skipsParent ? undefined : this.paginator.next(this.progress.at, facts);
    if (page.ruled === 'skip' && next === undefined && !skipsParent) {
      refuseBlindSkip(this.spec, facts);
    }
    const bound = boundReached(this.bounds ?? {}, { pages: this.page - 1, records: this.keptByRun });
    if (next !== undefined && !bound) {
      this.progress = { at: next, received, ...(this.recent && { last: { at: this.progress.at, received: this.progress.received, keys: '' } }) };
      return;
    }
    const more = next !== undefined || this.selection.cut > 0 || this.options.fanOut?.hasNext;
    const cut = bound && more ? bound : undefined;
    this.progress = { ...START, ...(cut && { cut }) };
    this.ended = cut !== undefined || !(this.options.fanOut ? this.options.fanOut.advance() : this.increment.nextWalk());
    this.forgetPages(); // the next window may well hold the same pages, and newer versions of the same records
  }

  /** What a checkpoint holds. */
  position(): Position {
    const { last } = this.progress;
    const incremental = this.increment.toJSON();
    const parents = this.options.fanOut?.position();
    return {
      ...this.progress,
      ...(last && { last: { ...last, keys: String(this.recent) } }),
      ...(incremental && { incremental }),
      ...(parents && { parents }),
    };
  }

  watermark(): Position | undefined {
    return this.options.fanOut ? this.options.fanOut.watermark() : this.increment.watermark();
  }

  /** An error of the page under way, with all that tells where it was. */
  locate(error: ExtractorError): ExtractorError {
    return this.options.fanOut?.locate(error) ?? error;
  }

  warnings(): string[] {
    const { cut, counts: { skippedPages } } = this;
    return [
      ...(skippedPages ? [`responseRules left out ${skippedPages} page(s): the table lacks their records`] : []),
      ...(cut && !this.spec.writeMode?.allowCut ? [`pagination.${cut} ended the run before the API did: the table lacks what the API still had`] : []),
      ...this.increment.warnings(),
      ...this.options.fanOut?.warnings() ?? [],
    ];
  }

  /** Everything so far is committed: counts begin anew. */
  committed(): void {
    this.committedHere = true;
    this.counts = NOTHING;
  }

  /** Back to the run's base, which for a child is what its parent has committed by now. */
  async startOver(): Promise<void> {
    const { fanOut } = this.options;
    this.counts = NOTHING;
    this.begin(undefined);
    await fanOut?.open();
    this.ended = fanOut ? !fanOut.current && !fanOut.replaced : this.increment.exhausted;
  }

  private requestAt(base: PageRequest, position: Position | null): PageRequest {
    return this.paginator.request(this.increment.prepare(base), position);
  }

  /** Between here and the walk's start, records may move to pages that were read, or back to some that were not. */
  private get pagesMayShift(): boolean {
    return hasUnstablePages(this.spec) && this.spec.key === undefined && this.progress.at !== null;
  }

  /** Number in the run of the page under way. */
  get page(): number {
    return (this.options.runLog.committed?.pages ?? 0) + this.counts.pages + 1;
  }

  /** Records since the base, those in quarantine too. */
  private get kept(): number {
    return this.counts.records + this.counts.quarantined;
  }

  private get keptByRun(): number {
    const { committed } = this.options.runLog;
    return (committed?.records ?? 0) + (committed?.quarantined ?? 0) + this.kept;
  }

  private get bounds() {
    return this.spec.pagination?.type === 'none' ? undefined : this.spec.pagination;
  }

  private begin(resumed: Progress | undefined): void {
    const { spec, options: { config, runLog, now } } = this;
    this.increment = createIncrement(spec, { base: runLog.base, resumed: resumed?.incremental, range: config.range, now });
    const { last, at, received } = resumed ?? START;
    this.forgetPages(last?.keys);
    this.rereads = last !== undefined && this.recent !== undefined;
    this.progress = this.rereads ? { at: last!.at, received: last!.received } : { at, received, ...(resumed?.cut && { cut: resumed.cut }) };
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
    const { kept, quarantined, skipped } = this.selection;
    const pages = this.rereads ? 0 : 1;
    this.pagesRead += pages;
    this.counts = {
      ...this.counts,
      records: this.counts.records + kept - quarantined,
      quarantined: this.counts.quarantined + quarantined,
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
