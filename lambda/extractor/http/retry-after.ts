/**
 * Seconds to wait by a `Retry-After` header, given as seconds or as an HTTP date (RFC 9110, section 10.2.3).
 * Undefined when there is none or it says neither.
 */
export function retryAfterSeconds(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) {
    return Math.ceil(Number(text));
  }
  // Date.parse alone takes "-5" for a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1000));
}
