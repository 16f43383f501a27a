import { secondsUntilReset } from './reset-time';
import { headerValue, ResponseHeaders } from '../http/page-request';

/** A longer wait is taken for a misread header: a refusal will tell. */
const LONGEST_WAIT_SECONDS = 25 * 3600;

/** Where APIs tell how many requests are left, and when there will be more: the prefixes before the names below. */
const PREFIXES = ['x-ratelimit', 'x-rate-limit', 'ratelimit', 'rate-limit', 'anthropic-ratelimit-requests'];
const REMAINING = ['-remaining', '-remaining-requests', '-requests-remaining'];
const RESET = ['-reset', '-reset-after', '-reset-requests', '-requests-reset'];

/** In every name that is looked for. */
const COMMON = /rate-?limit/;

/** Kong and its kin count by window and name no time. */
const WINDOWS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/**
 * Seconds until the API takes requests again, when its rate-limit headers say that none is left; undefined otherwise.
 * A reset time counts against the response's own Date, so that a clock that is wrong here does no harm.
 *
 * @param refused the API has refused a request for its rate: a reset time alone then tells when to come back
 */
export function rateLimitSeconds(headers: ResponseHeaders, nowMs: number, refused = false): number | undefined {
  if (!Object.keys(headers).some((name) => COMMON.test(name))) {
    return undefined; // asked of every page, and most APIs tell nothing
  }
  const date = Date.parse(headerValue(headers, 'date') ?? '');
  const at = Number.isNaN(date) ? nowMs : date;
  const waits = [...structured(headers), ...separate(headers, at, refused), ...windows(headers, at)];
  const known = waits.filter((wait) => wait !== undefined && wait <= LONGEST_WAIT_SECONDS) as number[];
  return known.length > 0 ? Math.max(...known) : undefined;
}

function separate(headers: ResponseHeaders, nowMs: number, refused: boolean): (number | undefined)[] {
  return PREFIXES.flatMap((prefix) => {
    const remaining = firstOf(headers, prefix, REMAINING);
    const reset = firstOf(headers, prefix, RESET);
    const none = remaining === undefined ? refused : Number.parseFloat(remaining) <= 0;
    return none ? [secondsUntilReset(reset, nowMs)] : [];
  });
}

function windows(headers: ResponseHeaders, nowMs: number): (number | undefined)[] {
  return Object.entries(WINDOWS)
    .filter(([name]) => headerValue(headers, `x-ratelimit-remaining-${name}`)?.trim() === '0')
    .map(([, seconds]) => secondsUntilReset(headerValue(headers, 'ratelimit-reset'), nowMs) ?? seconds);
}

/**
 * The `RateLimit` field of the IETF draft: `"default";r=0;t=30`, with the window of the policy of the same name in
 * `RateLimit-Policy` (`"default";q=100;w=60`) when it has no `t`; and its older form, `limit=100, remaining=0, reset=30`.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
function structured(headers: ResponseHeaders): (number | undefined)[] {
  const text = headerValue(headers, 'ratelimit') ?? '';
  const [remaining, reset] = ['remaining', 'reset'].map((name) => parameter(text, name));
  if (remaining !== undefined) {
    return remaining === 0 ? [reset] : [];
  }
  const policies = itemsOf(headerValue(headers, 'ratelimit-policy') ?? '');
  return itemsOf(text).filter((item) => parameter(item.text, 'r') === 0).map(({ name, text: item }) => {
    const policy = policies.find((each) => each.name === name)?.text;
    return parameter(item, 't') ?? (policy === undefined ? undefined : parameter(policy, 'w'));
  });
}

const itemsOf = (text: string) => text.split(',').map((item) => ({ name: /^\s*"?([^";]*)"?/.exec(item)![1], text: item }));

function parameter(text: string, name: string): number | undefined {
  const match = new RegExp(`(?:^|[;,\\s])${name}\\s*=\\s*"?(\\d+)`).exec(text);
  return match ? Number(match[1]) : undefined;
}

const firstOf = (headers: ResponseHeaders, prefix: string, names: readonly string[]) =>
  names.map((name) => headerValue(headers, prefix + name)).find((value) => value !== undefined);
