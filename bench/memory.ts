/**
 * Peak memory of the extractor for one response of half a gigabyte and of two: the same, whatever the size.
 * `npx ts-node -T -P tsconfig.dev.json bench/memory.ts [MEGABYTES ...]`
 */
import { extractInto } from './support/lake';
import { printMachine, printTable, printTarget } from './support/report';
import { Outcome, ROOT, Workbench } from './support/workbench';

const TARGET_MB = 200;
const MIB = 1024 * 1024;

async function main(megabytes: number[]): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: 0 });
    const outcomes: Outcome[] = [];
    for (const size of megabytes) {
      outcomes.push(await extractInto(bench, `${api.facts.url}/nested?bytes=${size * 1e6}`));
    }
    await api.stop();
    printTable(['one response of', 'records', 'seconds', 'MB/s', 'peak RSS MB'], outcomes.map(({ records, seconds, peakRssMib = NaN }, index) => [
      `${megabytes[index]} MB`,
      String(records),
      seconds.toFixed(1),
      (megabytes[index] / seconds).toFixed(1),
      (peakRssMib * MIB / 1e6).toFixed(0),
    ]));
    console.log();
    const peak = Math.max(...outcomes.map(({ peakRssMib = NaN }) => peakRssMib * MIB / 1e6));
    printTarget('peak RSS in MB', peak, TARGET_MB, peak <= TARGET_MB);
  } finally {
    await bench.close();
  }
}

const sizes = process.argv.slice(2).map(Number);
void main(sizes.length > 0 ? sizes : [500, 2000]);
