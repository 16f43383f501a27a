import { Authenticator, createAuthenticator, withFreshSecrets } from './auth';
import { ExtractorConfig } from './config';
import { Deadline } from './deadline';
import { ExtractorError } from './errors';
import { HttpClient, PageRequest, PageResponse, withRetry } from './http';
import { Pacer } from './pace';
import { ResponsesAhead } from './responses-ahead';
import { ResponseRules } from './rules';
import { RunDependencies } from './run-dependencies';

/** Errors after which the run goes on in another invocation. */
const GOES_ON_LATER = new Set(['OUT_OF_TIME', 'RETRY_LATER']);

/** The source's API as a run asks it: authenticated, paced, tried again, and no longer than the deadline. */
export class Api {
  readonly rules: ResponseRules;
  private readonly client: HttpClient;
  private readonly ahead = new ResponsesAhead((request) => this.send(request));
  private readonly pacer: Pacer;
  private readonly authenticator: Authenticator;

  constructor(private readonly config: ExtractorConfig, private readonly deps: RunDependencies, private readonly deadline: Deadline) {
    const { spec, apiUrl, allowedHosts } = config;
    const { secrets, redactor } = deps;
    const apiOrigin = new URL(apiUrl).origin;
    this.rules = new ResponseRules(spec.responseRules, (text) => redactor.redact(text));
    this.pacer = new Pacer({
      rateLimit: spec.rateLimit,
      timeLeftMs: () => deadline.timeLeftMs(),
      onWait: (delayMs) => {
        deps.meter?.waits(delayMs);
        deps.log('rate limit', { delayMs });
      },
    });
    const connection = { timeouts: spec.timeouts, limits: spec.limits, allowedHosts, redact: (text: string) => redactor.redact(text) };
    this.client = new HttpClient({ ...connection, apiOrigin, format: spec.format?.type, traffic: this.pacer, rules: this.rules });
    this.authenticator = createAuthenticator(spec.auth, {
      secrets,
      redactor,
      apiOrigin,
      tokens: deps.tokens,
      clientFor: (origin) => new HttpClient({ ...connection, apiOrigin: origin, peer: 'token endpoint' }),
      signal: deadline.signal,
    });
  }

  /**
   * Calls `attempt` until it succeeds; returns the error that asks to go on in another invocation.
   *
   * @param page its number, for the log
   */
  async attempts<T>(page: () => number, attempt: () => Promise<T>): Promise<T | ExtractorError> {
    try {
      return await withRetry(() => withFreshSecrets(this.authenticator, attempt), {
        retry: this.config.spec.retry,
        timeLeftMs: () => this.deadline.timeLeftMs(),
        onRetry: (error, delayMs, number) => {
          this.deps.meter?.retriesAfter(delayMs);
          this.deps.log('retry', { code: error.code, error: error.message, attempt: number, delayMs, page: page() });
        },
      });
    } catch (error) {
      if (error instanceof ExtractorError && GOES_ON_LATER.has(error.code)) {
        return error;
      }
      throw error;
    }
  }

  /**
   * The response to a request before authentication.
   *
   * @param upcoming requests that will follow, asked for meanwhile
   */
  async open(request: PageRequest, upcoming: readonly PageRequest[]): Promise<PageResponse> {
    this.deadline.signal.throwIfAborted();
    const response = this.ahead.take(request);
    this.ahead.expect(upcoming);
    return response;
  }

  async close(): Promise<void> {
    this.ahead.expect([]);
    await this.client.close();
  }

  private async send(request: PageRequest): Promise<PageResponse> {
    const { signal } = this.deadline;
    await this.pacer.ready(signal);
    return this.client.open(await this.authenticator.apply(request), signal);
  }
}
