import { PaginationSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { ended, endPaths } from './end';
import { PageFacts, Paginator } from './paginator';
import { putValue, RequestValue } from './put-value';
import { scalarText } from '../scan/field-reader';

type KeysetSpec = Extract<PaginationSpec, { type: 'keyset' }>;

/** Asks for what comes after the last record, by one of its fields, until a page is empty. */
export function keyset(spec: KeysetSpec): Paginator {
  return {
    capture: endPaths(spec),
    field: spec.field,
    request: (base, position) => (position === null ? base : putValue(base, spec.target, valueOf(String(position.after)))),
    next: (_position, page) => (page.records === 0 || ended(spec, page) ? undefined : { after: lastField(spec, page) }),
  };
}

/** The position holds JSON text: whether the field is a number, and all its digits, live through a checkpoint. */
function valueOf(json: string): RequestValue {
  const text = scalarText(json)!;
  if (json.startsWith('"')) {
    return text;
  }
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? BigInt(text) : JSON.parse(text) as number;
}

function lastField(spec: KeysetSpec, page: PageFacts): string {
  if (scalarText(page.lastField) === undefined || scalarText(page.lastField) === '') {
    throw new ExtractorError('KEYSET_FIELD_MISSING',
      `page ${page.pages}, record ${page.records}: ${spec.field} is ${page.lastField?.slice(0, 60) ?? 'missing'}, but the next page is asked for by it; check pagination.field`,
      { retryable: false, details: { page: page.pages, record: page.records } });
  }
  return page.lastField!;
}
