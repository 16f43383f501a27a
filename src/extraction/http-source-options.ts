import { Auth } from './auth';
import { Contract } from './contract';
import { ExtractorOptions } from './extractor-options';
import { Format } from './format';
import { Incremental } from './incremental';
import { NetworkOptions } from './network';
import { Pagination } from './pagination';
import { ParentRecords } from './parent-records';
import { RateLimit } from './rate-limit';
import { RecordTransform } from './record-transform';
import { LimitOptions, RetryOptions, TimeoutOptions } from './request-limits';
import { ResponseRule } from './response-rule';
import { WriteMode } from './write-mode';
import { Cataloguing } from '../catalog/cataloguing';
import { QualityRule } from '../quality/quality-rule';
import { RunSchedule } from '../workflow/run-schedule';

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
   * Requests under way at a time, 1 to 32: the answers to those that follow are waited for while a page is read. Their records
   * are stored in order all the same. For child sources (the first page of each parent) and `Pagination.pageNumber`, whose last
   * pages may be asked for beyond the end; other pages are known only from the page before.
   *
   * @default 1
   */
  readonly concurrency?: number;

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
