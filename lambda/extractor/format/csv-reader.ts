import { needsEscape } from './json-row';
import { malformedCsv } from './malformed-line';
import { CsvSpec } from '../../../src/spec/source-spec';
import { Byte } from '../scan/bytes';

export const DEFAULT_DELIMITER = ',';
export const DEFAULT_QUOTE = '"';

const NO_QUOTE = -1;

/** What the next byte is. */
const enum In { RowStart, FieldStart, Plain, Quoted, AfterQuote, AfterReturn }

/** Takes the fields of a row, in pieces. */
export interface CsvHandlers {
  /**
   * @param line where the row begins, counted from 1
   * @param at   of its first byte in the buffer
   */
  startRow(line: number, at: number): void;
  openField(): void;
  /** A run of bytes that can stand in a JSON string as they are. */
  run(buffer: Buffer, start: number, end: number): void;
  /** Any other byte of the field. */
  byte(byte: number): void;
  closeField(): void;
  /** @param at of its line feed in the buffer */
  endRow(at: number): void;
  /** An empty line here is no row. */
  skipsBlankLines(): boolean;
}

/** Strict CSV (RFC 4180) of LF or CRLF lines, resumable at any byte. */
export class CsvReader {
  /** Counted from 1; a quoted field may run over several. */
  line = 1;
  private readonly delimiter: number;
  private readonly quote: number;
  /** 1 for every byte that ends a run of bytes to be copied. */
  private readonly endsPlain: Uint8Array;
  private readonly endsQuoted: Uint8Array;
  private state: In = In.RowStart;
  private quoteLine = 1;
  private blank = false;

  constructor(spec: CsvSpec, private readonly handlers: CsvHandlers) {
    this.delimiter = (spec.delimiter ?? DEFAULT_DELIMITER).charCodeAt(0);
    this.quote = spec.quote === '' ? NO_QUOTE : (spec.quote ?? DEFAULT_QUOTE).charCodeAt(0);
    const table = (stops: number[]) => Uint8Array.from({ length: 256 }, (_, byte) => (needsEscape(byte) || stops.includes(byte) ? 1 : 0));
    this.endsPlain = table([this.delimiter, this.quote]);
    this.endsQuoted = table([this.quote]);
  }

  get atRowStart(): boolean {
    return this.state === In.RowStart;
  }

  /** There is no more. A row without its line end is still open. */
  end(): void {
    if (this.state === In.Quoted) {
      throw malformedCsv('the quote that opens here is never closed', this.quoteLine);
    }
    if (this.state === In.AfterReturn) {
      throw this.loneReturn();
    }
  }

  read(buffer: Buffer, at: number, end: number): void {
    while (at < end) {
      switch (this.state) {
        case In.RowStart:
          at = this.startRow(buffer[at], at);
          break;
        case In.FieldStart:
          at = this.startField(buffer[at], at);
          break;
        case In.Plain:
          at = this.plain(buffer, at, end);
          break;
        case In.Quoted:
          at = this.quoted(buffer, at, end);
          break;
        case In.AfterQuote:
          at = this.afterQuote(buffer[at], at);
          break;
        case In.AfterReturn:
          at = this.afterReturn(buffer[at], at);
      }
    }
  }

  private startRow(byte: number, at: number): number {
    this.blank = (byte === Byte.LineFeed || byte === Byte.CarriageReturn) && this.handlers.skipsBlankLines();
    if (!this.blank) {
      this.handlers.startRow(this.line, at);
      return this.startField(byte, at);
    }
    if (byte === Byte.LineFeed) {
      this.endRow(at);
    } else {
      this.state = In.AfterReturn;
    }
    return at + 1;
  }

  private startField(byte: number, at: number): number {
    this.handlers.openField();
    if (byte === this.quote) {
      this.quoteLine = this.line;
      this.state = In.Quoted;
      return at + 1;
    }
    this.state = In.Plain;
    return at;
  }

  /** Hands on the bytes that mean only themselves, and returns the index behind them. */
  private takeRun(buffer: Buffer, start: number, end: number, ends: Uint8Array): number {
    let at = start;
    while (at < end && ends[buffer[at]] === 0) {
      at++;
    }
    this.handlers.run(buffer, start, at);
    return at;
  }

  private plain(buffer: Buffer, start: number, end: number): number {
    const at = this.takeRun(buffer, start, end, this.endsPlain);
    if (at === end) {
      return at;
    }
    const byte = buffer[at];
    if (byte === this.quote) {
      throw malformedCsv('a quote within a field that does not begin with one (if the API quotes otherwise, set "quote" of the format)', this.line);
    }
    if (!this.endsField(byte, at)) {
      this.handlers.byte(byte);
    }
    return at + 1;
  }

  private quoted(buffer: Buffer, start: number, end: number): number {
    const at = this.takeRun(buffer, start, end, this.endsQuoted);
    if (at === end) {
      return at;
    }
    const byte = buffer[at];
    if (byte === this.quote) {
      this.state = In.AfterQuote;
      return at + 1;
    }
    if (byte === Byte.LineFeed) {
      this.line++;
    }
    this.handlers.byte(byte);
    return at + 1;
  }

  private afterQuote(byte: number, at: number): number {
    if (byte === this.quote) {
      this.handlers.byte(byte);
      this.state = In.Quoted;
    } else if (!this.endsField(byte, at)) {
      throw malformedCsv('text between a closing quote and the delimiter', this.line);
    }
    return at + 1;
  }

  private afterReturn(byte: number, at: number): number {
    if (byte !== Byte.LineFeed) {
      throw this.loneReturn();
    }
    this.endRow(at);
    return at + 1;
  }

  private loneReturn(): Error {
    return malformedCsv('a carriage return outside of quotes without a line feed', this.line);
  }

  private endsField(byte: number, at: number): boolean {
    switch (byte) {
      case this.delimiter:
        this.handlers.closeField();
        this.state = In.FieldStart;
        return true;
      case Byte.CarriageReturn:
        this.handlers.closeField();
        this.state = In.AfterReturn;
        return true;
      case Byte.LineFeed:
        this.handlers.closeField();
        this.endRow(at);
        return true;
      default:
        return false;
    }
  }

  private endRow(at: number): void {
    this.line++;
    this.state = In.RowStart;
    if (!this.blank) {
      this.handlers.endRow(at);
    }
  }
}
