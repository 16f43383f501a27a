import { PaginationEnd, PaginationSpec, TokenTarget } from '../spec/source-spec';

/** What the extractor takes when the spec leaves these out. */
export const DEFAULT_FIRST_PAGE = 1;
export const DEFAULT_FIRST_OFFSET = 0;
export const DEFAULT_LINK_REL = 'next';

/** Whether pages keep their records while data changes. */
export const DEFAULT_STABLE_PAGES = false;

/** When a run stops asking for pages. An empty page, or a page without a next one, always ends it. */
export interface PaginationOptions {
  /**
   * Stop after this many pages of a run. When the API had more, the run's result has a warning, and a
   * snapshot does not replace a whole one unless `WriteMode.snapshot({ allowCut: true })` says so.
   *
   * @default - as many as the API has
   */
  readonly maxPages?: number;

  /**
   * Stop after this many records of a run: the last page is cut at the record. Otherwise as `maxPages`.
   *
   * @default - as many as the API has
   */
  readonly maxRecords?: number;

  /**
   * Where a response tells how many records there are in all, outside the records: the run ends when it has
   * received as many. A page that does not tell ends nothing.
   *
   * @default - not looked at
   */
  readonly total?: TokenSource;

  /**
   * JSONPath of a boolean in the response, outside the records: `false` ends the run.
   *
   * @default - not looked at
   */
  readonly hasMore?: string;
}

/** Pages by number. */
export interface PageNumberPaginationOptions extends PaginationOptions {
  /** Query parameter that carries the page number. */
  readonly param: string;

  /**
   * Number of the first page.
   *
   * @default 1
   */
  readonly start?: number;

  /**
   * Query parameter that carries the page size; goes with `size`.
   *
   * @default - the API's own page size
   */
  readonly sizeParam?: string;

  /**
   * Records a page; goes with `sizeParam`.
   *
   * @default - the API's own page size
   */
  readonly size?: number;

  /**
   * No record ever moves to another page while a run is under way. Otherwise a run that is interrupted reads
   * its last page again and leaves out what it has by the source's `key`; a source without a key starts over.
   *
   * @default false
   */
  readonly stablePages?: boolean;
}

/** Pages by the number of records before them. */
export interface OffsetPaginationOptions extends PaginationOptions {
  /** Query parameter that carries the offset. */
  readonly param: string;

  /**
   * First offset.
   *
   * @default 0
   */
  readonly start?: number;

  /**
   * Query parameter that carries the page size; goes with `limit`.
   *
   * @default - the API's own page size
   */
  readonly limitParam?: string;

  /**
   * Records a page; goes with `limitParam`.
   *
   * @default - the API's own page size
   */
  readonly limit?: number;

  /**
   * No record ever moves to another page while a run is under way. Otherwise a run that is interrupted reads
   * its last page again and leaves out what it has by the source's `key`; a source without a key starts over.
   *
   * @default false
   */
  readonly stablePages?: boolean;
}

/** Where a response holds a value, such as the token of the next page: name a path or a header. */
export class TokenSource {
  /** A JSONPath in the response, outside the records, such as `$.meta.next`. */
  static path(jsonPath: string): TokenSource {
    return new TokenSource({ path: jsonPath });
  }

  /** A response header. */
  static header(name: string): TokenSource {
    return new TokenSource({ header: name });
  }

  private constructor(
    /** @internal */
    readonly _spec: { path: string } | { header: string },
  ) {}
}

/** Where a request carries a value, such as the token of the next page. */
export class TokenPlace {
  /** A query parameter. */
  static query(param: string): TokenPlace {
    return new TokenPlace({ in: 'query', name: param });
  }

  /** A request header. */
  static header(name: string): TokenPlace {
    return new TokenPlace({ in: 'header', name });
  }

  /** A field of the JSON body, by its name or, deeper, by its JSONPath: `$.variables.after`. */
  static body(field: string): TokenPlace {
    return new TokenPlace({ in: 'body', name: field });
  }

  private constructor(
    /** @internal */
    readonly _spec: TokenTarget,
  ) {}
}

/** Pages by a token of the page before. */
export interface CursorPaginationOptions extends PaginationOptions {
  /** Where a response holds the next token. A missing, null or empty one ends the run. */
  readonly token: TokenSource;

  /** Where the next request carries it. */
  readonly target: TokenPlace;
}

/** Pages by the last record of the page before. */
export interface KeysetPaginationOptions extends PaginationOptions {
  /** JSONPath inside a record, such as `$.id`: its value in a page's last record leads to the next page. */
  readonly field: string;

  /** Where the next request carries the value. */
  readonly target: TokenPlace;
}

/** Pages by the Link header. */
export interface LinkHeaderPaginationOptions extends PaginationOptions {
  /**
   * Relation of the next page.
   *
   * @default 'next'
   */
  readonly rel?: string;
}

/** Pages by a URL in the response. */
export interface NextUrlPaginationOptions extends PaginationOptions {
  /** JSONPath of the next page's URL, outside the records. Absolute or relative. */
  readonly path: string;
}

/** How a source gets from one page to the next. */
export class Pagination {
  /** One request a run. */
  static none(): Pagination {
    return new Pagination({ type: 'none' });
  }

  /** `?page=1`, `?page=2`, ... until a page is empty. */
  static pageNumber(options: PageNumberPaginationOptions): Pagination {
    return new Pagination(compact({
      ...end(options),
      type: 'pageNumber',
      param: options.param,
      start: options.start === DEFAULT_FIRST_PAGE ? undefined : options.start,
      sizeParam: options.sizeParam,
      size: options.size,
      stablePages: options.stablePages === DEFAULT_STABLE_PAGES ? undefined : options.stablePages,
    }));
  }

  /** `?offset=0`, then the number of records received so far, until a page is empty. */
  static offset(options: OffsetPaginationOptions): Pagination {
    return new Pagination(compact({
      ...end(options),
      type: 'offset',
      param: options.param,
      start: options.start === DEFAULT_FIRST_OFFSET ? undefined : options.start,
      limitParam: options.limitParam,
      limit: options.limit,
      stablePages: options.stablePages === DEFAULT_STABLE_PAGES ? undefined : options.stablePages,
    }));
  }

  /** A token of each response leads to the next page. */
  static cursor(options: CursorPaginationOptions): Pagination {
    return new Pagination({ ...end(options), type: 'cursor', token: options.token._spec, target: options.target._spec });
  }

  /** A field of the last record leads to the next page: "what comes after id 1000", until a page is empty. */
  static keyset(options: KeysetPaginationOptions): Pagination {
    return new Pagination({ ...end(options), type: 'keyset', field: options.field, target: options.target._spec });
  }

  /** `Link: <...>; rel="next"` (RFC 8288). */
  static linkHeader(options: LinkHeaderPaginationOptions = {}): Pagination {
    return new Pagination(compact({ ...end(options), type: 'linkHeader', rel: options.rel === DEFAULT_LINK_REL ? undefined : options.rel }));
  }

  /** The response holds the next page's URL. Credentials follow only to the API's own origin. */
  static nextUrl(options: NextUrlPaginationOptions): Pagination {
    return new Pagination({ ...end(options), type: 'nextUrl', path: options.path });
  }

  private constructor(private readonly spec: PaginationSpec) {}

  /** @internal */
  _render(): PaginationSpec {
    return this.spec;
  }
}

const end = (options: PaginationOptions): PaginationEnd => compact({
  maxPages: options.maxPages,
  maxRecords: options.maxRecords,
  hasMore: options.hasMore,
  total: options.total?._spec,
});

function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
