import { FormatSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { excerpt } from './excerpt';

/** White space, the bytes of byte order marks, and the zeros of UTF-16. */
const BLANK = [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe, 0x00];
const LESS_THAN = 0x3c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

export type ResponseFormat = FormatSpec['type'];

export interface ExpectedBody {
  readonly call: string;
  readonly contentType: string;
  readonly format: ResponseFormat;
  redact(text: string): string;
}

/**
 * Looks at a successful body's first character: a page of HTML (a login form, a proxy's error) is an error at
 * once. `<` begins no JSON, and CSV only where the content type says CSV. Behind the content type `text/html`
 * only an object or array is taken for JSON, since some servers label all they send as HTML.
 */
export function refuseHtml(expected: ExpectedBody): (chunk: Buffer) => void {
  let seen = false;
  return (chunk) => {
    const first: number | undefined = seen ? undefined : chunk.find((byte) => !BLANK.includes(byte));
    seen ||= first !== undefined;
    if (first !== undefined && isHtml(first, expected)) {
      const { call, contentType, format, redact } = expected;
      throw new ExtractorError('NOT_JSON',
        `${call}: expected ${NAMES[format]}, got ${HTML.test(contentType) ? contentType : 'HTML'}: ${excerpt(chunk, redact, true)}`, { retryable: true, details: { call } });
    }
  };
}

const NAMES: Readonly<Record<ResponseFormat, string>> = { json: 'JSON', ndjson: 'NDJSON', csv: 'CSV' };
const HTML = /^\s*(text\/html|application\/xhtml\+xml)\b/i;

function isHtml(first: number, { contentType, format }: ExpectedBody): boolean {
  if (format === 'csv') {
    return first === LESS_THAN && !/\bcsv\b/i.test(contentType);
  }
  return first === LESS_THAN || (HTML.test(contentType) && first !== OPEN_BRACE && first !== OPEN_BRACKET);
}

/** Waits for the first chunk, so that what is wrong with it is thrown here and not while reading. */
export async function started(body: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  let first: IteratorResult<Buffer> | undefined = await body.next();
  const next = async () => {
    const result = first ?? await body.next();
    first = undefined;
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: async () => body.return(undefined) }) };
}
