/**
 * The scanner against JSON.parse on the same bytes, one thread: `npx ts-node -T -P tsconfig.dev.json bench/scan.ts`.
 * Prints the median of several rounds in MB/s, and the ratio to JSON.parse in the same run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { flatRecord } from './support/flat-record';
import { RecordScanner, SchemaTree } from '../lambda/extractor/scan';
import { parseJsonPath } from '../src/spec/json-path';

const ROUNDS = 7;
const BYTES_A_ROUND = 25e6;
const CHUNK_BYTES = 64 * 1024;
const RECORDS = parseJsonPath('$.results');
const RECORDED = join(__dirname, '../examples/randomuser/recorded');

/** Seeded, so that every run measures the same bytes. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // eslint-disable-line no-bitwise
    return Math.floor((state / 2 ** 32) * below);
  };
}

const page = (records: unknown[]) => [Buffer.from(JSON.stringify({ results: records }))];
const times = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));

function optionalKeys(random: (below: number) => number): unknown {
  const record: Record<string, unknown> = { id: 1 };
  times(12, (key) => random(2) && (record[`field${key}`] = random(2) ? 12345 : 'abcdefghij'));
  record.tags = times(random(6), () => (random(2) ? { k: 'a' } : { k: 'a', v: 1 }));
  return record;
}

function randomOrder(random: (below: number) => number): unknown {
  const keys = times(12, (key) => ({ key, rank: random(1e6) })).sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(keys.map(({ key }) => [`field${key}`, 'abcdefghij']));
}

function inputs(): Record<string, Buffer[]> {
  const random = randomNumbers(7);
  const nested = times(4, (index) => gunzipSync(readFileSync(join(RECORDED, `page-${index + 1}.json.gz`))));
  return {
    'real pages, nested': nested,
    'the same, pretty-printed': nested.map((bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), null, 2))),
    'flat': page(times(8000, flatRecord)),
    'optional keys': page(times(20_000, () => optionalKeys(random))),
    'random key order': page(times(20_000, () => randomOrder(random))),
    'ids as keys': page(times(20_000, () => ({ id: 1, m: Object.fromEntries(times(3, () => [`u${random(50_000)}`, 1])) }))),
  };
}

function scanner(): (pages: Buffer[]) => void {
  const schema = new SchemaTree();
  const lines = Buffer.allocUnsafe(8 << 20); // eslint-disable-line no-bitwise
  return (pages) => {
    for (const bytes of pages) {
      let length = 0;
      const onRecord = (buffer: Buffer, start: number, end: number) => {
        length = length + end - start < lines.length ? length : 0;
        length += buffer.copy(lines, length, start, end);
        lines[length++] = 10;
      };
      const scan = new RecordScanner({ records: RECORDS, schema, maxRecordBytes: 1e6, onRecord });
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        scan.write(bytes.subarray(at, at + CHUNK_BYTES));
      }
      scan.end();
    }
  };
}

const CASES: Record<string, () => (pages: Buffer[]) => void> = {
  'JSON.parse(buf.toString())': () => (pages) => pages.forEach((bytes) => JSON.parse(bytes.toString())),
  'parse + stringify each record': () => (pages) =>
    pages.forEach((bytes) => JSON.parse(bytes.toString()).results.map((record: unknown) => JSON.stringify(record)).join('\n')),
  'scan: validate + schema + copy': scanner,
};

function megabytesPerSecond(run: (pages: Buffer[]) => void, pages: Buffer[]): number {
  const bytes = pages.reduce((sum, { length }) => sum + length, 0);
  const repeat = Math.max(1, Math.round(BYTES_A_ROUND / bytes));
  const start = process.hrtime.bigint();
  times(repeat, () => run(pages));
  return (bytes * repeat) / (Number(process.hrtime.bigint() - start) / 1e3);
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const [name, pages] of Object.entries(inputs())) {
  const cases = Object.entries(CASES).map(([label, make]) => ({ label, run: make(), speeds: [] as number[] }));
  cases.forEach(({ run }) => megabytesPerSecond(run, pages));
  times(ROUNDS, () => cases.forEach(({ run, speeds }) => speeds.push(megabytesPerSecond(run, pages))));
  const reference = median(cases[0].speeds);
  console.log(name);
  for (const { label, speeds } of cases) {
    console.log(`  ${label.padEnd(32)}${median(speeds).toFixed(0).padStart(6)} MB/s ${(median(speeds) / reference).toFixed(2).padStart(6)}x`);
  }
}
