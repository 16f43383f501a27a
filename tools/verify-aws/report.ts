/** `not shown here`: an emulator answered, and its answer says nothing about AWS. `not tried`: a check before it failed. */
export type Verdict = 'ok' | 'FAILED' | 'not shown here' | 'not tried';

export interface Row {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly verdict: Verdict;
}

const WIDTH = 60;
/** On one line. */
function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}

/** One row a check; what failed is repeated in full below. */
export function report(rows: readonly Row[]): string {
  const cells = [['check', 'expected', 'got', 'verdict'], ...rows.map(({ what, expected, got, verdict }) => [what, short(expected), short(got), verdict])];
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const lines = cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
  const failures = rows.filter(({ verdict }) => verdict === 'FAILED').map(({ what, expected, got }) => `\nFAILED: ${what}\n  expected: ${expected}\n  got: ${got}`);
  const count = (wanted: Verdict) => `${rows.filter(({ verdict }) => verdict === wanted).length} ${wanted}`;
  return [...lines, ...failures, '', [count('ok'), count('FAILED'), count('not shown here'), count('not tried')].join(', ')].join('\n');
}
