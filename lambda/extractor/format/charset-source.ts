import { charsetOf, Transcoder, transcoder } from './charset';
import { ExtractorError } from '../errors';
import { RecordSource } from '../scan/record-source';

/** Told apart by the first three bytes. What a text begins with is surer than what its sender says of it. */
const BYTE_ORDER_MARKS: readonly (readonly [charset: string, mark: Buffer])[] = [
  ['utf-8', Buffer.of(0xef, 0xbb, 0xbf)],
  ['utf-16le', Buffer.of(0xff, 0xfe)],
  ['utf-16be', Buffer.of(0xfe, 0xff)],
];
const LONGEST_MARK = 3;

/** Bytes decoded at a time in a rare charset: an error is told as closely as that. */
const SLICE = 1024;

/**
 * Decodes what is not UTF-8 ahead of a scanner. The charset is what the byte order mark says, otherwise what was
 * declared, otherwise UTF-8.
 */
export class CharsetSource implements RecordSource {
  private head: Buffer | undefined = Buffer.alloc(0);
  private charset = 'utf-8';
  private decoder: Transcoder | undefined;
  private offset = 0;

  /** @param declared a label, or undefined when nobody says */
  constructor(private readonly inner: RecordSource, private readonly declared: string | undefined) {}

  get records(): number {
    return this.inner.records;
  }

  get warnings(): readonly string[] {
    return this.inner.warnings;
  }

  write(chunk: Buffer): void {
    if (this.head === undefined) {
      this.decode(chunk);
      return;
    }
    this.head = Buffer.concat([this.head, chunk]);
    if (this.head.length >= LONGEST_MARK) {
      this.begin(this.head);
    }
  }

  end(): void {
    if (this.head !== undefined) {
      this.begin(this.head);
    }
    const { decoder } = this;
    if (decoder) {
      this.hand(() => decoder.end(), 0);
    }
    this.told(() => this.inner.end());
  }

  captured(path: string): unknown {
    return this.inner.captured(path);
  }

  private begin(head: Buffer): void {
    const marked = BYTE_ORDER_MARKS.find(([, mark]) => head.subarray(0, mark.length).equals(mark));
    this.charset = marked?.[0] ?? charsetOf(this.declared ?? 'utf-8');
    this.decoder = transcoder(this.charset);
    this.head = undefined;
    this.decode(head);
  }

  private decode(chunk: Buffer): void {
    const { decoder } = this;
    if (!decoder) {
      this.inner.write(chunk);
      return;
    }
    for (let at = 0; at < chunk.length; at += SLICE) {
      const slice = chunk.subarray(at, at + SLICE);
      this.hand(() => decoder.write(slice), slice.length);
    }
  }

  private hand(decoded: () => Buffer, bytes: number): void {
    let text: Buffer;
    try {
      text = decoded();
    } catch {
      throw this.notThisCharset(bytes);
    }
    this.offset += bytes;
    this.told(() => this.inner.write(text));
  }

  /** Offsets of the scanner count UTF-8. */
  private told(scan: () => void): void {
    try {
      scan();
    } catch (error) {
      if (error instanceof ExtractorError && this.decoder && error.details.offset !== undefined) {
        const { code, message, retryable, details } = error;
        throw new ExtractorError(code, `${message} of the text decoded from ${this.charset} to UTF-8`, { retryable, details: { ...details, charset: this.charset } });
      }
      throw error;
    }
  }

  private notThisCharset(bytes: number): ExtractorError {
    const { charset, offset } = this;
    const where = bytes === 0 ? `it ends within a character, at byte ${offset}` : `in the ${bytes} bytes from byte ${offset} on`;
    return new ExtractorError('MALFORMED_RESPONSE',
      `the response is not text in ${charset}: ${where}; name its true charset in the source's format`, { retryable: true, details: { offset, charset } });
  }
}
