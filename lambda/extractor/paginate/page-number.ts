import { ended, endPaths } from './end';
import { Paginator } from './paginator';
import { PaginationSpec } from '../../../src/spec/source-spec';
import { Position } from '../../../src/spec/source-state';
import { setQueryParameter } from '../http/url';

const FIRST_PAGE = 1;

/** Counts pages in a query parameter until one is empty. */
export function pageNumber(spec: Extract<PaginationSpec, { type: 'pageNumber' }>): Paginator {
  const start = spec.start ?? FIRST_PAGE;
  const following = (position: Position | null) => ({ page: Number(position?.page ?? start) + 1 });
  return {
    capture: endPaths(spec),
    request: (base, position) => {
      const url = setQueryParameter(base.url, spec.param, String(position?.page ?? start));
      return { ...base, url: spec.sizeParam === undefined ? url : setQueryParameter(url, spec.sizeParam, String(spec.size)) };
    },
    following,
    next: (position, page) => (page.records === 0 || ended(spec, page) ? undefined : following(position)),
  };
}
