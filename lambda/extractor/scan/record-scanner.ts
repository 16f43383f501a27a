import { JsonPathStep } from '../../../src/spec/json-path';
import { ExtractorError } from '../errors';
import { Byte } from './bytes';
import { EnvelopeHandlers, EnvelopeScanner } from './envelope-scanner';
import { below, PathPlace, pathTree } from './path-tree';
import { RecordSource, RecordSourceOptions } from './record-source';
import { recordTooLarge } from './record-too-large';
import { SchemaTree } from './schema-tree';
import { ValueScanner } from './value-scanner';

/** Longest value that is captured from the envelope: tokens and links are short. */
export const MAX_CAPTURE_BYTES = 1024 * 1024;

const MOST_KEYS_NAMED = 10;

export interface RecordScannerOptions extends RecordSourceOptions {
  /** Where the records stand: an array, each element one record, or one object. */
  readonly records: readonly JsonPathStep[];
}

/** Finds the records in a streamed JSON response, checks all of it, and parses none of it. */
export class RecordScanner implements RecordSource {
  readonly warnings = [];
  /** Records handed over so far. */
  records = 0;
  private readonly values: ValueScanner;
  private readonly envelope: EnvelopeScanner;
  /** What stands at the records' path can hold none. Told at the end: what stands beside it may say why. */
  private misplaced: ExtractorError | undefined;
  private readonly capturedValues = new Map<string, unknown>();

  constructor(private readonly options: RecordScannerOptions) {
    this.values = new ValueScanner(options.schema);
    this.envelope = new EnvelopeScanner(pathTree(options.records, options.capture), this.values, this.handlers());
  }

  /** @throws ExtractorError MALFORMED_RESPONSE, RECORD_TOO_LARGE, RECORDS_PATH_MISSING, CAPTURED_VALUE_TOO_LARGE */
  write(chunk: Buffer): void {
    this.envelope.write(chunk);
  }

  /** @throws ExtractorError as `write`, and when the response is cut or holds no records' place. */
  end(): void {
    this.envelope.end();
    if (this.misplaced) {
      throw this.misplaced;
    }
    if (!this.envelope.found) {
      const keys = this.envelope.keysOnPath.slice(0, MOST_KEYS_NAMED).map((key) => JSON.stringify(key)).join(', ');
      throw pathMissing(keys === '' ? 'it holds no object where the path goes on' : `where the path ends it has the keys ${keys}`);
    }
  }

  /** The value at one of the `capture` paths; undefined when it is absent. A number that a double cannot hold is its text. */
  captured(path: string): unknown {
    return this.capturedValues.get(path);
  }

  private handlers(): EnvelopeHandlers {
    return {
      record: (at) => this.record(at),
      single: (place, bytes) => this.captureBelow(place, bytes),
      captured: (place, bytes) => this.capture(place, bytes),
      limit: (place) => (place.captures.length > 0 ? MAX_CAPTURE_BYTES : this.options.maxRecordBytes),
      tooLarge: (place) => (place.captures.length > 0 ? captureTooLarge(place) : this.recordTooLarge()),
      noRecords: () => {
        this.misplaced = pathMissing('the value there is neither an array nor an object');
      },
    };
  }

  private record(at: number): number {
    const { values, options } = this;
    const node = values.buffer[at] === Byte.OpenBrace ? options.schema.root : options.schema.valueNode();
    const end = values.value(at, node, 0);
    if (end - at > options.maxRecordBytes) {
      throw this.recordTooLarge();
    }
    if (end > 0) {
      this.records++;
      options.onRecord(values.buffer, at, end);
    }
    return end;
  }

  private capture(place: PathPlace, bytes: Buffer): void {
    const text = bytes.toString();
    const value: unknown = JSON.parse(text);
    // Cursors are integers of 64 bits at times: a rounded one would name another page.
    const exact = typeof value === 'number' && String(value) !== text ? text : value;
    place.captures.forEach((path) => this.capturedValues.set(path, exact));
    this.captureBelow(place, bytes);
  }

  /** Captures inside a value that was taken as a whole. */
  private captureBelow(place: PathPlace, bytes: Buffer): void {
    const root = below(place);
    if (root) {
      const inner = new EnvelopeScanner(root, new ValueScanner(new SchemaTree()), this.handlers());
      inner.write(bytes);
      inner.end();
    }
  }

  private recordTooLarge(): ExtractorError {
    return recordTooLarge(this.records + 1, this.options.maxRecordBytes);
  }
}

function captureTooLarge(place: PathPlace): ExtractorError {
  const message = `the value at ${place.captures[0]} is longer than ${MAX_CAPTURE_BYTES} bytes: name the token or link itself`;
  return new ExtractorError('CAPTURED_VALUE_TOO_LARGE', message, { retryable: false, details: { path: place.captures[0] } });
}

function pathMissing(what: string): ExtractorError {
  const message = `the records' path leads nowhere in the response: ${what}; correct "records" of the source`;
  return new ExtractorError('RECORDS_PATH_MISSING', message, { retryable: false });
}
