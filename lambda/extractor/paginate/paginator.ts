import { Position } from '../../../src/spec/source-state';
import { PageRequest, ResponseHeaders } from '../http/page-request';

/** What a paginator may know of the page just read. */
export interface PageFacts {
  /** Records in this page. */
  readonly records: number;
  /** Records of the walk so far, those of this page included. */
  readonly received: number;
  /** What the page's last record holds at the paginator's `field`, as JSON text; undefined when it has nothing there. */
  readonly lastField?: string;
  /** Pages of the run so far, this one included. */
  readonly pages: number;
  readonly headers: ResponseHeaders;
  /** Where the page came from, after redirects. */
  readonly requestUrl: string;
  /** Value of a path named in `capture`; undefined when the response has none. */
  captured(path: string): unknown;
}

/**
 * Walks the pages of an API. It keeps nothing: the place before a request is a Position, plain JSON that is
 * stored in checkpoints, so it never holds a credential.
 */
export interface Paginator {
  /** JSONPaths outside the records whose values `next` needs. */
  readonly capture: readonly string[];
  /** JSONPath inside a record whose value in the page's last record `next` needs. */
  readonly field?: string;
  /** The request for the page at this position; null is the start. */
  request(base: PageRequest, position: Position | null): PageRequest;
  /** The position that follows this one for sure, unless the pages end; left out where only a page tells it. */
  following?(position: Position | null): Position;
  /** The position after this page; undefined at the end. */
  next(position: Position | null, page: PageFacts): Position | undefined;
}
