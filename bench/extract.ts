/**
 * Extraction of 200,000 nested records against what else does it, and against compression alone:
 * `npx ts-node -T -P tsconfig.dev.json bench/extract.ts [PAGES]`. Pages have 500 records; medians of three rounds.
 */
import { Contender, contenders } from './support/contenders';
import { PageTemplate, recordedPages } from './support/page-template';
import { median, printMachine, printTable, printTarget } from './support/report';
import { Outcome, ROOT, Workbench } from './support/workbench';

const PAGES = Number(process.argv[2] ?? 400);
const RECORDS_A_PAGE = 500;
const ROUNDS = 3;
const TARGETS: readonly [string, number][] = [['gzip alone, parallel', 0.7], ['dlt', 5]];

interface Measured extends Contender {
  readonly outcomes: Outcome[];
}

const templates = recordedPages(ROOT).map((page) => new PageTemplate(page));
const lengths = (pages: number) => Array.from({ length: pages }, (_, index) => templates[(index + 1) % templates.length].length);
const bytesOf = (pages: number) => lengths(pages).reduce((sum, length) => sum + length, 0);
const rate = ({ pages, outcomes }: Measured) => bytesOf(pages) / median(outcomes.map(({ seconds }) => seconds)) / 1e6;

async function measure(contender: Measured): Promise<void> {
  const outcome = await contender.run();
  const expected = contender.pages * RECORDS_A_PAGE;
  if (outcome.records !== undefined && outcome.records !== expected) {
    throw new Error(`${contender.name} took ${outcome.records} records, expected ${expected}`);
  }
  contender.outcomes.push(outcome);
}

function report(measured: Measured[]): void {
  const find = (name: string) => measured.find((contender) => contender.name === name);
  const extractor = rate(find('extractor')!);
  printTable(['', 'records', 'MB/s', 'extractor is', 'CPU s', 'peak RSS MiB'], measured.map((contender) => {
    const { name, pages, outcomes } = contender;
    const cpu = outcomes.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const peaks = outcomes.flatMap(({ peakRssMib }) => peakRssMib ?? []);
    return [
      name,
      String(pages * RECORDS_A_PAGE),
      rate(contender).toFixed(1),
      `${(extractor / rate(contender)).toFixed(2)}x`,
      cpu.length > 0 ? median(cpu).toFixed(1) : '-',
      peaks.length > 0 ? Math.max(...peaks).toFixed(0) : '-',
    ];
  }));
  console.log();
  for (const [name, target] of TARGETS) {
    const contender = find(name);
    if (contender) {
      printTarget(`extractor / ${name}`, extractor / rate(contender), target, extractor / rate(contender) >= target);
    }
  }
}

async function main(): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: PAGES });
    const measured = contenders(bench, api.facts.url, PAGES).map((contender): Measured => ({ ...contender, outcomes: [] }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of measured) {
        await measure(contender);
      }
    }
    await api.stop();
    report(measured);
  } finally {
    await bench.close();
  }
}

void main();
