import { BlockPool } from './block-pool';

/** Raw bytes on their way to compression; `buffer` goes back to the pool afterwards. */
export interface Block {
  readonly buffer: Buffer;
  length: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/**
 * Lines in blocks, up to a mark for good and behind it on approval. Lines run over from block to
 * block: they all end in one gzip member.
 */
export class LineBlocks {
  /** Bytes behind the mark. */
  held = 0;
  /** All but the last are full, or were cut by `takeSettled`. The mark stands in the first. */
  private blocks: Block[] = [];
  private mark = 0;

  constructor(private readonly pool: BlockPool) {}

  /** Appends bytes; line breaks within them become spaces. */
  append(bytes: Buffer, start: number, end: number): void {
    this.held += end - start;
    while (start < end) {
      const block = this.writable();
      const size = Math.min(end - start, this.pool.blockBytes - block.length);
      bytes.copy(block.buffer, block.length, start, start + size);
      replaceByte(block.buffer, LINE_FEED, block.length, block.length + size);
      replaceByte(block.buffer, CARRIAGE_RETURN, block.length, block.length + size);
      block.length += size;
      start += size;
    }
  }

  endLine(): void {
    const block = this.writable();
    block.buffer[block.length++] = LINE_FEED;
    this.held++;
  }

  /** Moves the mark to the end, and returns the full blocks before it. */
  settle(): Block[] {
    this.held = 0;
    const last = this.blocks[this.blocks.length - 1];
    const partial = last !== undefined && last.length < this.pool.blockBytes ? last : undefined;
    const full = partial ? this.blocks.slice(0, -1) : this.blocks;
    this.blocks = partial ? [partial] : [];
    this.mark = partial ? partial.length : 0;
    return full;
  }

  /** The bytes before the mark in a block of their own; what is held stays. */
  takeSettled(): Block | undefined {
    if (this.mark === 0) {
      return undefined;
    }
    const first = this.blocks[0];
    const rest = first.length - this.mark;
    if (rest > 0) {
      const buffer = this.pool.take();
      first.buffer.copy(buffer, 0, this.mark, first.length);
      this.blocks[0] = { buffer, length: rest };
      first.length = this.mark;
    } else {
      this.blocks.shift();
    }
    this.mark = 0;
    return first;
  }

  /** Drops what stands behind the mark. */
  rollback(): void {
    this.held = 0;
    const kept = this.mark > 0 ? 1 : 0;
    this.blocks.splice(kept).forEach((block) => this.pool.give(block.buffer));
    if (kept === 1) {
      this.blocks[0].length = this.mark;
    }
  }

  clear(): void {
    this.mark = 0;
    this.rollback();
  }

  private writable(): Block {
    const last = this.blocks[this.blocks.length - 1];
    if (last !== undefined && last.length < this.pool.blockBytes) {
      return last;
    }
    const block = { buffer: this.pool.take(), length: 0 };
    this.blocks.push(block);
    return block;
  }
}

/**
 * Line breaks between JSON's tokens become spaces, so that a record is one line for every reader.
 * The byte at `end` is free: the byte looked for is put there, so that the native search stops.
 */
function replaceByte(buffer: Buffer, byte: number, start: number, end: number): void {
  buffer[end] = byte;
  for (let at = buffer.indexOf(byte, start); at < end; at = buffer.indexOf(byte, at + 1)) {
    buffer[at] = SPACE;
  }
}
