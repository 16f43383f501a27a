import { SourceSpec } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { ended } from '../paginate/end';
import { PageFacts } from '../paginate/paginator';

/** Records that a page which was left out may have held: more than none, or it would be taken for the end. */
export function pageSizeOf({ pagination }: SourceSpec): number {
  const size = pagination?.type === 'offset' ? pagination.limit : pagination?.type === 'pageNumber' ? pagination.size : undefined;
  return size ?? 1;
}

/** A page that was left out and leads nowhere: whether it was the last one, nobody knows. */
export function refuseBlindSkip({ pagination }: SourceSpec, page: PageFacts): void {
  if (pagination === undefined || pagination.type === 'none' || ended(pagination, page)) {
    return;
  }
  throw new ExtractorError('RULE_CANNOT_SKIP',
    `page ${page.pages} is to be skipped by responseRules, but its response names no next page; use end or fail for it`,
    { retryable: false, details: { page: page.pages } });
}
