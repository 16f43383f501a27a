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

/** Scans a whole response in chunks; the records come as text. */
export function scan(response: string | Buffer, options: ScanOptions = {}) {
  const bytes = Buffer.from(response);
  const schema = options.schema ?? new SchemaTree();
  const records: string[] = [];
  const scanner = new RecordScanner({
    records: parseJsonPath(options.records ?? '$'),
    capture: options.capture,
    schema,
    maxRecordBytes: options.maxRecordBytes ?? 1024 * 1024,
    onRecord: (buffer, start, end) => records.push(buffer.toString('utf8', start, end)),
  });
  for (let at = 0; at < bytes.length;) {
    const end = at + (options.chunk?.() ?? bytes.length);
    // A copy, so that a scanner that kept the caller's chunk would be found out.
    const chunk = Buffer.from(bytes.subarray(at, end));
    scanner.write(chunk);
    chunk.fill(0xff);
    at = end;
  }
  scanner.end();
  return { records, scanner, schema };
}

/** The error that the scan ends in. */
export function scanError(response: string | Buffer, options: ScanOptions = {}) {
  try {
    scan(response, options);
  } catch (error) {
    return error as Error & { code: string; retryable: boolean; details: Record<string, unknown> };
  }
  throw new Error('the scan succeeded');
}

/** Seeded numbers below a bound: a failing test fails again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) % 2 ** 32;
    return Math.floor(((state + 2 ** 31) / 2 ** 32) * below) % below;
  };
}
