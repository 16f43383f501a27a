import { PaginationSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { ended, endPaths } from './end';
import { PageFacts, Paginator } from './paginator';
import { putValue } from './put-value';
import { headerValue } from '../http/page-request';

type CursorSpec = Extract<PaginationSpec, { type: 'cursor' }>;
type Token = string | number;

/**
 * Passes a token from each response to the next request. An empty page with a new token goes on, since APIs
 * that filter late send such pages; an empty page that repeats the token is how others say "nothing new".
 */
export function cursor(spec: CursorSpec): Paginator {
  return {
    capture: [...endPaths(spec), ...('path' in spec.token ? [spec.token.path] : [])],
    request: (base, position) => (position === null ? base : putValue(base, spec.target, position.token as Token)),
    next: (position, page) => {
      const token = readToken(spec, page);
      const standsStill = page.records === 0 && token === position?.token;
      return token === undefined || standsStill || ended(spec, page) ? undefined : { token };
    },
  };
}

function readToken(spec: CursorSpec, page: PageFacts): Token | undefined {
  const value = 'path' in spec.token ? page.captured(spec.token.path) : headerValue(page.headers, spec.token.header);
  if (value === undefined || value === null || value === '' || value === false) {
    return undefined;
  }
  if (typeof value === 'string' || (typeof value === 'number' && (Number.isSafeInteger(value) || !Number.isInteger(value)))) {
    return value;
  }
  const place = 'path' in spec.token ? spec.token.path : `header ${spec.token.header}`;
  throw new ExtractorError('BAD_PAGE_TOKEN',
    `page ${page.pages}: the token at ${place} is ${typeof value === 'number' ? 'a number beyond 2^53' : `of type ${typeof value}`}, expected text or a number; `
    + 'check pagination.token', { retryable: false, details: { page: page.pages } });
}
