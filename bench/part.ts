/**
 * Parts against parallel gzip alone, each in a process of its own, bundled as the Lambda function is:
 * `npx ts-node -T -P tsconfig.dev.json bench/part.ts [MEGABYTES]`. A PUT of 400 ms holds the part before.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRaw, gunzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { Part, PartWriter } from '../lambda/extractor/part';
import { RecordScanner, SchemaTree } from '../lambda/extractor/scan';
import { parseJsonPath } from '../src/spec/json-path';

const MIB = 1024 * 1024;
const PART_BYTES = 16 * MIB;
const CHUNK_BYTES = 64 * 1024;
const PUT_MS = 400;
const ROUNDS = 3;
const LEVELS = [1, 2, 3, 6];
/** As the extractor: a page larger than this is not held. */
const MOST_HELD = 8 * MIB;

interface Outcome {
  readonly seconds: number;
  readonly rawBytes: number;
  readonly partBytes: number;
  readonly peakRss: number;
  readonly cores: number;
}

const pages = (folder: string) => [1, 2, 3, 4].map((page) => gunzipSync(readFileSync(join(folder, `page-${page}.json.gz`))));

/** The same bytes, deflated in the same blocks by as many threads: nothing else. */
async function gzipAlone(input: Buffer[], total: number, level: number): Promise<[number, number]> {
  const bytes = Buffer.concat(input).subarray(0, 2 * MIB);
  const running: Promise<number>[] = [];
  let sent = 0;
  let received = 0;
  const deflate = async (block: Buffer) => new Promise<number>((resolve, reject) => {
    const options = { level, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: MIB / 2 };
    deflateRaw(block, options, (error, output) => (error ? reject(error) : resolve(output.length)));
  });
  for (; sent < total; sent += MIB) {
    if (running.length > availableParallelism()) {
      received += (await running.shift())!;
    }
    const start = (sent / MIB) % 2 * MIB;
    running.push(deflate(bytes.subarray(start, start + MIB)));
  }
  return [sent, (await Promise.all(running)).reduce((sum, length) => sum + length, received)];
}

/** Pages that are sliced, checked, counted in the schema, and gathered in parts. */
async function scanAndPart(input: Buffer[], total: number, level: number): Promise<[number, number]> {
  const writer = new PartWriter({ level });
  const schema = new SchemaTree();
  const records = parseJsonPath('$.results');
  let put = Promise.resolve();
  let sent = 0;
  let received = 0;
  const finish = async () => {
    const part = await writer.finish();
    await put;
    received += part?.body.length ?? 0;
    put = upload(part);
  };
  for (let page = 0; sent < total; page++) {
    const bytes = input[page % input.length];
    const scanner = new RecordScanner({
      records,
      schema,
      maxRecordBytes: 32 * MIB,
      onRecord: (buffer, start, end) => writer.append(buffer, start, end),
    });
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      scanner.write(bytes.subarray(at, at + CHUNK_BYTES));
      await (writer.full ? writer.drain() : new Promise(setImmediate)); // as chunks come from a socket
      if (writer.heldBytes > MOST_HELD) {
        writer.release();
      }
    }
    scanner.end();
    writer.endPage();
    sent += bytes.length;
    if (writer.compressedBytes >= PART_BYTES) {
      await finish();
    }
  }
  await finish();
  await put;
  return [sent, received];
}

async function upload(part: Part | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PUT_MS, part));
}

async function measure(what: string, level: number, total: number, folder: string): Promise<Outcome> {
  const input = pages(folder);
  const run = what === 'gzip' ? gzipAlone : scanAndPart;
  await run(input, 20e6, level);
  let peakRss = 0;
  const timer = setInterval(() => { peakRss = Math.max(peakRss, process.memoryUsage.rss()); }, 20);
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  const [rawBytes, partBytes] = await run(input, total, level);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(timer);
  return { seconds, rawBytes, partBytes, peakRss, cores: (user + system) / 1e6 / seconds };
}

function main(total: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'bench-part-'));
  const bundle = join(folder, 'part.js');
  const pagesFolder = join(__dirname, '../examples/randomuser/recorded');
  try {
    buildSync({ entryPoints: [__filename], outfile: bundle, bundle: true, minify: true, platform: 'node', target: 'node20', external: ['esbuild'], absWorkingDir: join(__dirname, '..') });
    const outcome = (what: string, level: number): Outcome =>
      JSON.parse(execFileSync(process.execPath, [bundle, what, String(level), String(total), pagesFolder], { encoding: 'utf8', env: { ...process.env, NODE_PATH: join(__dirname, '../node_modules') } }));
    for (const level of LEVELS) {
      for (const what of ['gzip', 'parts']) {
        const rounds = Array.from({ length: ROUNDS }, () => outcome(what, level)).sort((a, b) => a.seconds - b.seconds);
        const { seconds, rawBytes, partBytes, cores } = rounds[Math.floor(ROUNDS / 2)];
        const peak = Math.max(...rounds.map(({ peakRss }) => peakRss));
        console.log([
          `level ${level}  ${what.padEnd(6)}`,
          `${(rawBytes / seconds / 1e6).toFixed(0).padStart(4)} MB/s`,
          `${(rawBytes / partBytes).toFixed(2)}:1`,
          `${cores.toFixed(2)} cores`,
          `peak RSS ${(peak / MIB).toFixed(0)} MiB`,
        ].join('  '));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [what, level, total, folder] = process.argv.slice(2);
if (folder === undefined) {
  main((Number(what) || 300) * 1e6);
} else {
  void measure(what, Number(level), Number(total), folder).then((outcome) => console.log(JSON.stringify(outcome)));
}
