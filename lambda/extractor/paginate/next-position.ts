import { Position } from '../../../src/spec/source-state';
import { ExtractorError } from '../errors';
import { PageFacts } from './paginator';
import { removeQueryParameter } from '../http/url';

export interface LinkOptions {
  /** Query parameter that carries the API key; APIs echo it in their links, and a position must not hold it. */
  readonly authQueryParameter?: string;
}

/** The position that a link names, relative to the request; undefined when the link is missing or leads back from an empty page. */
export function linkPosition(link: unknown, page: PageFacts, place: string, options: LinkOptions): Position | undefined {
  if (link === undefined || link === null || link === '' || link === false) {
    return undefined;
  }
  const url = typeof link === 'string' && URL.canParse(link, page.requestUrl) ? new URL(link, page.requestUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ExtractorError('BAD_NEXT_LINK', `page ${page.pages}: the next link at ${place} is no http or https URL; check pagination`,
      { retryable: false, details: { page: page.pages } });
  }
  upgrade(url, page.requestUrl);
  url.username = '';
  url.password = '';
  url.hash = '';
  const clean = (href: string) => (options.authQueryParameter === undefined ? href : removeQueryParameter(href, options.authQueryParameter));
  const next = clean(url.href);
  return page.records === 0 && next === clean(page.requestUrl) ? undefined : { url: next };
}

/** Servers behind a TLS proxy often write http links to themselves; going back to plain text would drop the credentials. */
function upgrade(url: URL, requestUrl: string): void {
  const from = new URL(requestUrl);
  if (from.protocol === 'https:' && url.protocol === 'http:' && url.host === from.host) {
    url.protocol = 'https:';
  }
}
