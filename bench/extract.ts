/**
 * Extraction of 400 pages of half a megabyte, 200,000 nested records and then 800,000 flat ones, against what else does it and
 * against compression alone: `npx ts-node -T -P tsconfig.dev.json bench/extract.ts [PAGES] [nested|flat]`. Medians of three rounds.
 */
import { CEILING, Contender, contenders, DLT, EXTRACTOR, EXTRACTOR_AHEAD, GZIP_ALONE } from './support/contenders';
import { PageKind, pagesOf, RECORDS_A_PAGE } from './support/page-template';
import { median, printMachine, printTable, printTarget } from './support/report';
import { Outcome, ROOT, Workbench } from './support/workbench';

const PAGES = Number(process.argv[2] ?? 400);
const KINDS = (['nested', 'flat'] as const).filter((kind) => kind === (process.argv[3] ?? kind));
const ROUNDS = 3;
const TARGETS: Readonly<Record<PageKind, readonly (readonly [string, number])[]>> = {
  nested: [[GZIP_ALONE, 0.8], [DLT, 10]],
  flat: [[DLT, 18]],
};

interface Measured extends Contender {
  readonly outcomes: Outcome[];
}

const bytesOf = (lengths: number[], pages: number) =>
  Array.from({ length: pages }, (_, index) => lengths[(index + 1) % lengths.length]).reduce((sum, length) => sum + length, 0);

async function measure(contender: Measured, kind: PageKind): Promise<void> {
  const outcome = await contender.run();
  const expected = contender.pages * RECORDS_A_PAGE[kind];
  if (outcome.records !== undefined && outcome.records !== expected) {
    throw new Error(`${contender.name} took ${outcome.records} records, expected ${expected}`);
  }
  contender.outcomes.push(outcome);
}

function report(measured: Measured[], kind: PageKind): void {
  const lengths = pagesOf(ROOT, kind).map(({ length }) => length);
  const rate = ({ pages, outcomes }: Measured) => bytesOf(lengths, pages) / median(outcomes.map(({ seconds }) => seconds)) / 1e6;
  const find = (name: string) => measured.find((contender) => contender.name === name);
  const extractor = rate(find(EXTRACTOR)!);
  printTable([kind, 'records', 'MB/s', 'extractor is', 'CPU s', 'peak RSS MiB'], measured.map((contender) => {
    const { name, pages, outcomes } = contender;
    const cpu = outcomes.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const peaks = outcomes.flatMap(({ peakRssMib }) => peakRssMib ?? []);
    return [
      name,
      String(pages * RECORDS_A_PAGE[kind]),
      rate(contender).toFixed(1),
      `${(extractor / rate(contender)).toFixed(2)}x`,
      cpu.length > 0 ? median(cpu).toFixed(1) : '-',
      peaks.length > 0 ? Math.max(...peaks).toFixed(0) : '-',
    ];
  }));
  console.log();
  for (const [name, target] of TARGETS[kind]) {
    const contender = find(name);
    for (const who of contender ? [EXTRACTOR, EXTRACTOR_AHEAD] : []) {
      const ratio = rate(find(who)!) / rate(contender!);
      printTarget(`${who} / ${name}`, ratio, target, ratio >= target);
    }
  }
  console.log(`the ceiling of this machine: ${CEILING} / ${GZIP_ALONE}: ${(rate(find(CEILING)!) / rate(find(GZIP_ALONE)!)).toFixed(2)}\n`);
}

async function compare(bench: Workbench, kind: PageKind): Promise<void> {
  const api = await bench.serve<{ url: string }>('page-server', { root: ROOT, pages: PAGES });
  const measured = contenders(bench, api.facts.url, kind, PAGES).map((contender): Measured => ({ ...contender, outcomes: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of measured) {
      await measure(contender, kind);
    }
  }
  await api.stop();
  report(measured, kind);
}

async function main(): Promise<void> {
  const bench = new Workbench();
  try {
    printMachine();
    for (const kind of KINDS) {
      await compare(bench, kind);
    }
  } finally {
    await bench.close();
  }
}

void main();
