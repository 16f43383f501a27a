import { fillJson, fillText, RequestSpec } from '../../../src/spec';
import { PageRequest } from '../http';
import { firstRequest } from '../request';

/** A value of a parent's record, as text and as the JSON that the lake holds. */
export interface BoundValue {
  readonly text: string;
  readonly json: string;
}

/** Why a record's values cannot stand in the request. */
export class Unusable extends Error {}

/** `%2e` is taken for a dot by every parser of URLs, so that dots cannot be encoded. */
const DOT_SEGMENT = /^(\.|%2e){1,2}$/i;
/** RFC 9110, section 5.5. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The first request of one parent. Values are encoded: none can leave its path segment or its parameter. @throws Unusable */
export function bindRequest(apiUrl: string, spec: RequestSpec = {}, values: ReadonlyMap<string, BoundValue>): PageRequest {
  const text = (name: string) => values.get(name)!.text;
  const all = (texts: Readonly<Record<string, string>> | undefined, check = (value: string) => value) =>
    texts && Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, check(fillText(value, text))]));
  const { method, query, headers, form, body } = spec;
  const request = firstRequest(boundUrl(apiUrl, text), { method, query: all(query), headers: all(headers, checkHeader), form: all(form) });
  return body === undefined ? request : { ...request, body: fillJson(JSON.stringify(body), (name) => values.has(name), (name) => values.get(name)!) };
}

function boundUrl(apiUrl: string, text: (name: string) => string): string {
  const encoded = (part: string) => fillText(part, (name) => encodeURIComponent(text(name)));
  const [path] = apiUrl.split(/[?#]/, 1);
  const dots = path.split('/').find((segment) => encoded(segment) !== segment && DOT_SEGMENT.test(encoded(segment)));
  if (dots !== undefined) {
    throw new Unusable(`${dots} would lead to another path of the URL`);
  }
  return encoded(apiUrl);
}

function checkHeader(value: string): string {
  if (!HEADER_VALUE.test(value)) {
    throw new Unusable('a header cannot carry its characters');
  }
  return value;
}
