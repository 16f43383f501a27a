import { ExtractorError } from '../errors';
import { excerpt } from './excerpt';

const BLANK = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Looks at a successful body's first character: a page of HTML (a login form, a proxy's error) is an error at
 * once. `<` is no JSON; behind the content type `text/html` only an object or array is taken for JSON, since
 * some servers label all they send as HTML.
 */
export async function* refuseHtml(
  body: AsyncIterable<Buffer>, call: string, contentType: string, redact: (text: string) => string,
): AsyncGenerator<Buffer> {
  const html = /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType);
  let seen = false;
  for await (const chunk of body) {
    const first: number | undefined = seen ? undefined : chunk.find((byte) => !BLANK.includes(byte));
    seen ||= first !== undefined;
    if (first !== undefined && (first === 0x3c || (html && first !== 0x7b && first !== 0x5b))) {
      throw new ExtractorError('NOT_JSON',
        `${call}: expected JSON, got ${html ? contentType : 'HTML'}: ${excerpt(chunk, redact)}`, { retryable: true, details: { call } });
    }
    yield chunk;
  }
}

/** Waits for the first chunk, so that what is wrong with it is thrown here and not while reading. */
export async function started(body: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const first = await body.next();
  return (async function* () {
    try {
      if (!first.done) {
        yield first.value;
        yield* body;
      }
    } finally {
      await body.return(undefined);
    }
  })();
}
