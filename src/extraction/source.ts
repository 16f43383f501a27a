import { Token } from 'aws-cdk-lib';
import { Auth } from './auth';
import { notEmpty } from './auth-parts';
import { checkSource } from './check-source';
import { Contract } from './contract';
import { CustomSourceOptions } from './custom-source';
import { ExtractorOptions } from './extractor-options';
import { Format } from './format';
import { Incremental } from './incremental';
import { checkAddress, NetworkOptions, renderNetwork } from './network';
import { Pagination } from './pagination';
import { ParentRecords } from './parent-records';
import { RateLimit } from './rate-limit';
import { RecordTransform } from './record-transform';
import { renderLimits, renderRetry, renderTimeouts } from './render-limits';
import { renderRequest } from './render-request';
import { LimitOptions, RetryOptions, TimeoutOptions } from './request-limits';
import { ResponseRule } from './response-rule';
import { checkUrl } from './url';
import { WriteMode } from './write-mode';
import { Cataloguing } from '../catalog/cataloguing';
import { Problems } from '../core/problems';
import { QualityRule } from '../quality/quality-rule';
import { placeholdersInOrigin } from '../spec/request-template';
import { AuthSpec, FormatSpec, PaginationSpec, SOURCE_SPEC_VERSION, SourceSpec, WriteModeSpec } from '../spec/source-spec';
import { placeholderProblems } from '../spec/validate-parent';
import { validateSourceSpec } from '../spec/validate-source-spec';
import { RunSchedule } from '../workflow/run-schedule';

const WHOLE_RESPONSE = '$';

/** Methods that read from an API. */
export enum HttpMethod {
  /** Parameters travel in the URL. */
  GET = 'GET',
  /** Parameters travel in a JSON body (searches, GraphQL) or a form. */
  POST = 'POST',
}

/** Options of a source that is read over HTTP. */
export interface HttpSourceOptions {
  /** Absolute URL of the endpoint, with its constant query parameters. No credentials: they belong in `auth`. */
  readonly url: string;

  /**
   * JSONPath of the array, or of the one object, that holds the records: `$`, `$.results`, `$.data[*].items`.
   *
   * @default - every line of an NDJSON or CSV response; JSON needs a path
   */
  readonly records?: string;

  /**
   * What the responses are. A response that is not, is an error and never shipped.
   *
   * @default Format.json()
   */
  readonly format?: Format;

  /**
   * How the source proves who it is.
   *
   * @default Auth.none()
   */
  readonly auth?: Auth;

  /**
   * How the source gets from page to page.
   *
   * @default Pagination.none()
   */
  readonly pagination?: Pagination;

  /**
   * How the source reads only what is new.
   *
   * @default - every run reads everything
   */
  readonly incremental?: Incremental;

  /**
   * JSONPaths inside a record whose values together tell it from all others, such as `['$.id']`: by them, records
   * that the API sends again are left out.
   *
   * @default - records are not told apart
   */
  readonly key?: string[];

  /**
   * Makes this a child source: its requests are sent once for every record of another source, whose fields fill the
   * placeholders in url (behind the host), query, headers, form and body: `https://api.example.com/repos/{name}/issues`.
   * Excludes `incremental`. `maxPages` and `maxRecords` count the run, not the parent.
   *
   * @default - the requests are sent once
   */
  readonly parent?: ParentRecords;

  /**
   * What a run does to the data of its day.
   *
   * @default WriteMode.snapshot(); with `incremental`, WriteMode.append()
   */
  readonly writeMode?: WriteMode;

  /**
   * Method of every request.
   *
   * @default HttpMethod.GET
   */
  readonly method?: HttpMethod;

  /**
   * Query parameters of every request, besides those of the URL.
   *
   * @default - those of the URL
   */
  readonly query?: Record<string, string>;

  /**
   * Headers of every request. Not for credentials: this travels in the clear.
   *
   * @default - the extractor's own
   */
  readonly headers?: Record<string, string>;

  /**
   * JSON body of every request; needs `HttpMethod.POST`.
   *
   * @default - no body
   */
  readonly body?: any;

  /**
   * Fields of a form that every request carries instead of a JSON body; needs `HttpMethod.POST`.
   *
   * @default - no form
   */
  readonly form?: Record<string, string>;

  /**
   * How a page is asked for again.
   *
   * @default - see RetryOptions
   */
  readonly retry?: RetryOptions;

  /**
   * How long a request may take.
   *
   * @default - see TimeoutOptions
   */
  readonly timeouts?: TimeoutOptions;

  /**
   * How much is accepted and written at once.
   *
   * @default - see LimitOptions
   */
  readonly limits?: LimitOptions;

  /**
   * What responses mean, where their status does not say it. The first rule that holds decides.
   *
   * @default - 2xx is a page, 401 and 403 read the secrets anew once, timeouts and throttling are tried again, all else fails
   */
  readonly responseRules?: ResponseRule[];

  /**
   * How many requests are sent in a period.
   *
   * @default - as fast as the API answers, and as its rate-limit headers allow
   */
  readonly rateLimit?: RateLimit;

  /**
   * Which private hosts the extractor may reach.
   *
   * @default - see NetworkOptions
   */
  readonly network?: NetworkOptions;

  /**
   * What is dropped, renamed, hashed or masked in every record before it is stored.
   *
   * @default - records are stored byte for byte
   */
  readonly transforms?: RecordTransform[];

  /**
   * How the source's table is kept up to date after each run.
   *
   * @default - that of the pipeline
   */
  readonly cataloguing?: Cataloguing;

