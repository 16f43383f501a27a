import { csvColumns } from './csv-columns';
import { CsvHandlers, CsvReader } from './csv-reader';
import { JsonRow } from './json-row';
import { malformedCsv } from './malformed-line';
import { CsvSpec } from '../../../src/spec/source-spec';
import { ExtractorError } from '../errors';
import { Byte } from '../scan/bytes';
import { RecordSource, RecordSourceOptions } from '../scan/record-source';
import { recordTooLarge } from '../scan/record-too-large';
import { ValueScanner } from '../scan/value-scanner';
import { Window } from '../scan/window';

/** Names of the fields, with their numbers, that a row has beyond those of the header. */
const SURPLUS = '_field_';

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
  private ending = false;
  private headerToCome: boolean;
  private readonly header: string[] = [];
  /** `{"name":` and `,"name":`, by field; undefined until the header is read. */
  private keys: readonly Buffer[] | undefined;
  private learned = false;
  private rowLine = 1;
  private fields = 0;
  private fieldStart = 0;

  constructor(spec: CsvSpec, private readonly options: RecordSourceOptions) {
    this.reader = new CsvReader(spec, this);
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
      this.reader.read(window.buffer, window.start, window.endOfText);
      window.start = window.endOfText;
    }
  }

  end(): void {
    this.reader.end();
    this.ending = true;
    if (!this.reader.atRowStart || this.window.pending > 0) {
      this.write(Buffer.of(Byte.LineFeed)); // the last line may lack its own
    }
    if (this.headerToCome) {
      throw malformedCsv('it is empty, without even a header', this.reader.line);
    }
    this.window.release();
  }

  captured(): undefined {
    return undefined;
  }

  /** In a file of one column an empty line may be an empty value. */
  skipsBlankLines(): boolean {
    return this.headerToCome || this.keys?.length !== 1;
  }

  startRow(line: number): void {
    this.rowLine = line;
    this.fields = 0;
    this.row.clear();
  }

  openField(): void {
    const key = this.headerToCome ? undefined : this.keys?.[this.fields] ?? Buffer.from(`,"${SURPLUS}${this.fields + 1}":`);
    if (key) {
      this.row.bytes(key, 0, key.length);
    }
    this.fieldStart = this.row.length;
    this.row.byte(Byte.Quote);
  }

  run(buffer: Buffer, start: number, end: number): void {
    this.row.bytes(buffer, start, end);
    if (this.row.length > this.options.maxRecordBytes) {
      throw recordTooLarge(this.records + 1, this.options.maxRecordBytes);
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

  endRow(): void {
    const { fields, keys } = this;
    if (keys && fields !== keys.length) {
      this.giveAside(malformedCsv(`${fields} fields where ${keys.length} are expected`, this.rowLine));
      return;
    }
    if (!this.headerToCome) {
      this.emit();
      return;
    }
    this.headerToCome = false;
    if (!keys) {
      this.setColumns(this.header);
    }
  }

  /** A row that has its end is a fault of its own and none of the way. */
  private giveAside(error: ExtractorError): void {
    const { row, options: { onMalformed } } = this;
    if (!onMalformed || this.ending || this.headerToCome) {
      throw error;
    }
    this.records++;
    row.byte(Byte.CloseBrace);
    onMalformed(Buffer.from(row.buffer.subarray(0, row.length)), error.message);
  }

  private emit(): void {
    const { row, options } = this;
    row.byte(Byte.CloseBrace);
    if (row.length > options.maxRecordBytes) {
      throw recordTooLarge(this.records + 1, options.maxRecordBytes);
    }
    if (!this.learned) {
      this.learned = true;
      this.learnColumns();
    }
    this.records++;
    options.onRecord(row.buffer, 0, row.length);
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
