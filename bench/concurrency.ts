/**
 * What `concurrency` saves while an API takes its time: 60 pages of half a megabyte, each answered after 20 and after 200 ms.
 * `npx ts-node -T -P tsconfig.dev.json bench/concurrency.ts`
 */
import { extractInto } from './support/lake';
import { median, printMachine, printTable } from './support/report';
import { ROOT, Workbench } from './support/workbench';

const PAGES = 60;
const ROUNDS = 3;
const DELAYS_MS = [20, 200];
const CONCURRENCIES = [1, 2, 4, 8];

async function compare(bench: Workbench, delayMs: number): Promise<string[][]> {
  const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: PAGES, delayMs });
  const seconds = CONCURRENCIES.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, concurrency] of CONCURRENCIES.entries()) {
      const pagination = { type: 'pageNumber', param: 'page', maxPages: PAGES } as const;
      seconds[index].push((await extractInto(bench, `${api.facts.url}/nested`, { pagination, concurrency })).seconds);
    }
  }
  await api.stop();
  const alone = median(seconds[0]);
  return CONCURRENCIES.map((concurrency, index) => {
    const taken = median(seconds[index]);
    return [`${delayMs} ms`, String(concurrency), taken.toFixed(2), `${(alone / taken).toFixed(1)}x`];
  });
}

async function main(): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    const rows: string[][] = [];
    for (const delayMs of DELAYS_MS) {
      rows.push(...await compare(bench, delayMs));
    }
    printTable(['answers after', 'concurrency', 'seconds', 'as fast'], rows);
  } finally {
    await bench.close();
  }
}

void main();
