import { ended, endPaths } from './end';
import { LinkOptions, linkPosition } from './next-position';
import { Paginator } from './paginator';
import { PaginationSpec } from '../../../src/spec/source-spec';

/** Follows a URL in the response body, absolute or relative to the request. */
export function nextUrl(spec: Extract<PaginationSpec, { type: 'nextUrl' }>, options: LinkOptions): Paginator {
  return {
    capture: [...endPaths(spec), spec.path],
    request: (base, position) => (position === null ? base : { ...base, url: String(position.url) }),
    next: (_position, page) => (ended(spec, page) ? undefined : linkPosition(page.captured(spec.path), page, spec.path, options)),
  };
}
