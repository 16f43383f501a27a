import { createHash, Hash } from 'node:crypto';

const HASHED_BYTES = 64 * 1024;

/**
 * Tells whether two pages hold the same records, whatever their envelopes say (many APIs echo the
 * page number). Only the first 64 KiB are hashed, with the number and length of all records:
 * hashing every byte would cost a tenth of the extractor's speed.
 */
export class PageDigest {
  private readonly hash: Hash = createHash('sha1');
  private bytes = 0;
  private records = 0;

  add(buffer: Buffer, start: number, end: number): void {
    if (this.bytes < HASHED_BYTES) {
      this.hash.update(buffer.subarray(start, end));
    }
    this.bytes += end - start;
    this.records++;
  }

  value(): string {
    return this.hash.update(`${this.records}:${this.bytes}`).digest('hex');
  }
}
