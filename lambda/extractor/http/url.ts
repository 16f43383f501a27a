import { ExtractorError } from '../errors';

/** Parses an absolute http(s) URL. */
export function parseUrl(text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    // The text itself may hold a key in its query, so it is not repeated.
    throw new ExtractorError('BAD_URL', 'the URL is not a valid http or https address; give it as https://host/path', { retryable: false });
  }
  return url;
}

export const originOf = (url: string) => parseUrl(url).origin;

/** A URL for messages: without query and user, which may hold credentials or cursors. */
export function displayUrl(url: string): string {
  const { origin, pathname } = parseUrl(url);
  return origin + pathname;
}

/**
 * Replaces a query parameter, or appends it. All other text of the query stays byte for byte:
 * `URLSearchParams` would write it anew, and some APIs insist on `$filter`, `,` or `%20` as given.
 */
export function setQueryParameter(url: string, name: string, value: string): string {
  return editQuery(url, name, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
}

export function removeQueryParameter(url: string, name: string): string {
  return editQuery(url, name);
}

export function hasQueryParameter(url: string, name: string): boolean {
  return parseUrl(url).searchParams.has(name);
}

function editQuery(url: string, name: string, replacement?: string): string {
  const [, before, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url)!;
  const pairs = (query ?? '').split('&').filter((pair) => pair !== '' && nameOf(pair) !== name);
  const all = replacement === undefined ? pairs : [...pairs, replacement];
  return before + (all.length > 0 ? `?${all.join('&')}` : '') + (fragment ?? '');
}

function nameOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? '';
}
