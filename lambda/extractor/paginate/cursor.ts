import { parseJsonPath } from '../../../src/spec/json-path';
import { PaginationSpec, TokenTarget } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { ended, endPaths } from './end';
import { PageFacts, Paginator } from './paginator';
import { headerValue, PageRequest } from '../http/page-request';
import { setQueryParameter } from '../http/url';

type CursorSpec = Extract<PaginationSpec, { type: 'cursor' }>;
type Token = string | number;

/**
 * Passes a token from each response to the next request. An empty page with a new token goes on, since APIs
 * that filter late send such pages; an empty page that repeats the token is how others say "nothing new".
 */
export function cursor(spec: CursorSpec): Paginator {
  return {
    capture: [...endPaths(spec), ...('path' in spec.token ? [spec.token.path] : [])],
    request: (base, position) => (position === null ? base : withToken(base, spec.target, position.token as Token)),
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

function withToken(base: PageRequest, target: TokenTarget, token: Token): PageRequest {
  switch (target.in) {
    case 'query':
      return { ...base, url: setQueryParameter(base.url, target.name, String(token)) };
    case 'header':
      return { ...base, headers: { ...withoutHeader(base.headers, target.name), [target.name]: String(token) } };
    case 'body':
      return { ...base, body: withField(base, target.name, token) };
  }
}

function withoutHeader(headers: PageRequest['headers'], name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase()));
}

/** A name is a member of the body's top level; a JSONPath such as `$.variables.after` reaches deeper. */
function withField(base: PageRequest, name: string, token: Token): string {
  const body: unknown = JSON.parse(base.body ?? '{}');
  const keys = name.startsWith('$.') ? parseJsonPath(name).flatMap((step) => ('key' in step ? [step.key] : [])) : [name];
  if (base.method !== 'POST' || !isObject(body)) {
    throw new ExtractorError('BAD_REQUEST_SPEC',
      `pagination.target puts the token into body field "${name}", which needs method POST and a JSON object as request.body`, { retryable: false });
  }
  let place = body;
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(place, key) ? place[key] : undefined;
    place = place[key] = isObject(inner) ? inner : {};
  }
  place[keys[keys.length - 1]] = token;
  return JSON.stringify(body);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
