import { Edit } from './record-edits';
import { Byte } from '../scan/bytes';

const INITIAL_BYTES = 64 * 1024;
/** What a scanner finds behind a value: white space, which ends a number, and the 0 that ends all loops. */
const TERMINATOR_BYTES = 2;

/** One buffer for all changed records: fresh ones would wait for the garbage collector outside its heap. */
export class Scratch {
  buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);

  /** Puts a record with its edits into the buffer, and returns its length. */
  splice(bytes: Buffer, edits: readonly Edit[]): number {
    const longest = edits.reduce((sum, { text }) => sum + Buffer.byteLength(text), bytes.length) + TERMINATOR_BYTES;
    if (longest > this.buffer.length) {
      this.buffer = Buffer.allocUnsafeSlow(Math.max(longest, this.buffer.length * 2));
    }
    let length = 0;
    let at = 0;
    for (const { start, end, text } of edits) {
      length += bytes.copy(this.buffer, length, at, start);
      length += this.buffer.write(text, length);
      at = end;
    }
    length += bytes.copy(this.buffer, length, at);
    this.buffer[length] = Byte.LineFeed;
    this.buffer[length + 1] = 0;
    return length;
  }
}
