import { availableParallelism } from 'node:os';
import { DEFAULT_BLOCK_BYTES } from '../../lambda/extractor/part';
import { BlockDeflate } from '../../lambda/extractor/part/block-deflate';
import { DEFAULT_GZIP_LEVEL } from '../../lambda/extractor/part/part-writer';

/** Deflates as the extractor does, in its blocks, at its level, with its concurrency, and drops the result. */
export class ParallelGzip {
  private readonly idle = Array.from({ length: availableParallelism() + 1 }, () => new BlockDeflate(DEFAULT_GZIP_LEVEL));
  private readonly all = this.idle.length;
  private readonly spare: Buffer[] = [];
  private waiting: (() => void)[] = [];
  private block: Buffer = Buffer.alloc(0);
  private filled = 0;

  /** True: wait for `room` before the next bytes. */
  get full(): boolean {
    return this.idle.length === 0;
  }

  /** Gathers bytes into blocks. */
  write(bytes: Buffer): void {
    for (let start = 0; start < bytes.length;) {
      if (this.filled === this.block.length) {
        this.block = this.spare.pop() ?? Buffer.allocUnsafeSlow(DEFAULT_BLOCK_BYTES);
        this.filled = 0;
      }
      const copied = bytes.copy(this.block, this.filled, start);
      this.filled += copied;
      start += copied;
      if (this.filled === this.block.length) {
        this.deflate(this.block, (block) => this.spare.push(block));
      }
    }
  }

  /** One block, without a copy. */
  deflate(block: Buffer, done: (block: Buffer) => void = () => undefined): void {
    const deflate = this.idle.pop() ?? new BlockDeflate(DEFAULT_GZIP_LEVEL);
    deflate.run(block, (error) => {
      if (error) {
        throw error;
      }
      this.idle.push(deflate);
      done(block);
      this.waiting.splice(0).forEach((resolve) => resolve());
    });
  }

  async room(): Promise<void> {
    while (this.full) {
      await this.progress();
    }
  }

  async end(): Promise<void> {
    this.deflate(this.block.subarray(0, this.filled));
    while (this.idle.length < this.all) {
      await this.progress();
    }
  }

  private async progress(): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
