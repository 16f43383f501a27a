/* eslint-disable no-bitwise -- UTF-8 is told by bits */
import { Byte } from '../scan/bytes';
import { UnreadableRecord } from '../scan/record-source';

/** What is kept of a text that is too long. */
export const KEPT_BYTES = 8 * 1024;

/** The text of one record as the API sent it, in pieces; of a long one the beginning and the length. */
export class RawText {
  private readonly pieces: Buffer[] = [];
  private held = 0;
  private bytes = 0;
  private readonly limit: number;

  /** @param limit bytes up to which a text is kept whole, a few KiB at least */
  constructor(limit = 0) {
    this.limit = Math.max(limit, KEPT_BYTES + 1); // one byte more tells whether a character is cut
  }

  append(buffer: Buffer, start: number, end: number): this {
    const piece = Buffer.from(buffer.subarray(start, Math.min(end, start + this.limit - this.held)));
    this.pieces.push(piece);
    this.held += piece.length;
    this.bytes += end - start;
    return this;
  }

  /** Without the carriage return of its line end. */
  read(): Pick<UnreadableRecord, 'text' | 'truncatedFrom'> {
    const text = Buffer.concat(this.pieces);
    if (this.bytes <= this.limit) {
      return { text: text[text.length - 1] === Byte.CarriageReturn ? text.subarray(0, -1) : text };
    }
    return { text: text.subarray(0, endOfWholeCharacters(text, KEPT_BYTES)), truncatedFrom: this.bytes };
  }
}

function endOfWholeCharacters(text: Buffer, end: number): number {
  while ((text[end] & 0xc0) === 0x80) {
    end--;
  }
  return end;
}
