import { cursor } from './cursor';
import { keyset } from './keyset';
import { linkHeader } from './link-header';
import { LinkOptions } from './next-position';
import { nextUrl } from './next-url';
import { singlePage } from './none';
import { offset } from './offset';
import { pageNumber } from './page-number';
import { Paginator } from './paginator';
import { PaginationSpec } from '../../../src/spec/source-spec';

export function createPaginator(spec: PaginationSpec | undefined, options: LinkOptions = {}): Paginator {
  switch (spec?.type) {
    case undefined:
    case 'none': return singlePage;
    case 'pageNumber': return pageNumber(spec);
    case 'offset': return offset(spec);
    case 'cursor': return cursor(spec);
    case 'keyset': return keyset(spec);
    case 'linkHeader': return linkHeader(spec, options);
    case 'nextUrl': return nextUrl(spec, options);
  }
}
