import type { IncomingHttpHeaders, IncomingMessage } from 'http';
import type { Readable } from 'stream';
import { S3Error } from './errors';

/** A request, its address taken apart. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** An answer that has not been sent yet. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Readable;
}

/** By hand: `new URL` would resolve the `..` in a key. */
export function parseRequest(message: IncomingMessage): S3Request {
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/]*/, '');
  const [path, ...search] = target.split('?');
  const slash = path.indexOf('/', 1);
  return {
    method: message.method ?? 'GET',
    bucket: decode(slash === -1 ? path.slice(1) : path.slice(1, slash)),
    key: slash === -1 ? '' : decode(path.slice(slash + 1)),
    query: new URLSearchParams(search.join('?')),
    headers: message.headers,
    body: message,
  };
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', `Could not parse the specified URI: "${text}" is not percent-encoded UTF-8.`);
  }
}

/** A header's value as one string. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
