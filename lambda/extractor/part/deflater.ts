import { ExtractorError } from '../errors';
import { BlockDeflate } from './block-deflate';
import { BlockPool } from './block-pool';
import { GzipMember } from './gzip-member';
import { Block } from './line-blocks';

interface Job {
  readonly block: Block;
  readonly member: GzipMember;
  output?: Buffer[];
}

/** Deflates blocks on the thread pool, so many at a time, and writes them to their members in order. */
export class Deflater {
  /** Started and not yet written, in order. */
  private readonly running: Job[] = [];
  private readonly waiting: Job[] = [];
  private readonly idle: BlockDeflate[] = [];
  private onProgress: (() => void)[] = [];
  private failure: ExtractorError | undefined;

  constructor(private readonly level: number, private readonly concurrency: number, private readonly pool: BlockPool) {}

  /** More was pushed than may run. */
  get full(): boolean {
    return this.waiting.length > 0;
  }

  push(block: Block, member: GzipMember): void {
    member.count(block.buffer.subarray(0, block.length));
    this.waiting.push({ block, member });
    this.startNext();
  }

  /** Resolves when nothing waits. @throws ExtractorError COMPRESSION_FAILED */
  async drain(): Promise<void> {
    await this.until(() => this.waiting.length === 0);
  }

  /** Resolves when all blocks of the member are written to it. @throws ExtractorError COMPRESSION_FAILED */
  async written(member: GzipMember): Promise<void> {
    await this.until(() => ![...this.running, ...this.waiting].some((job) => job.member === member));
  }

  /** Drops what waits and forgets a failure; resolves when nothing runs. */
  async reset(): Promise<void> {
    this.waiting.splice(0).forEach(({ block }) => this.pool.give(block.buffer));
    while (this.running.length > 0) {
      await this.progress();
    }
    this.failure = undefined;
  }

  private async until(done: () => boolean): Promise<void> {
    while (!this.failure && !done()) {
      await this.progress();
    }
    if (this.failure) {
      throw this.failure;
    }
  }

  private async progress(): Promise<void> {
    await new Promise<void>((resolve) => this.onProgress.push(resolve));
  }

  private startNext(): void {
    while (!this.failure && this.running.length < this.concurrency && this.waiting.length > 0) {
      this.start(this.waiting.shift()!);
    }
  }

  private start(job: Job): void {
    this.running.push(job);
    try {
      const deflate = this.idle.pop() ?? new BlockDeflate(this.level);
      deflate.run(job.block.buffer.subarray(0, job.block.length), (error, output) => {
        if (error) {
          deflate.close();
        } else {
          this.idle.push(deflate);
        }
        this.finished(job, error, output);
      });
    } catch (error) {
      this.finished(job, error as Error, []); // an option that zlib refuses: one way for all failures
    }
  }

  private finished(job: Job, error: Error | null | undefined, output: Buffer[]): void {
    this.pool.give(job.block.buffer);
    if (error) {
      const message = `a block of ${job.block.length} bytes could not be compressed: ${error.message}`;
      this.failure ??= new ExtractorError('COMPRESSION_FAILED', message, { retryable: true, cause: error });
    }
    job.output = error ? [] : output;
    while (this.running[0]?.output) {
      const { member, output: pieces } = this.running.shift()!;
      pieces!.forEach((piece) => member.write(piece));
    }
    this.startNext();
    this.onProgress.splice(0).forEach((resolve) => resolve());
  }
}
