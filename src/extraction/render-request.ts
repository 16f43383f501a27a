import { RequestSpec } from '../spec/source-spec';

type StringMap = Record<string, string>;

interface RequestOptions {
  readonly method?: 'GET' | 'POST';
  readonly query?: StringMap;
  readonly headers?: StringMap;
  readonly body?: unknown;
  readonly form?: StringMap;
}

/** What differs from a plain GET; undefined when nothing does. */
export function renderRequest({ method = 'GET', query, headers, body, form }: RequestOptions): RequestSpec | undefined {
  const request: RequestSpec = {
    method: method === 'GET' ? undefined : method,
    query: notEmpty(query),
    headers: notEmpty(headers),
    body: sorted(body),
    form: notEmpty(form),
  };
  const entries = Object.entries(request).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

const notEmpty = (map: StringMap | undefined) => (map && Object.keys(map).length > 0 ? sorted(map) as StringMap : undefined);

/** Maps arrive in any order from Java and Go; sorted, the template is the same from all languages. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
