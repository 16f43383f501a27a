import { csvColumns } from './csv-columns';
import { CsvHandlers, CsvReader } from './csv-reader';
import { JsonRow } from './json-row';
import { malformedCsv } from './malformed-line';
import { RawText } from './raw-text';
import { UnreadableRecords } from './unreadable-records';
import { CsvSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { Byte } from '../scan/bytes';
import { RecordSource, RecordSourceOptions, UnreadableRecord } from '../scan/record-source';
import { recordTooLarge } from '../scan/record-too-large';
import { ValueScanner } from '../scan/value-scanner';
import { Window } from '../scan/window';

/**
 * CSV to JSON records, every value a string as it stands: `01234` stays what it is.
 * Own code and no library: bytes are copied to bytes, where a library makes strings and objects that must be
 * written as JSON again, and memory is bounded by the record limit.
 */
export class CsvScanner implements RecordSource, CsvHandlers {
  records = 0;
  warnings: readonly string[] = [];
  private readonly window = new Window();
  private readonly row = new JsonRow();
  private readonly reader: CsvReader;
  private begun = false;
  private headerToCome: boolean;
  private readonly header: string[] = [];
  /** `{"name":` and `,"name":`, by field; undefined until the header is read. */
  private keys: readonly Buffer[] | undefined;
  private rowLine = 1;
  private fields = 0;
  private fieldStart = 0;
  private readonly unreadable: UnreadableRecords;
  /** Where the row under way, or what this chunk has of it, begins in the window. */
  private rowStart = 0;
  /** The text that chunks before had of it. */
  private rowText: RawText | undefined;
  /** The row under way is longer than a record may be. */
  private tooLong = false;

  constructor(spec: CsvSpec, private readonly options: RecordSourceOptions) {
    this.reader = new CsvReader(spec, this);
    this.unreadable = new UnreadableRecords(options.onUnreadable);
    this.headerToCome = spec.header ?? true;
    if (spec.columns) {
      this.setColumns(spec.columns);
    }
  }

  write(chunk: Buffer): void {
    const { window } = this;
    window.append(chunk);
    this.begun ||= window.skipByteOrderMark();
    if (this.begun) {
      this.rowStart = window.start;
      this.reader.read(window.buffer, window.start, window.endOfText);
      if (this.unreadable.taken && !this.reader.atRowStart) {
        this.rowText = (this.rowText ?? new RawText(this.options.maxRecordBytes)).append(window.buffer, this.rowStart, window.endOfText);
      }
      window.start = window.endOfText;
    }
  }

  end(): void {
    this.reader.end();
    if (!this.reader.atRowStart || this.window.pending > 0) {
      this.unreadable.atOpenEnd = true;
      this.write(Buffer.of(Byte.LineFeed)); // the last line may lack its own
    }
    if (this.headerToCome) {
      throw malformedCsv('it is empty, without even a header', this.reader.line);
    }
    this.unreadable.end(this.records);
    this.window.release();
  }

  captured(): undefined {
    return undefined;
  }

  /** In a file of one column an empty line may be an empty value. */
  skipsBlankLines(): boolean {
    return this.headerToCome || this.keys?.length !== 1;
  }

  startRow(line: number, at: number): void {
    this.rowLine = line;
    this.rowStart = at;
    this.rowText = undefined;
    this.tooLong = false;
    this.fields = 0;
    this.row.clear();
  }

  openField(): void {
    const key = this.headerToCome ? undefined : this.keys?.[this.fields];
    if (key) {
      this.row.bytes(key, 0, key.length);
    }
    this.fieldStart = this.row.length;
    this.row.byte(Byte.Quote);
  }

  run(buffer: Buffer, start: number, end: number): void {
    if (this.tooLong) {
      this.row.clear();
      return;
    }
    this.row.bytes(buffer, start, end);
    if (this.row.length > this.options.maxRecordBytes) {
      this.becomesTooLong();
    }
  }

  byte(byte: number): void {
    this.row.character(byte);
  }

  closeField(): void {
    this.row.byte(Byte.Quote);
    this.fields++;
    if (this.headerToCome) {
      this.header.push(JSON.parse(this.row.buffer.toString('utf8', this.fieldStart, this.row.length)) as string);
    }
  }

  endRow(at: number): void {
    const { fields, keys } = this;
    if (!this.headerToCome) {
      this.endRecord(at, keys!.length);
      return;
    }
    if (keys && fields !== keys.length) {
      throw this.wrongCount(keys.length);
    }
    this.headerToCome = false;
    if (!keys) {
      this.setColumns(this.header);
    }
  }

  private endRecord(at: number, expected: number): void {
    const { row, options, fields } = this;
    row.byte(Byte.CloseBrace);
    if (this.tooLong || row.length > options.maxRecordBytes) {
      this.keepText(at, this.tooLarge(), { keyword: 'maxRecordBytes', message: `is longer than ${options.maxRecordBytes} bytes` });
    } else if (fields !== expected) {
      this.keepText(at, this.wrongCount(expected), { keyword: 'fields', message: `has ${fields} fields where ${expected} are expected` });
    } else {
      if (this.records === this.unreadable.count) {
        this.learnColumns();
      }
      options.onRecord(row.buffer, 0, row.length);
    }
    this.records++;
  }

  private keepText(at: number, error: ExtractorError, why: Pick<UnreadableRecord, 'keyword' | 'message'>): void {
    const text = this.rowText ?? new RawText(this.options.maxRecordBytes);
    this.unreadable.add(error, () => ({ line: this.rowLine, ...why, ...text.append(this.window.buffer, this.rowStart, at).read() }));
  }

  /** Its fields are not kept any more, and its end alone is looked for. A header must be whole. */
  private becomesTooLong(): void {
    if (this.headerToCome || !this.unreadable.taken) {
      throw this.tooLarge();
    }
    this.tooLong = true;
  }

  private tooLarge(): ExtractorError {
    return recordTooLarge(this.records + 1, this.options.maxRecordBytes);
  }

  private wrongCount(expected: number): ExtractorError {
    return malformedCsv(`${this.fields} fields where ${expected} are expected`, this.rowLine);
  }

  private setColumns(given: readonly string[]): void {
    const { names, warnings } = csvColumns(given);
    this.warnings = warnings;
    this.keys = names.map((name, index) => Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`));
  }

  /** Every record of a response has the same keys, and nothing but strings: the schema learns from the first. */
  private learnColumns(): void {
    const { row, options } = this;
    const window = new Window();
    const values = new ValueScanner(options.schema);
    window.append(row.buffer.subarray(0, row.length));
    values.look(window);
    values.value(0, options.schema.root, 0);
    window.release();
  }
}
