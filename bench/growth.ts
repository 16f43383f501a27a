/**
 * How time and memory grow with the source: 20,000 nested records, 10 and 100 times as many.
 * `npx ts-node -T -P tsconfig.dev.json bench/growth.ts [RECORDS]`
 */
import { extractInto } from './support/lake';
import { pagesOf, RECORDS_A_PAGE } from './support/page-template';
import { printMachine, printTable } from './support/report';
import { ROOT, Workbench } from './support/workbench';

const GROWTH = [1, 10, 100];
const MIB = 1024 * 1024;

async function main(records: number): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    const pages = GROWTH.map((factor) => Math.ceil((records * factor) / RECORDS_A_PAGE.nested));
    const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: Math.max(...pages) });
    const lengths = pagesOf(ROOT, 'nested').map(({ length }) => length);
    const rows: string[][] = [];
    for (const [index, count] of pages.entries()) {
      const { records: taken, seconds, cpuSeconds = NaN, peakRssMib = NaN } = await extractInto(bench, `${api.facts.url}/nested`,
        { pagination: { type: 'pageNumber', param: 'page', maxPages: count } });
      const bytes = lengths.reduce((sum, length) => sum + length, 0) * count / lengths.length;
      rows.push([
        `${GROWTH[index]}x`, String(taken), seconds.toFixed(1), (bytes / seconds / 1e6).toFixed(1),
        (cpuSeconds / bytes * 1e9).toFixed(1), (peakRssMib * MIB / 1e6).toFixed(0),
      ]);
    }
    await api.stop();
    printTable(['', 'records', 'seconds', 'MB/s', 'CPU s a GB', 'peak RSS MB'], rows);
  } finally {
    await bench.close();
  }
}

void main(Number(process.argv[2] ?? 20_000));
