import { ExtractorError } from '../errors';
import { PageRequest } from './page-request';
import { displayUrl, hasQueryParameter, originOf, parseUrl, removeQueryParameter, setQueryParameter } from './url';

export const MAX_REDIRECTS = 5;

const REDIRECTS = [301, 302, 303, 307, 308];

/** All that may travel to another origin. A list of the harmless: any other header may hold a key. */
const HARMLESS_HEADERS = ['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'];

export const isRedirect = (status: number, location: string | undefined) => REDIRECTS.includes(status) && location !== undefined;

/**
 * The request that follows a redirect. A GET stays a GET; a POST is sent again only where the server
 * asks for exactly that (307, 308) on the same origin, since its body may hold credentials.
 */
export function redirected(request: PageRequest, status: number, location: string): PageRequest {
  const target = parseUrl(location, request.url);
  const from = parseUrl(request.url);
  const fail = (why: string) => new ExtractorError('REDIRECT_REFUSED',
    `${request.method} ${displayUrl(request.url)}: redirected (${status}) to ${displayUrl(target.href)}, ${why}; set the source's url to the final address`,
    { retryable: false, details: { status } });
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw fail('which is not encrypted');
  }
  if (request.method === 'POST' && (![307, 308].includes(status) || target.origin !== from.origin)) {
    throw fail('and a POST is sent again only after 307 or 308 within one origin');
  }
  target.hash = '';
  if (target.origin !== from.origin) {
    return withoutCredentials({ ...request, url: target.href });
  }
  return { ...request, url: keepSecretQuery(request, target.href) };
}

/** Takes off whatever could be a credential. */
export function withoutCredentials(request: PageRequest): PageRequest {
  const { username, password } = parseUrl(request.url);
  return {
    method: request.method,
    url: (request.secretQuery ?? []).reduce(removeQueryParameter, username || password ? bareUrl(request.url) : request.url),
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => HARMLESS_HEADERS.includes(name.toLowerCase()))),
    body: request.body,
    secretQuery: request.secretQuery,
  };
}

/** Request headers for this URL: all of them for the API's own origin, the harmless ones for any other. */
export function confine(request: PageRequest, apiOrigin: string): PageRequest {
  return originOf(request.url) === apiOrigin ? request : withoutCredentials(request);
}

function keepSecretQuery(request: PageRequest, url: string): string {
  return (request.secretQuery ?? []).reduce((result, name) => {
    const value = new URL(request.url).searchParams.get(name);
    return value === null || hasQueryParameter(result, name) ? result : setQueryParameter(result, name, value);
  }, url);
}

function bareUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
