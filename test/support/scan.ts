import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { RecordScanner, SchemaTree } from '../../lambda/extractor/scan';
import { parseJsonPath } from '../../src/spec/json-path';

const RECORDED = join(__dirname, '../../examples/randomuser/recorded');

export interface ScanOptions {
  readonly records?: string;
  readonly capture?: readonly string[];
  readonly schema?: SchemaTree;
  readonly maxRecordBytes?: number;
  /** Bytes of the next chunk. */
  readonly chunk?: () => number;
}

/** The bytes of a real response of randomuser.me: 500 records at `$.results`, then `$.info`. */
export function recordedPage(page: 1 | 2 | 3 | 4): Buffer {
  return gunzipSync(readFileSync(join(RECORDED, `page-${page}.json.gz`)));
}

/** Writes all bytes, in chunks of the given lengths. */
export function feed(target: { write(chunk: Buffer): void; end(): void }, bytes: Buffer, length: () => number = () => bytes.length): void {
  for (let at = 0; at < bytes.length;) {
    const end = at + length();
    // A copy, so that a scanner that kept the caller's chunk would be found out.
    const chunk = Buffer.from(bytes.subarray(at, end));
    target.write(chunk);
    chunk.fill(0xff);
    at = end;
  }
  target.end();
}

export interface ScanFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;
}

/** The error that reading ends in. */
export function failureOf(read: () => unknown): ScanFailure {
  try {
    read();
  } catch (error) {
    return error as ScanFailure;
  }
  throw new Error('the response was read');
}

/** Scans a whole response in chunks; the records come as text. */
export function scan(response: string | Buffer, options: ScanOptions = {}) {
  const schema = options.schema ?? new SchemaTree();
  const records: string[] = [];
  const scanner = new RecordScanner({
    records: parseJsonPath(options.records ?? '$'),
    capture: options.capture,
    schema,
    maxRecordBytes: options.maxRecordBytes ?? 1024 * 1024,
    onRecord: (buffer, start, end) => records.push(buffer.toString('utf8', start, end)),
  });
  feed(scanner, Buffer.from(response), options.chunk);
  return { records, scanner, schema };
}

/** The error that the scan ends in. */
export const scanError = (response: string | Buffer, options: ScanOptions = {}) => failureOf(() => scan(response, options));

/** Seeded numbers below a bound: a failing test fails again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) % 2 ** 32;
    return Math.floor(((state + 2 ** 31) / 2 ** 32) * below) % below;
  };
}
