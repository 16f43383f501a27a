import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractInto } from './lake';
import { PageKind, PageTemplate, pagesOf } from './page-template';
import { Outcome, ROOT, Workbench } from './workbench';
import { MemoryWatch } from '../../cli/lambda-host/memory';
import { PaginationSpec } from '../../src/spec';

export interface Contender {
  readonly name: string;
  /** The slow ones get fewer: rates are compared. */
  readonly pages: number;
  run(): Promise<Outcome>;
}

export const GZIP_ALONE = 'gzip alone, parallel';
export const CEILING = 'fetch + gzip, parallel';
export const EXTRACTOR = 'extractor';
/** With two requests under way, as the ceiling has. */
export const EXTRACTOR_AHEAD = 'extractor, concurrency 2';
export const DLT = 'dlt';

/** Everyone who can run on this machine, in the order of a round. */
export function contenders(bench: Workbench, origin: string, kind: PageKind, pages: number): Contender[] {
  const url = `${origin}/${kind}`;
  const fewer = Math.ceil(pages / 8);
  const pagination: PaginationSpec = { type: 'pageNumber', param: 'page', maxPages: pages };
  return [
    { name: GZIP_ALONE, pages, run: async () => bench.run('gzip-alone', { root: ROOT, kind, pages }) },
    { name: CEILING, pages, run: async () => bench.run('fetch-gzip', { url, pages }) },
    { name: EXTRACTOR, pages, run: async () => extractInto(bench, url, { pagination }) },
    { name: EXTRACTOR_AHEAD, pages, run: async () => extractInto(bench, url, { pagination, concurrency: 2 }) },
    { name: `${EXTRACTOR}, warm`, pages, run: async () => extractInto(bench, url, { pagination, invocations: 2 }) },
    { name: 'fetch + JSON + gzip', pages, run: async () => bench.run('naive', { url, pages, file: join(bench.folder, 'naive.jsonl.gz') }) },
    ...jq(bench, kind, fewer),
    ...dlt(bench, url, fewer),
  ];
}

function jq(bench: Workbench, kind: PageKind, pages: number): Contender[] {
  if (spawnSync('jq', ['--version']).status !== 0) {
    console.log('SKIPPED  jq | gzip: there is no jq on the path');
    return [];
  }
  const templates = pagesOf(ROOT, kind).map((page) => new PageTemplate(page));
  const file = join(bench.folder, `${kind}.json`);
  writeFileSync(file, Buffer.concat(Array.from({ length: pages }, (_, index) => templates[(index + 1) % templates.length].copy(index + 1))));
  return [{ name: 'jq -c | gzip -1', pages, run: async () => jqAndGzip(file) }];
}

async function jqAndGzip(file: string): Promise<Outcome> {
  const start = performance.now();
  const gzip = spawn('gzip', ['-1'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const filter = spawn('jq', ['-c', '.results[]', file], { stdio: ['ignore', gzip.stdin, 'inherit'] });
  const watch = new MemoryWatch(filter.pid ?? 0, Infinity, () => undefined);
  gzip.stdin.destroy(); // jq holds its own end
  await new Promise((resolve) => gzip.once('exit', resolve));
  watch.stop();
  return { seconds: (performance.now() - start) / 1000, peakRssMib: watch.peakKib / 1024 };
}

function dlt(bench: Workbench, url: string, pages: number): Contender[] {
  const python = join(ROOT, 'bench/.venv/bin/python');
  if (!existsSync(python)) {
    console.log('SKIPPED  dlt: there is no bench/.venv; bench/README.md says how to make it');
    return [];
  }
  const run = async () => {
    const folder = join(bench.folder, 'dlt');
    mkdirSync(folder);
    const script = join(ROOT, 'bench/programs/dlt_pipeline.py');
    const env = { PATH: process.env.PATH, HOME: folder, RUNTIME__DLTHUB_TELEMETRY: 'false', RUNTIME__LOG_LEVEL: 'ERROR' };
    try {
      return await bench.measure(python, [script, JSON.stringify({ url, pages, folder })], { env, cwd: folder });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  return [{ name: DLT, pages, run }];
}
