/** One request of a page, as the paginator builds it and the authenticator completes it. */
export interface PageRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Query parameters that hold credentials: they are taken off when the request leaves for another origin. */
  readonly secretQuery?: readonly string[];
}

/** Names are lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface PageResponse {
  readonly status: number;
  /** What a response rule says of it; it has no body then. */
  readonly ruled?: 'skip' | 'end';
  readonly headers: ResponseHeaders;
  /** Where the response came from, after redirects. */
  readonly url: string;
  /** Decompressed. Must be read to its end or left with `break`, so that the connection is free again. */
  readonly body: AsyncIterable<Buffer>;
}

/** A header's value; several lines of one name are joined as RFC 9110, section 5.3, does. */
export function headerValue(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
