import { TextDecoder } from 'node:util';
import { ExtractorError } from '../errors';

/** Takes the bytes of a text in another charset, piece by piece, and gives them in UTF-8. */
export interface Transcoder {
  /** @throws TypeError when the bytes are no text of the charset. */
  write(chunk: Buffer): Buffer;
  /** @throws TypeError when the text ends within a character. */
  end(): Buffer;
}

/** ASCII is UTF-8 already; the Encoding Standard would take it for windows-1252. */
const ASCII = /^(us-)?ascii$/i;

const WINDOWS_1252_UPPER = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const C1_CONTROLS = /[\u0080-\u009f]/g;
const FIRST_C1 = 0x80;

/**
 * The charset behind a label of the WHATWG Encoding Standard, by which `iso-8859-1` is windows-1252 too.
 *
 * @throws ExtractorError UNSUPPORTED_CHARSET
 */
export function charsetOf(label: string): string {
  if (ASCII.test(label)) {
    return 'utf-8';
  }
  try {
    return new TextDecoder(label, { fatal: true }).encoding;
  } catch {
    throw new ExtractorError('UNSUPPORTED_CHARSET',
      `the response is declared to be in the charset ${JSON.stringify(label.slice(0, 40))}, which is not known: name the true one in the source's format`, { retryable: false });
  }
}

/** Undefined for UTF-8, which the scanners read as it is. */
export function transcoder(charset: string): Transcoder | undefined {
  switch (charset) {
    case 'utf-8': return undefined;
    case 'windows-1252': return WINDOWS_1252;
    default: return new DecodedText(charset);
  }
}

class DecodedText implements Transcoder {
  private readonly decoder: TextDecoder;

  constructor(charset: string) {
    this.decoder = new TextDecoder(charset, { fatal: true });
  }

  write(chunk: Buffer): Buffer {
    return Buffer.from(this.decoder.decode(chunk, { stream: true }));
  }

  end(): Buffer {
    return Buffer.from(this.decoder.decode());
  }
}

/** By a table of our own: the fast path of Node's TextDecoder takes 0x80 to 0x9f, the euro sign too, for controls (nodejs/node#56542). */
const WINDOWS_1252: Transcoder = {
  write: (chunk) => Buffer.from(chunk.toString('latin1').replace(C1_CONTROLS, (control) => WINDOWS_1252_UPPER[control.charCodeAt(0) - FIRST_C1])),
  end: () => Buffer.alloc(0),
};
