import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DEFAULT_TIMEOUTS } from '../../../src/spec/defaults';
import { TimeoutSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { AddressGuard, AddressGuardOptions } from './address-guard';
import { BodyLimits, BodyLimitSpec } from './body-limits';
import { refuseHtml, ResponseFormat, started } from './body-start';
import { Deadline } from './deadline';
import { ACCEPT_ENCODING, decompress } from './decompress';
import { excerpt, readExcerpt, readStart } from './excerpt';
import { networkError } from './network-error';
import { headerValue, PageRequest, PageResponse, ResponseHeaders } from './page-request';
import { confine, isRedirect, MAX_REDIRECTS, redirected } from './redirect';
import { retryAfterSeconds } from './retry-after';
import { Peer, statusError } from './status-error';
import { Agent, createAgent, dispatch } from './undici';
import { displayUrl, originOf, parseUrl } from './url';
import { rateLimitSeconds } from '../pace/rate-limit-headers';
import { bodyValues, ResponseRules, Ruled } from '../rules';

export interface HttpClientOptions extends AddressGuardOptions {
  readonly timeouts?: TimeoutSpec;
  readonly limits?: BodyLimitSpec;
  /** The only origin that gets the request's own headers and credentials. */
  readonly apiOrigin: string;
  /** Who answers, for messages. @default 'API' */
  readonly peer?: Peer;
  /** What a page is. @default 'json' */
  readonly format?: ResponseFormat;
  /** What the source says about responses. */
  readonly rules?: ResponseRules;
  /** Called for every request that leaves, redirects too, and for every response. */
  readonly traffic?: { sent(): void; received(headers: ResponseHeaders): void };
  redact(text: string): string;
  /** Clock for Retry-After dates, in milliseconds. @default Date.now */
  now?(): number;
}

interface RawResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Readable;
}

/** GitHub and others answer 403 to a client that was too fast. */
const RATE_REFUSALS = [403, 429, 503];

/** An error's body that rules look into is no longer. */
const RULED_BYTES = 256 * 1024;

const USER_AGENT = 'cdk-data-lake-pipeline';
// Servers label NDJSON and CSV by several names, and some answer 406 to one that is not theirs.
const ACCEPT: Readonly<Record<ResponseFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson, application/json;q=0.9, */*;q=0.1',
  csv: 'text/csv, */*;q=0.1',
};

/** Fetches pages: connections kept, timeouts, redirects, decompression; every failure is an ExtractorError. */
export class HttpClient {
  private readonly agent: Agent;
  private readonly timeouts: Required<TimeoutSpec>;
  private readonly format: ResponseFormat;

  constructor(private readonly options: HttpClientOptions) {
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.format = options.format ?? 'json';
    this.agent = createAgent({ ...this.timeouts, guard: new AddressGuard(options) });
  }

  /**
   * Sends the request and follows redirects. Resolves when the first bytes of a successful body are there.
   * The total timeout and the signal also cover the reading of the body.
   */
  async open(request: PageRequest, signal?: AbortSignal): Promise<PageResponse> {
    const deadline = new Deadline(callOf(request), this.timeouts.totalMs, signal);
    try {
      const { last, response } = await this.follow(confine(request, this.options.apiOrigin), deadline.signal);
      const ruled = await this.judged(last, response, this.decoded(last, response));
      if (ruled) {
        deadline.clear();
        return { status: response.status, headers: response.headers, url: last.url, ruled, body: Readable.from([]) };
      }
      const contentType = headerValue(response.headers, 'content-type') ?? '';
      const inspect = refuseHtml({ call: callOf(last), contentType, format: this.format, redact: this.options.redact });
      const body = await started(this.decoded(last, response, { inspect, done: () => deadline.clear() }));
      return { status: response.status, headers: response.headers, url: last.url, body };
    } catch (error) {
      deadline.clear();
      throw error;
    }
  }

