import { StringDecoder } from 'string_decoder';

/** CloudWatch's limit of an event; a longer line is cut, so that memory stays bounded. */
const MAX_LINE_CHARS = 256 * 1024;

/** Output of a process as lines; the marker ends an invocation's share and is no line. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(private readonly marker: string, private readonly onLine: (line: string) => void, private readonly onMarker: () => void) {}

  push(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line.endsWith('\r') ? line.slice(0, -1) : line);
    while (this.rest.length > MAX_LINE_CHARS) {
      this.onLine(this.rest.slice(0, MAX_LINE_CHARS));
      this.rest = this.rest.slice(MAX_LINE_CHARS);
    }
  }

  end(): void {
    const rest = this.rest + this.decoder.end();
    this.rest = '';
    if (rest !== '') this.take(rest);
  }

  private take(line: string): void {
    if (!line.endsWith(this.marker)) return this.onLine(line);
    // The function may have left a line without its end.
    if (line.length > this.marker.length) this.onLine(line.slice(0, -this.marker.length));
    this.onMarker();
  }
}
