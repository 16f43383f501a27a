import { Byte } from '../scan/bytes';

const HEX = Buffer.from('0123456789abcdef');
const FIRST_BYTES = 4096;
/** Bytes up to which a loop is faster than a call of Node's own copy: most fields are that short. */
const SHORT_RUN = 48;

/** The letter after the backslash, where JSON has a short escape. */
const SHORT = new Map<number, number>([
  [Byte.Quote, Byte.Quote], [Byte.Backslash, Byte.Backslash],
  [Byte.LineFeed, Byte.LowerN], [Byte.CarriageReturn, Byte.LowerR], [Byte.Tab, Byte.LowerT],
]);

/** 1 for every byte that cannot stand in a JSON string as it is. */
export const needsEscape = (byte: number) => byte < Byte.Space || byte === Byte.Quote || byte === Byte.Backslash;

/** Writes one record as JSON, each value a string, into a buffer that grows and is used again. */
export class JsonRow {
  buffer = Buffer.allocUnsafe(FIRST_BYTES);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  byte(byte: number): void {
    this.reserve(1);
    this.buffer[this.length++] = byte;
  }

  bytes(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    const { buffer } = this;
    let at = this.length;
    this.length += end - start;
    if (end - start > SHORT_RUN) {
      source.copy(buffer, at, start, end);
      return;
    }
    while (start < end) {
      buffer[at++] = source[start++];
    }
  }

  /** A byte of a string's text. */
  character(byte: number): void {
    if (needsEscape(byte)) {
      this.escaped(byte);
    } else {
      this.byte(byte);
    }
  }

  private reserve(bytes: number): void {
    if (this.length + bytes > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length + bytes, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
  }

  private escaped(byte: number): void {
    this.byte(Byte.Backslash);
    const short = SHORT.get(byte);
    if (short !== undefined) {
      this.byte(short);
      return;
    }
    for (const digit of [Byte.LowerU, Byte.Zero, Byte.Zero, HEX[Math.floor(byte / HEX.length)], HEX[byte % HEX.length]]) {
      this.byte(digit);
    }
  }
}
