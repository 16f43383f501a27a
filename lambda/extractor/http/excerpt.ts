const EXCERPT_CHARACTERS = 500;
// More is read than shown, so that a secret at the cut is whole when it is redacted.
const READ_BYTES = 8 * 1024;
const CUT_TOKEN = /[\w.~+/=%\\-]{16,}$/;

/** The start of a body that is no page of records, on one line, redacted, for an error message. Never throws. */
export async function readExcerpt(body: AsyncIterable<Buffer>, redact: (text: string) => string): Promise<string> {
  return excerpt(await readStart(body), redact);
}

/** The start of a body. Never throws. */
export async function readStart(body: AsyncIterable<Buffer>, bytes = READ_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk.subarray(0, bytes - size));
      size += chunk.length;
      if (size >= bytes) {
        break;
      }
    }
  } catch {
    // What came before the failure is enough; the status is the error to report.
  }
  return Buffer.concat(chunks);
}

/** @param cut whether more may follow: a token that the end cut in two is no secret that `redact` would know */
export function excerpt(start: Buffer, redact: (text: string) => string, cut = start.length >= READ_BYTES): string {
  const clean = redact(start.subarray(0, READ_BYTES).toString('utf8'));
  const text = cut ? clean.replace(CUT_TOKEN, '***') : clean;
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0020\u007f]+/g, ' ').trim().slice(0, EXCERPT_CHARACTERS);
}
