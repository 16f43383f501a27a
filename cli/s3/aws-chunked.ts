import { S3Error } from './errors';

const MAX_LINE = 8192;

const malformed = (what: string) => new S3Error('IncompleteBody', `The aws-chunked body is malformed: ${what}.`);

/**
 * Takes off the framing that AWS SDKs put around a streamed body:
 * `<hex size>[;chunk-signature=...]CRLF <data> CRLF`, a chunk of size 0, then trailers up to an empty line.
 */
export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>();
  private state: 'size' | 'data' | 'data-end' | 'trailers' | 'done' = 'size';
  private line = '';
  private left = 0;

  /** The payload in this piece of the body. */
  *push(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      if (this.state === 'done') throw malformed('there is data after the last trailer');
      if (this.state === 'data') {
        const data = chunk.subarray(at, at + this.left);
        at += data.length;
        this.left -= data.length;
        if (this.left === 0) this.state = 'data-end';
        yield data;
      } else {
        at = this.readLine(chunk, at);
      }
    }
  }

  finish(): void {
    // Some clients leave out the empty line after the last chunk when there is no trailer.
    const ended = this.state === 'done' || (this.state === 'trailers' && this.line === '');
    if (!ended) throw malformed('it ends before its last chunk');
  }

  private readLine(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(10, start);
    const end = newline === -1 ? chunk.length : newline + 1;
    this.line += chunk.toString('latin1', start, end);
    if (this.line.length > MAX_LINE) throw malformed(`a header line is longer than ${MAX_LINE} bytes`);
    if (newline !== -1) {
      const line = this.line.trim();
      this.line = '';
      this.takeLine(line);
    }
    return end;
  }

  private takeLine(line: string): void {
    if (this.state === 'size') {
      const size = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line);
      if (!size) throw malformed(`"${line.slice(0, 40)}" is no chunk size`);
      this.left = parseInt(size[1], 16);
      this.state = this.left === 0 ? 'trailers' : 'data';
    } else if (this.state === 'data-end') {
      if (line !== '') throw malformed('a chunk is longer than its size');
      this.state = 'size';
    } else if (line === '') {
      this.state = 'done';
    } else {
      const colon = line.indexOf(':');
      if (colon < 1) throw malformed('a trailer has no name');
      this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
  }
}