  /**
   * What the records must be, and what becomes of those that are not.
   *
   * @default - every record is stored
   */
  readonly contract?: Contract;

  /**
   * When the source runs by itself.
   *
   * @default - a child runs after each complete run of its parent; all others are started by hand, or by an event
   */
  readonly schedule?: RunSchedule;

  /**
   * What must hold for the partition that a run has written, before anything is made of it. More can be added with the
   * pipeline's `addQualityRules`.
   *
   * @default - nothing is checked
   */
  readonly quality?: QualityRule[];

  /**
   * Memory, time and logs of this source's function.
   *
   * @default - those of the pipeline
   */
  readonly extractor?: ExtractorOptions;

  /**
   * Name of the source's crawler.
   *
   * @default - a name made by CloudFormation
   */
  readonly crawlerName?: string;
}

/** Something that a pipeline extracts into one table. */
export class Source {
  /**
   * A source that is read over HTTP.
   *
   * @param name name of the source and of its table: lower-case letters, digits and underscores.
   */
  static http(name: string, options: HttpSourceOptions): Source {
    return new Source(name, options);
  }

  /**
   * A source that a function of yours extracts: what no HTTP option reads, such as a database, a queue or XML.
   *
   * @param name name of the source and of its table: lower-case letters, digits and underscores.
   */
  static custom(name: string, options: CustomSourceOptions): Source {
    return new Source(name, { url: '', crawlerName: options.crawlerName, cataloguing: options.cataloguing, schedule: options.schedule, quality: options.quality }, options);
  }

  private constructor(
    /** Name of the source and of its table. */
    readonly name: string,
    /**
     * Of a custom source: only what both kinds have.
     *
     * @internal
     */
    readonly _options: HttpSourceOptions,
    /** @internal */
    readonly _custom?: CustomSourceOptions,
  ) {}

  /**
   * What the extractor reads, but for the contract: that needs a place in the construct tree.
   *
   * @internal
   */
  _render(): SourceSpec {
    const { retry, timeouts, limits, network, parent } = this._options;
    const request = renderRequest(this._options);
    const format = this._options.format?._render();
    const spec: SourceSpec = {
      version: SOURCE_SPEC_VERSION,
      source: this.name,
      // Nothing, where JSON needs a path: the validation says so.
      records: this._options.records ?? (format && format.type !== 'json' ? WHOLE_RESPONSE : undefined)!,
      format: unlessDefault<FormatSpec>(format, 'json'),
      request,
      auth: unlessDefault<AuthSpec>(this._options.auth?._render(), 'none'),
      pagination: unlessDefault<PaginationSpec>(this._options.pagination?._render(), 'none'),
      incremental: this._options.incremental?._render(),
      parent: parent?._render(this._options.url, request),
      key: this._options.key,
      writeMode: unlessDefault<WriteModeSpec>(this._options.writeMode?._render(), this._options.incremental ? 'append' : 'snapshot'),
      retry: renderRetry(retry),
      timeouts: renderTimeouts(timeouts),
      limits: renderLimits(limits),
      network: renderNetwork(network),
      responseRules: this._options.responseRules?.length ? this._options.responseRules.map((rule) => rule._render()) : undefined,
      rateLimit: this._options.rateLimit?._render(),
      transforms: notEmpty(this._options.transforms?.map((transform) => transform._render())),
    };
    return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as SourceSpec;
  }

  /**
   * The endpoint as lineage names it: without its query, which may hold a key. Undefined when known at deployment only.
   *
   * @internal
   */
  _displayUrl(): string | undefined {
    const { url } = this._options;
    return Token.isUnresolved(url) ? undefined : url?.split('?')[0];
  }

  /**
   * What a run does to the data of its day.
   *
   * @internal
   */
  _writeMode(): WriteModeSpec['type'] {
    return this._options.writeMode?._render().type ?? (this._options.incremental ? 'append' : 'snapshot');
  }

  /** @internal */
  _check(problems: Problems): void {
    const { auth, network, parent, url } = this._options;
    const at = (property: string) => `sources.${this.name}.${property}`;
    const spec = this._render();
    for (const { property, got, fix } of validateSourceSpec(spec)) {
      problems.check(property === 'network.allowedHosts' && Token.isUnresolved(got), at(property), got, fix);
    }
    for (const { property, got, fix } of placeholderProblems(Token.isUnresolved(url) ? undefined : url, spec)) {
      problems.add(at(property), got, fix);
    }
    if (placeholdersInOrigin(url).length === 0) {
      checkUrl(url, auth !== undefined && auth._render().type !== 'none', (got, fix) => problems.add(at('url'), got, fix));
      checkAddress(url, network, (got, fix) => problems.add(at('url'), got, fix));
    }
    for (const { property, got, fix } of auth?._problems() ?? []) {
      problems.add(at(property), got, fix);
    }
    for (const { property, got, fix } of (spec.parent && parent?._problems(spec.parent)) ?? []) {
      problems.add(at(property), got, fix);
    }
    const custom = parent?._source._custom ? parent._source.name : undefined;
    problems.check(custom === undefined, at('parent'), custom, 'a function of your own keeps no commits that a child could read: use a source that is read over HTTP');
    checkSource(this._options, at, problems);
    this._options.contract?._check(problems, at);
  }
}

/** Leaves out a part that says no more than the default's type. */
function unlessDefault<T extends { type: string }>(part: T | undefined, defaultType: string): T | undefined {
  return part && part.type === defaultType && Object.keys(part).length === 1 ? undefined : part;
}
