/* eslint-disable no-bitwise -- UTF-8 is told by bits */
import { isUtf8 } from 'node:buffer';
import { malformed } from './malformed';

const INITIAL_BYTES = 128 * 1024;
const LONGEST_SEQUENCE = 4;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Of a response that was read to its end: a fresh buffer for every small page costs more than the page's bytes. */
let spare: Buffer | undefined;
const NOTHING = Buffer.alloc(1);

/** The bytes of a response that are not used up, contiguous, checked to be UTF-8, and followed by a 0. */
export class Window {
  buffer: Buffer;
  /** The first byte that is not used up; the reader moves it. */
  start = 0;
  /** Index after the last byte. */
  end = 0;
  /** Offset in the response of the buffer's first byte. */
  origin = 0;
  /** Bytes before this one are checked; from here on stands a sequence that a chunk's border cuts. */
  private checked = 0;

  constructor() {
    this.buffer = spare ?? Buffer.allocUnsafeSlow(INITIAL_BYTES);
    spare = undefined;
  }

  get pending(): number {
    return this.end - this.start;
  }

  append(chunk: Buffer): void {
    this.makeRoom(chunk.length + 1);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
    this.buffer[this.end] = 0;
    const cut = this.endOfWholeSequences();
    if (!isUtf8(this.buffer.subarray(this.checked, cut))) {
      throw malformed('invalid UTF-8 (if the API sends another charset, name it in the source\'s format)', this.origin + this.firstInvalid());
    }
    this.checked = cut;
  }

  /** Index after the last whole character: what follows is a sequence that a chunk's border cuts. */
  get endOfText(): number {
    return this.checked;
  }

  /** Uses up a byte order mark, which JSON does not allow and servers send. False: it may be cut. */
  skipByteOrderMark(): boolean {
    const seen = BYTE_ORDER_MARK.findIndex((byte, index) => this.buffer[index] !== byte);
    if (seen < 0) {
      this.start = BYTE_ORDER_MARK.length;
    }
    return seen < 0 || seen < this.end;
  }

  /** Nobody looks into the window any more. */
  release(): void {
    if (this.buffer.length === INITIAL_BYTES) {
      spare = this.buffer;
    }
    this.buffer = NOTHING;
    this.start = this.end = this.checked = 0;
  }

  /** Forgets the bytes that are used up, and grows by doubling. */
  private makeRoom(bytes: number): void {
    const { buffer, start, end } = this;
    if (this.end + bytes <= buffer.length && start === 0) {
      return;
    }
    const needed = end - start + bytes;
    if (needed > buffer.length) {
      this.buffer = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
    }
    buffer.copy(this.buffer, 0, start, end);
    this.start = 0;
    this.end = end - start;
    this.checked -= start;
    this.origin += start;
  }

  private firstInvalid(): number {
    let at = this.checked;
    for (let length; at < this.end; at += length) {
      length = sequenceLength(this.buffer[at]);
      if (!isUtf8(this.buffer.subarray(at, Math.min(at + length, this.end)))) {
        break;
      }
    }
    return at;
  }

  private endOfWholeSequences(): number {
    const { buffer, end, checked } = this;
    let lead = end - 1;
    while (lead > checked && end - lead < LONGEST_SEQUENCE && (buffer[lead] & 0xc0) === 0x80) {
      lead--;
    }
    if (lead < checked) {
      return end;
    }
    return end - lead < sequenceLength(buffer[lead]) ? lead : end;
  }
}

const sequenceLength = (lead: number) => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1);
