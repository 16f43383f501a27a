import { availableParallelism, cpus, loadavg } from 'node:os';

/** Whoever reads the figures must know what they were measured on, and what else ran meanwhile. */
export function printMachine(): void {
  console.log(`${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load before ${loadavg()[0].toFixed(2)}\n`);
}

export function printTable(header: string[], rows: string[][]): void {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const print = (row: string[]) => console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));
  [header, widths.map((width) => '-'.repeat(width)), ...rows].forEach(print);
}

export function printTarget(what: string, got: number, target: number, met: boolean): void {
  console.log(`${met ? 'reached' : 'MISSED '}  ${what}: ${got.toFixed(2)}, target ${target}`);
}

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
