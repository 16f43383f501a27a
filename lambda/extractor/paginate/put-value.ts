import { parseJsonPath } from '../../../src/spec/json-path';
import { TokenTarget } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { PageRequest } from '../http/page-request';
import { setQueryParameter } from '../http/url';

/** What a request can carry. A bigint is written into a body digit by digit. */
export type RequestValue = string | number | bigint;

/** Stands for a bigint in a body until it is text; a body of JSON cannot hold it by chance. */
const RAW = '\u0000raw';

/** The request with a value at its target. `property` names the target in errors. */
export function putValue(base: PageRequest, target: TokenTarget, value: RequestValue, property = 'pagination.target'): PageRequest {
  switch (target.in) {
    case 'query':
      return { ...base, url: setQueryParameter(base.url, target.name, String(value)) };
    case 'header':
      return { ...base, headers: { ...withoutHeader(base.headers, target.name), [target.name]: String(value) } };
    case 'body':
      return { ...base, body: withField(base, target.name, value, property) };
  }
}

function withoutHeader(headers: PageRequest['headers'], name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase()));
}

/** A name is a member of the body's top level; a JSONPath such as `$.variables.after` reaches deeper. */
function withField(base: PageRequest, name: string, value: RequestValue, property: string): string {
  const body: unknown = JSON.parse(base.body ?? '{}');
  const keys = name.startsWith('$.') ? parseJsonPath(name).flatMap((step) => ('key' in step ? [step.key] : [])) : [name];
  if (base.method !== 'POST' || !isObject(body)) {
    throw new ExtractorError('BAD_REQUEST_SPEC',
      `${property} puts a value into body field "${name}", which needs method POST and a JSON object as request.body`, { retryable: false });
  }
  let place = body;
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(place, key) ? place[key] : undefined;
    place = place[key] = isObject(inner) ? inner : {};
  }
  place[keys[keys.length - 1]] = typeof value === 'bigint' ? RAW : value;
  const text = JSON.stringify(body);
  return typeof value === 'bigint' ? text.replace(JSON.stringify(RAW), String(value)) : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
