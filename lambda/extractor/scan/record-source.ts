import { SchemaTree } from './schema-tree';

export interface RecordSourceOptions {
  /** JSONPaths of values outside the records, to be read with `captured` after `end`. */
  readonly capture?: readonly string[];
  /** Learns the structure of the records while they are scanned. */
  readonly schema: SchemaTree;
  readonly maxRecordBytes: number;
  /**
   * Takes a line that is no record, as a JSON value that stands for it, and why it is none; left out, that is an error. Only
   * formats whose lines tell where the next record begins know such lines.
   */
  readonly onMalformed?: (standIn: Buffer, reason: string) => void;
  /** Takes the bytes of one record, a JSON value; the buffer is used again when the call returns. */
  onRecord(buffer: Buffer, start: number, end: number): void;
}

/** Finds the records in a response that comes in chunks, whatever its format, and checks all of it. */
export interface RecordSource {
  /** Records handed over so far. */
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
