import { ExtractorError } from '../errors';
import { malformedLine } from './malformed-line';
import { RawText } from './raw-text';
import { UnreadableRecords } from './unreadable-records';
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
  private line = 0;
  /** So many bytes after the window's start hold no line feed. */
  private searched = 0;
  private readonly unreadable: UnreadableRecords;
  /** The line under way is too long: only its beginning is held. */
  private longLine: RawText | undefined;

  constructor(private readonly options: RecordSourceOptions) {
    this.values = new ValueScanner(options.schema);
    this.unreadable = new UnreadableRecords(options.onUnreadable);
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
    if (this.longLine || window.pending > this.options.maxRecordBytes) {
      this.dropLongLine();
    }
  }

  end(): void {
    if (this.window.pending > 0 || this.longLine) {
      this.unreadable.atOpenEnd = true;
      this.write(Buffer.of(Byte.LineFeed)); // the last line may lack its own
    }
    this.unreadable.end(this.records);
    this.window.release();
  }

  captured(): undefined {
    return undefined;
  }

  private readLine(start: number, feed: number): void {
    this.line++;
    const { values } = this;
    if (this.longLine) {
      this.keepLongLine(this.longLine.append(values.buffer, start, feed));
      return;
    }
    const at = values.skipSpace(start);
    if (at >= feed) {
      return;
    }
    let end: number;
    try {
      end = this.scan(at, feed);
    } catch (error) {
      this.keepMalformed(error as ExtractorError, at, feed);
      return;
    }
    if (end - at > this.options.maxRecordBytes) {
      this.keepLongLine(new RawText().append(values.buffer, at, feed));
      return;
    }
    this.records++;
    this.options.onRecord(values.buffer, at, end);
  }

  private keepMalformed(error: ExtractorError, start: number, feed: number): void {
    this.unreadable.add(error, () => ({
      line: this.line, keyword: 'json', message: 'is no valid JSON', ...new RawText(this.options.maxRecordBytes).append(this.values.buffer, start, feed).read(),
    }));
    this.records++;
  }

  /** What was read of a line that is too long is not held: its end alone is looked for. */
  private dropLongLine(): void {
    const { window } = this;
    if (!this.unreadable.taken) {
      throw recordTooLarge(this.records + 1, this.options.maxRecordBytes);
    }
    this.longLine = (this.longLine ?? new RawText()).append(window.buffer, window.start, window.endOfText);
    window.start = window.endOfText;
    this.searched = window.pending;
  }

  private keepLongLine(text: RawText): void {
    const { maxRecordBytes } = this.options;
    this.longLine = undefined;
    this.unreadable.add(recordTooLarge(this.records + 1, maxRecordBytes), () => ({
      line: this.line, keyword: 'maxRecordBytes', message: `is longer than ${maxRecordBytes} bytes`, ...text.read(),
    }));
    this.records++;
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