  /** Closes all connections, the busy ones too. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async follow(first: PageRequest, signal: AbortSignal): Promise<{ last: PageRequest; response: RawResponse }> {
    const visited = new Set([first.url]);
    let request = first;
    for (;;) {
      const response = await this.send(request, signal);
      const location = headerValue(response.headers, 'location');
      if (!isRedirect(response.status, location)) {
        return { last: request, response };
      }
      await readExcerpt(response.body, String);
      request = redirected(request, response.status, location!);
      if (visited.has(request.url) || visited.size > MAX_REDIRECTS) {
        throw new ExtractorError('REDIRECT_LOOP',
          `${callOf(first)}: ${visited.has(request.url) ? 'redirects in a circle' : `more than ${MAX_REDIRECTS} redirects`}, the last to ${displayUrl(request.url)}; `
          + "set the source's url to the final address", { retryable: false });
      }
      visited.add(request.url);
    }
  }

  private async send(request: PageRequest, signal: AbortSignal): Promise<RawResponse> {
    const { origin, pathname, search } = parseUrl(request.url);
    try {
      this.options.traffic?.sent();
      const { statusCode, headers, body } = await dispatch(this.agent, {
        origin, path: pathname + search, method: request.method, headers: withDefaults(request, ACCEPT[this.format]), body: request.body, signal,
      });
      this.options.traffic?.received(headers);
      return { status: statusCode, headers, body };
    } catch (error) {
      throw this.failure(error, request, 'headers');
    }
  }

  /** One generator for all that is done to a body: each further one costs every chunk some turns of the microtask queue. */
  private async* decoded(request: PageRequest, response: RawResponse, page?: { inspect(chunk: Buffer): void; done(): void }): AsyncGenerator<Buffer> {
    try {
      const limits = new BodyLimits(callOf(request), this.options.limits);
      // Some servers label even the missing body of a 204 as gzip, whose stream is never empty.
      const coding = response.status === 204 ? undefined : headerValue(response.headers, 'content-encoding');
      for await (const chunk of decompress(response.body, coding, limits)) {
        limits.check(chunk);
        page?.inspect(chunk);
        yield chunk;
      }
      // undici frees the connection one turn after the body's end; a request before that would open another one.
      await nextTurn();
    } catch (error) {
      // A coding that nobody can undo leaves the body unread, and with it the connection in use.
      response.body.destroy();
      throw this.failure(error, request, 'body');
    } finally {
      page?.done();
    }
  }

  /** What a rule says of a response that is no page. @throws ExtractorError when it is no success, and no rule lets the run go on */
  private async judged(request: PageRequest, { status, headers }: RawResponse, body: AsyncIterable<Buffer>): Promise<Ruled | undefined> {
    const { rules, redact } = this.options;
    const success = status >= 200 && status <= 299;
    const early = success ? rules?.early(status, headers) : undefined;
    if (success && !early) {
      return undefined;
    }
    const start = await readStart(body, rules && RULED_BYTES);
    const response = { call: callOf(request), status, headers, value: bodyValues(start) };
    const rule = early ?? rules?.match(response);
    if (!rule) {
      throw this.refused(request, status, headers, start);
    }
    return rules!.apply(rule, response, { retryAfterSeconds: this.retryAfter(status, headers), excerpt: excerpt(start, redact) });
  }

  private refused(request: PageRequest, status: number, headers: ResponseHeaders, start: Buffer): ExtractorError {
    return statusError({
      call: callOf(request),
      peer: this.options.peer,
      status,
      retryAfterSeconds: this.retryAfter(status, headers),
      excerpt: excerpt(start, this.options.redact),
      withoutCredentialsOf: originOf(request.url) === this.options.apiOrigin ? undefined : this.options.apiOrigin,
    });
  }

  private retryAfter(status: number, headers: ResponseHeaders): number | undefined {
    const now = (this.options.now ?? Date.now)();
    return retryAfterSeconds(headerValue(headers, 'retry-after'), now) ?? (RATE_REFUSALS.includes(status) ? rateLimitSeconds(headers, now, status === 429) : undefined);
  }

  private failure(error: unknown, request: PageRequest, phase: 'headers' | 'body'): ExtractorError {
    return networkError(error, { call: callOf(request), phase, timeouts: this.timeouts, redact: this.options.redact });
  }
}

const callOf = (request: PageRequest) => `${request.method} ${displayUrl(request.url)}`;

function withDefaults(request: PageRequest, accept: string): Record<string, string> {
  const headers: Record<string, string> = { accept, 'accept-encoding': ACCEPT_ENCODING, 'user-agent': USER_AGENT };
  if (request.body !== undefined) {
    headers['content-type'] = 'application/json';
  }
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
