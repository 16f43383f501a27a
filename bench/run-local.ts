/**
 * What a person waits for after synth: `datalake run --local` on 2,000 recorded records, then the example's three queries.
 * `npx ts-node -T -P tsconfig.dev.json bench/run-local.ts`; needs a build (`npx projen prepare:build`).
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, printMachine, printTable, printTarget } from './support/report';
import { ROOT, Workbench } from './support/workbench';

const ROUNDS = 5;
const RECORDS = 2000;
const PAGES = 4;
const TARGET_SECONDS = 2;
const QUERIES = ['total_users', 'users_by_country', 'sample_users'];
const BIN = join(ROOT, 'bin/datalake.mjs');
const EXAMPLE = join(ROOT, 'examples/randomuser');

interface Step {
  readonly name: string;
  readonly args: string[];
  readonly seconds: number[];
}

async function datalake(args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, ...args, '--json'], { cwd: EXAMPLE });
  return stdout;
}

/** The first run synthesizes when the assembly is missing or old; what it stored proves that the measured ones have work to do. */
async function prepare(run: string[], query: string[]): Promise<void> {
  await datalake(run);
  const { rows } = JSON.parse(await datalake(query)) as { rows: string[][] };
  if (rows[0][0] !== String(RECORDS)) {
    throw new Error(`the table holds ${rows[0][0]} records, expected ${RECORDS}`);
  }
}

async function main(): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: PAGES });
    const lake = ['--local', '--lake', join(bench.folder, 'lake')];
    const steps: Step[] = [
      { name: 'run', args: ['run', ...lake, '--url', `randomuser=${api.facts.url}`], seconds: [] },
      ...QUERIES.map((name): Step => ({ name: `query ${name}`, args: ['query', ...lake, '--named', name], seconds: [] })),
    ];
    await prepare(steps[0].args, steps[1].args);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { args, seconds } of steps) {
        const start = performance.now();
        await datalake(args);
        seconds.push((performance.now() - start) / 1000);
      }
    }
    await api.stop();
    printTable(['', 'seconds'], steps.map(({ name, seconds }) => [name, median(seconds).toFixed(2)]));
    console.log();
    const total = steps.reduce((sum, { seconds }) => sum + median(seconds), 0);
    printTarget('run and three queries in seconds', total, TARGET_SECONDS, total <= TARGET_SECONDS);
  } finally {
    await bench.close();
  }
}

void main();
