/** Buffers of one size, used again: fresh ones would wait for the garbage collector outside its heap. */
export class BlockPool {
  private readonly free: Buffer[] = [];

  constructor(readonly blockBytes: number, private readonly mostKept: number) {}

  take(): Buffer {
    // One byte more than a block: a line's end can be marked behind a full block.
    return this.free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes + 1);
  }

  give(buffer: Buffer): void {
    if (this.free.length < this.mostKept) {
      this.free.push(buffer);
    }
  }
}
