import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** RFC 1952: deflate, no name, no time, unknown system: the same lines give the same bytes. */
const HEADER = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** The empty block of fixed codes that ends a deflate stream. */
const LAST_BLOCK = Buffer.of(0x03, 0x00);
const TRAILER_BYTES = 8;
const INITIAL_BYTES = 1024 * 1024;

/** One gzip member, put together from deflated blocks in one buffer. */
export class GzipMember {
  rawBytes = 0;
  length = 0;
  private buffer: Buffer;
  private checksum = 0;
  private readonly hash = createHash('sha256');

  /** @param capacity bytes to start with; untouched ones cost no memory */
  constructor(readonly initialCapacity: number = INITIAL_BYTES) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(initialCapacity, INITIAL_BYTES));
    this.write(HEADER);
  }

  get capacity(): number {
    return this.buffer.length;
  }

  /** Counts raw bytes, in their order; `write` brings what they were deflated to. */
  count(raw: Buffer): void {
    this.checksum = crc32(raw, this.checksum);
    this.rawBytes += raw.length;
  }

  write(deflated: Buffer): void {
    const needed = this.length + deflated.length;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, this.length);
      this.buffer = grown;
    }
    deflated.copy(this.buffer, this.length);
    this.hash.update(deflated);
    this.length = needed;
  }

  end(): { body: Buffer; sha256: string } {
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeUInt32LE(this.checksum, 0);
    trailer.writeUInt32LE(this.rawBytes % 2 ** 32, 4);
    this.write(LAST_BLOCK);
    this.write(trailer);
    return { body: this.buffer.subarray(0, this.length), sha256: this.hash.digest('hex') };
  }
}
