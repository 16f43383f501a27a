import { PageFacts } from './paginator';
import { PaginationEnd } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { headerValue } from '../http/page-request';

/** The bound of a run that left records of the API unread. */
export type CutBy = 'maxPages' | 'maxRecords';

export const endPaths = (end: PaginationEnd): string[] => [
  ...(end.hasMore === undefined ? [] : [end.hasMore]),
  ...(end.total !== undefined && 'path' in end.total ? [end.total.path] : []),
];

/** Whether the API's own word ends the run. A short page never does: APIs filter after they cut pages. */
export function ended(end: PaginationEnd, page: PageFacts): boolean {
  const total = readTotal(end.total, page);
  return (end.hasMore !== undefined && page.captured(end.hasMore) === false)
    || (total !== undefined && page.received >= total);
}

/** The bound that a run has reached after a page. A bound wins over an API that says there is more. */
export function boundReached(end: PaginationEnd, run: { readonly pages: number; readonly records: number }): CutBy | undefined {
  if (end.maxRecords !== undefined && run.records >= end.maxRecords) {
    return 'maxRecords';
  }
  return end.maxPages !== undefined && run.pages >= end.maxPages ? 'maxPages' : undefined;
}

/** Undefined when the page does not tell: some APIs count on the first page only. */
function readTotal(total: PaginationEnd['total'], page: PageFacts): number | undefined {
  if (total === undefined) {
    return undefined;
  }
  const value = 'path' in total ? page.captured(total.path) : headerValue(page.headers, total.header);
  if (value === undefined || value === null || value === '') {
    return undefined;
  }
  const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
    const place = 'path' in total ? total.path : `header ${total.header}`;
    throw new ExtractorError('BAD_TOTAL', `page ${page.pages}: the total at ${place} is ${JSON.stringify(value).slice(0, 60)}, expected a whole number; `
      + 'check pagination.total', { retryable: false, details: { page: page.pages } });
  }
  return count;
}
