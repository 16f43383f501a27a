import { ExtractorError } from '../errors';
import { malformedLine } from './malformed-line';
import { Byte } from '../scan/bytes';
import { RecordSource, RecordSourceOptions } from '../scan/record-source';
import { recordTooLarge } from '../scan/record-too-large';
import { ValueScanner } from '../scan/value-scanner';
import { Window } from '../scan/window';

/** Newline-delimited JSON: one value a line, no matter how long the response is. Strict; blank lines are no records. */
export class NdjsonScanner implements RecordSource {
  records = 0;
  readonly warnings = [];
  private readonly window = new Window();
  private readonly values: ValueScanner;
  private begun = false;
  private ending = false;
  private line = 0;
  /** So many bytes after the window's start hold no line feed. */
  private searched = 0;

  constructor(private readonly options: RecordSourceOptions) {
    this.values = new ValueScanner(options.schema);
  }

  write(chunk: Buffer): void {
    const { window } = this;
    window.append(chunk);
    if (!this.begun && !(this.begun = window.skipByteOrderMark())) {
      return;
    }
    this.values.look(window);
    const text = window.buffer.subarray(0, window.end);
    for (;;) {
      const feed = text.indexOf(Byte.LineFeed, window.start + this.searched);
      if (feed < 0) {
        break;
      }
      this.searched = 0;
      this.readLine(window.start, feed);
      window.start = feed + 1;
    }
    this.searched = window.pending;
    if (window.pending > this.options.maxRecordBytes) {
      throw recordTooLarge(this.records + 1, this.options.maxRecordBytes);
    }
  }

  end(): void {
    this.ending = true;
    if (this.window.pending > 0) {
      this.write(Buffer.of(Byte.LineFeed)); // the last line may lack its own
    }
    this.window.release();
  }

  captured(): undefined {
    return undefined;
  }

  private readLine(start: number, feed: number): void {
    this.line++;
    const { values } = this;
    const at = values.skipSpace(start);
    if (at >= feed) {
      return;
    }
    let end: number;
    try {
      end = this.scan(at, feed);
    } catch (error) {
      this.giveAside(error, at, feed);
      return;
    }
    if (end - at > this.options.maxRecordBytes) {
      throw recordTooLarge(this.records + 1, this.options.maxRecordBytes);
    }
    this.records++;
    this.options.onRecord(values.buffer, at, end);
  }

  /** A line that has its end, in a response that began with a record, is a fault of its own and none of the way. */
  private giveAside(error: unknown, at: number, feed: number): void {
    const { options: { onMalformed }, values } = this;
    if (!onMalformed || this.ending || this.records === 0 || !(error instanceof ExtractorError)) {
      throw error;
    }
    this.records++;
    onMalformed(Buffer.from(JSON.stringify(values.buffer.toString('utf8', at, feed).trimEnd())), error.message);
  }

  /** The scanner sees the line alone, as if the window ended behind it: no value runs over to the next. */
  private scan(at: number, feed: number): number {
    const { values, options } = this;
    const { buffer, end: endOfWindow } = values;
    const next = buffer[feed + 1];
    buffer[feed + 1] = 0;
    values.end = feed + 1;
    try {
      const end = values.value(at, buffer[at] === Byte.OpenBrace ? options.schema.root : options.schema.valueNode(), 0);
      if (end < 0) {
        throw values.malformed('the value is not whole', feed);
      }
      const rest = values.skipSpace(end);
      if (rest < feed) {
        throw values.malformed('one value a line expected', rest);
      }
      return end;
    } catch (error) {
      throw error instanceof ExtractorError ? malformedLine(error, this.line) : error;
    } finally {
      buffer[feed + 1] = next;
      values.end = endOfWindow;
    }
  }
}
