import { PageFacts } from './paginator';
import { PaginationEnd } from '../../../src/spec/source-spec';

export const endPaths = (end: PaginationEnd): string[] => (end.hasMore === undefined ? [] : [end.hasMore]);

/** Whether a bound or the API's own word ends the run. A short page never does: APIs filter after they cut pages. */
export function ended(end: PaginationEnd, page: PageFacts): boolean {
  return (end.maxPages !== undefined && page.pages >= end.maxPages)
    || (end.hasMore !== undefined && page.captured(end.hasMore) === false);
}
