import { SchemaTree } from './schema-tree';

/** A record that cannot be read, in a response that can be read on behind it. */
export interface UnreadableRecord {
  /** Where it begins in the response, counted from 1. */
  readonly line: number;
  /** What is wrong: it is no JSON, has another number of fields than the header, or is too long. */
  readonly keyword: 'json' | 'fields' | 'maxRecordBytes';
  /** Goes on from "the record"; never quotes it. */
  readonly message: string;
  /** Its UTF-8 text, or the beginning of one that is too long; the buffer is used again. */
  readonly text: Buffer;
  /** Bytes of the whole text; undefined when `text` is the whole. */
  readonly truncatedFrom?: number;
}

export interface RecordSourceOptions {
  /** JSONPaths of values outside the records, to be read with `captured` after `end`. */
  readonly capture?: readonly string[];
  /** Learns the structure of the records while they are scanned. */
  readonly schema: SchemaTree;
  readonly maxRecordBytes: number;
  /** Takes the bytes of one record, a JSON value; the buffer is used again when the call returns. */
  onRecord(buffer: Buffer, start: number, end: number): void;
  /** Takes a record that cannot be read, where the format shows its end; without it, such a record is an error of the response. */
  onUnreadable?(record: UnreadableRecord): void;
}

/** Finds the records in a response that comes in chunks, whatever its format, and checks all of it. */
export interface RecordSource {
  /** Records handed over so far, unreadable ones included. */
  readonly records: number;
  /** What the table shows otherwise than the response says it, one sentence each. */
  readonly warnings: readonly string[];
  /** @throws ExtractorError MALFORMED_RESPONSE, RECORD_TOO_LARGE and the format's own. */
  write(chunk: Buffer): void;
  /** @throws ExtractorError as `write`, and when the response is cut. */
  end(): void;
  /** The value at one of the `capture` paths; undefined when it is absent. */
  captured(path: string): unknown;
}
