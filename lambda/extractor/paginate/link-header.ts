import { ended, endPaths } from './end';
import { LinkOptions, linkPosition } from './next-position';
import { Paginator } from './paginator';
import { parseLinkHeader } from './parse-link-header';
import { PaginationSpec } from '../../../src/spec/source-spec';
import { headerValue } from '../http/page-request';

const NEXT = 'next';

/** Follows the `Link` response header. */
export function linkHeader(spec: Extract<PaginationSpec, { type: 'linkHeader' }>, options: LinkOptions): Paginator {
  const rel = (spec.rel ?? NEXT).toLowerCase();
  return {
    capture: endPaths(spec),
    request: (base, position) => (position === null ? base : { ...base, url: String(position.url) }),
    next: (_position, page) => {
      const link = parseLinkHeader(headerValue(page.headers, 'link') ?? '').find((each) => each.rels.includes(rel));
      return ended(spec, page) ? undefined : linkPosition(link?.target, page, `header Link, rel "${rel}"`, options);
    },
  };
}
