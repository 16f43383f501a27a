import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JsonSyntaxError } from './json-cursor';

/** A line of a file that cannot be read, or a file that cannot be decompressed. */
export class DataFileError extends Error {
  constructor(readonly file: string, readonly line: number | undefined, problem: string) {
    super(`${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`);
  }
}

/** The bytes of a line are valid during the call only. */
export type OnLine = (buffer: Buffer, start: number, end: number) => void;

export interface LineOptions {
  /** Name of the file in errors; default: its path. */
  readonly name?: string;
  /** Read no more than this many decompressed bytes; a line cut by the limit is left out. */
  readonly limit?: number;
}

/**
 * Calls back with every line of a JSON lines file, decompressed when its name ends in `.gz` (Athena goes by
 * the name too). Returns whether the file was read to its end.
 */
export async function readLines(path: string, line: OnLine, options: LineOptions = {}): Promise<boolean> {
  const name = options.name ?? path;
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const stream = path.endsWith('.gz') ? decompressed(file) : file;
  const splitter = new LineSplitter(name, line);
  let left = options.limit ?? Infinity;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      splitter.write(chunk.length > left ? chunk.subarray(0, left) : chunk);
      left -= chunk.length;
      if (left <= 0) {
        return false;
      }
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code?.startsWith('Z_') ? new DataFileError(name, undefined, `not a whole gzip file (${(error as Error).message})`) : error;
  } finally {
    file.destroy();
  }
  splitter.end();
  return true;
}

function decompressed(file: Readable): Readable {
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

/** Cuts chunks into lines. */
class LineSplitter {
  private held: Buffer[] = [];
  private number = 0;

  constructor(private readonly name: string, private readonly line: OnLine) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, start)) {
      if (this.held.length > 0) {
        const whole = Buffer.concat([...this.held, chunk.subarray(start, at)]);
        this.held = [];
        this.emit(whole, 0, whole.length);
      } else {
        this.emit(chunk, start, at);
      }
      start = at + 1;
    }
    if (start < chunk.length) {
      this.held.push(chunk.subarray(start));
    }
  }

  /** The last line may lack its line feed. */
  end(): void {
    if (this.held.length > 0) {
      const whole = Buffer.concat(this.held);
      this.held = [];
      this.emit(whole, 0, whole.length);
    }
  }

  private emit(buffer: Buffer, start: number, end: number): void {
    this.number++;
    const stop = end > start && buffer[end - 1] === 0x0d ? end - 1 : end;
    try {
      this.line(buffer, start, stop);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) {
        throw error;
      }
      const around = buffer.toString('utf8', Math.max(start, error.offset - 20), Math.min(stop, error.offset + 20));
      const problem = `not JSON: expected ${error.expected} at byte ${error.offset - start + 1}, near ${JSON.stringify(around)}`;
      throw new DataFileError(this.name, this.number, problem);
    }
  }
}
