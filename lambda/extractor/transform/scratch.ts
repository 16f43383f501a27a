import { Edit } from './record-edits';

const INITIAL_BYTES = 64 * 1024;
/** Behind a record stands a 0: it ends every loop of a scanner, and a number. */
const TERMINATOR_BYTES = 1;

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
    this.buffer[length] = 0;
    return length;
  }
}
