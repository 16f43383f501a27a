import Table from 'cli-table3';

type Cell = string | null;

/** An aligned table without colours, so that it reads the same in a file. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], rightAligned: readonly boolean[] = []): string {
  const drawn = new Table({
    head: head.map(printable),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_name, index) => (rightAligned[index] ? 'right' : 'left')),
  });
  // cli-table3 prints null as an empty cell, which would look like an empty string.
  drawn.push(...rows.map((row) => row.map((cell) => printable(cell ?? 'NULL'))));
  return drawn.toString();
}

/** Control characters of the data must not reach the terminal: they could move the cursor or recolour it. */
// eslint-disable-next-line no-control-regex
const printable = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
