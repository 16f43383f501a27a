import { ended, endPaths } from './end';
import { Paginator } from './paginator';
import { PaginationSpec } from '../../../src/spec/source-spec';
import { setQueryParameter } from '../http/url';

const FIRST_OFFSET = 0;

/** Steps by the records received, not by the limit asked for: a server may cap the limit without a word. */
export function offset(spec: Extract<PaginationSpec, { type: 'offset' }>): Paginator {
  const start = spec.start ?? FIRST_OFFSET;
  return {
    capture: endPaths(spec),
    request: (base, position) => {
      const url = setQueryParameter(base.url, spec.param, String(position?.offset ?? start));
      return { ...base, url: spec.limitParam === undefined ? url : setQueryParameter(url, spec.limitParam, String(spec.limit)) };
    },
    next: (position, page) => (page.records === 0 || ended(spec, page)
      ? undefined
      : { offset: Number(position?.offset ?? start) + page.records }),
  };
}
