import { availableParallelism } from 'node:os';
import { BlockPool } from './block-pool';
import { Deflater } from './deflater';
import { GzipMember } from './gzip-member';
import { Block, LineBlocks } from './line-blocks';

/** @see bench/part.ts for what the levels cost */
export const DEFAULT_GZIP_LEVEL = 1;
export const DEFAULT_BLOCK_BYTES = 1024 * 1024;

/** Blocks kept for use beside those in compression. */
const SPARE_BLOCKS = 3;

const OPEN_BRACE = 0x7b;
/** Around a record that is no object. */
export const WRAP_START = Buffer.from('{"value": ');
export const WRAP_END = Buffer.from('}');

export interface PartWriterOptions {
  /** zlib's level, 1 to 9. @default 1 */
  readonly level?: number;
  /** Raw bytes that are compressed at once. @default 1 MiB */
  readonly blockBytes?: number;
  /** Blocks in compression at a time. @default - one more than there are cores */
  readonly concurrency?: number;
}

/** A finished part: gzip of one member, one record a line. */
export interface Part {
  readonly body: Buffer;
  readonly records: number;
  readonly rawBytes: number;
  /** Of the body, in hexadecimal digits. */
  readonly sha256: string;
}

/** Gathers records page by page, compresses them in parallel, and can take back the page under way. */
export class PartWriter {
  private readonly pool: BlockPool;
  private readonly deflater: Deflater;
  private readonly lines: LineBlocks;
  private member = new GzipMember();
  /** Records of the part for good, and of the page under way. */
  private records = 0;
  private heldRecords = 0;
  private released = false;

  constructor(options: PartWriterOptions = {}) {
    const concurrency = options.concurrency ?? availableParallelism() + 1;
    this.pool = new BlockPool(options.blockBytes ?? DEFAULT_BLOCK_BYTES, concurrency + SPARE_BLOCKS);
    this.deflater = new Deflater(options.level ?? DEFAULT_GZIP_LEVEL, concurrency, this.pool);
    this.lines = new LineBlocks(this.pool);
  }

  /** Raw bytes of the page under way that can still be taken back. */
  get heldBytes(): number {
    return this.lines.held;
  }

  /** Raw bytes wait for compression: await `drain` before writing on. */
  get full(): boolean {
    return this.deflater.full;
  }

  /** Size of the part so far, without the blocks that are still in compression. */
  get compressedBytes(): number {
    return this.member.length;
  }

  /** One record becomes one line; one that is no object becomes `{"value": ...}`. */
  append(buffer: Buffer, start: number, end: number): void {
    if (buffer[start] === OPEN_BRACE) {
      this.lines.append(buffer, start, end);
    } else {
      this.lines.append(WRAP_START, 0, WRAP_START.length);
      this.lines.append(buffer, start, end);
      this.lines.append(WRAP_END, 0, WRAP_END.length);
    }
    this.lines.endLine();
    this.heldRecords++;
    if (this.released) {
      this.settle();
    }
  }

  /** The page is whole: its lines are the part's for good. */
  endPage(): void {
    this.settle();
    this.released = false;
  }

  /**
   * Takes back every line since the last `endPage`.
   *
   * @throws Error when the page was released.
   */
  rollbackPage(): void {
    if (this.released) {
      throw new Error('a released page cannot be taken back: reset the part');
    }
    this.lines.rollback();
    this.heldRecords = 0;
  }

  /** Gives up taking back the page under way, which is too large to hold. */
  release(): void {
    this.settle();
    this.released = true;
  }

  /** Resolves when no more bytes wait than are in compression. @throws ExtractorError COMPRESSION_FAILED */
  async drain(): Promise<void> {
    await this.deflater.drain();
  }

  /**
   * Ends the part with every line up to the last `endPage` or `release`; lines held go on in the
   * next part, and more may be appended before this resolves. Undefined when there is no line.
   *
   * @throws ExtractorError COMPRESSION_FAILED
   */
  async finish(): Promise<Part | undefined> {
    const { member, records } = this;
    if (records === 0) {
      return undefined;
    }
    this.push(this.lines.takeSettled());
    this.member = new GzipMember(member.capacity);
    this.records = 0;
    await this.deflater.written(member);
    return { ...member.end(), records, rawBytes: member.rawBytes };
  }

  /** Drops everything that is not finished, and a failure of the compression. */
  async reset(): Promise<void> {
    this.lines.clear();
    this.member = new GzipMember(this.member.capacity);
    this.records = 0;
    this.heldRecords = 0;
    this.released = false;
    await this.deflater.reset();
  }

  private settle(): void {
    this.lines.settle().forEach((block) => this.push(block));
    this.records += this.heldRecords;
    this.heldRecords = 0;
  }

  private push(block: Block | undefined): void {
    if (block) {
      this.deflater.push(block, this.member);
    }
  }
}
