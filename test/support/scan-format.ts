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
  const bytes = Buffer.from(response);
  const schema = options.schema ?? new SchemaTree();
  const records: string[] = [];
  const source = createRecordSource(format, options.contentType, {
    records: [],
    schema,
    maxRecordBytes: options.maxRecordBytes ?? 1024 * 1024,
    onRecord: (buffer, start, end) => records.push(buffer.toString('utf8', start, end)),
  });
  for (let at = 0; at < bytes.length;) {
    const end = at + (options.chunk?.() ?? bytes.length);
    // A copy, so that a scanner that kept the caller's chunk would be found out.
    const chunk = Buffer.from(bytes.subarray(at, end));
    source.write(chunk);
    chunk.fill(0xff);
    at = end;
  }
  source.end();
  return { records, values: records.map((record) => JSON.parse(record) as unknown), source, schema };
}

/** The error that reading ends in. */
export function scanFormatError(format: FormatSpec | undefined, response: string | Buffer, options: ScanFormatOptions = {}) {
  try {
    scanFormat(format, response, options);
  } catch (error) {
    return error as Error & { code: string; retryable: boolean; details: Record<string, unknown> };
  }
  throw new Error('the response was read');
}
