import { PageRequest } from './http';
import { RequestSpec } from '../../src/spec';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The request of a source before pagination and authentication change it. */
export function firstRequest(apiUrl: string, spec: RequestSpec = {}): PageRequest {
  const url = new URL(apiUrl);
  for (const [name, value] of Object.entries(spec.query ?? {})) {
    url.searchParams.set(name, value);
  }
  return {
    method: spec.method ?? 'GET',
    url: url.href,
    headers: { ...(spec.form && FORM), ...spec.headers },
    body: spec.form ? new URLSearchParams(spec.form).toString() : spec.body === undefined ? undefined : JSON.stringify(spec.body),
  };
}
