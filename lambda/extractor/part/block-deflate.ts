import { constants, createDeflateRaw, DeflateRaw } from 'node:zlib';

/** Deflated output is allocated in pieces of this size: most blocks of 1 MiB need no second one. */
const OUTPUT_BYTES = 1024 * 1024;

/**
 * Deflates one block at a time on the thread pool, each on its own. zlib's state, a quarter of a megabyte, and the
 * rest of the output buffer serve the next block: new ones for every block kept the garbage collector busy.
 */
export class BlockDeflate {
  private readonly stream: DeflateRaw;
  private output: Buffer[] = [];

  constructor(level: number) {
    this.stream = createDeflateRaw({ level, flush: constants.Z_SYNC_FLUSH, chunkSize: OUTPUT_BYTES });
    this.stream.on('data', (piece: Buffer) => this.output.push(piece)).on('error', () => {}); // `write` tells of it
  }

  /** The raw bytes must stay as they are until `done` is called. */
  run(raw: Buffer, done: (error: Error | null | undefined, output: Buffer[]) => void): void {
    this.stream.write(raw, (error) => {
      const { output } = this;
      this.output = [];
      if (!error) {
        this.stream.reset();
      }
      done(error, output);
    });
  }

  close(): void {
    this.stream.destroy();
  }
}
