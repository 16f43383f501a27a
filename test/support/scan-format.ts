import { failureOf, feed } from './scan';
import { createRecordSource } from '../../lambda/extractor/format';
import { SchemaTree } from '../../lambda/extractor/scan';
import { FormatSpec } from '../../src/spec';

export interface ScanFormatOptions {
  readonly contentType?: string;
  readonly schema?: SchemaTree;
  readonly maxRecordBytes?: number;
  /** Bytes of the next chunk. */
  readonly chunk?: () => number;
}

/** Reads a whole response in chunks; the records come as text. */
export function scanFormat(format: FormatSpec | undefined, response: string | Buffer, options: ScanFormatOptions = {}) {
  const schema = options.schema ?? new SchemaTree();
  const records: string[] = [];
  const source = createRecordSource(format, options.contentType, {
    records: [],
    schema,
    maxRecordBytes: options.maxRecordBytes ?? 1024 * 1024,
    onRecord: (buffer, start, end) => records.push(buffer.toString('utf8', start, end)),
  });
  feed(source, Buffer.from(response), options.chunk);
  return { records, values: records.map((record) => JSON.parse(record) as unknown), source, schema };
}

/** The error that reading ends in. */
export const scanFormatError = (format: FormatSpec | undefined, response: string | Buffer, options: ScanFormatOptions = {}) =>
  failureOf(() => scanFormat(format, response, options));
