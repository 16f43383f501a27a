import { Duration } from 'aws-cdk-lib';
import { RateLimitSpec } from '../spec/source-spec';

/** One request after the other, evenly spaced. */
export const DEFAULT_BURST = 1;

/** Options of a rate limit. */
export interface RateLimitOptions {
  /**
   * Requests that may leave at once after a pause. With more than one, a period may see as many more.
   *
   * @default 1
   */
  readonly burst?: number;
}

/**
 * How many requests a source sends. The limit holds for one run; sources of the same API that run at the same time
 * share nothing, so divide the API's limit among them. What the API itself tells is always obeyed: `Retry-After`, and
 * `X-RateLimit-*` or `RateLimit` headers that say that no request is left.
 */
export class RateLimit {
  /** So many requests in each period, evenly spaced. Attempts and redirects count. */
  static requests(requests: number, per: Duration, options: RateLimitOptions = {}): RateLimit {
    return new RateLimit({
      requests,
      perMs: per.toMilliseconds(),
      ...(options.burst !== undefined && options.burst !== DEFAULT_BURST ? { burst: options.burst } : {}),
    });
  }

  private constructor(private readonly spec: RateLimitSpec) {}

  /** @internal */
  _render(): RateLimitSpec {
    return this.spec;
  }
}
