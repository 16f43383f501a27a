/** What a program in bench/programs says: one line on its standard output that starts so. */
export const SAYS = 'bench ';

export const options = <T>(): T => JSON.parse(process.argv[2]) as T;

export function say(facts: object): void {
  process.stdout.write(`${SAYS}${JSON.stringify(facts)}\n`);
}

/** A server's program lives as long as the one that started it holds its standard input open. */
export function closeWithParent(close: () => Promise<void>): void {
  process.stdin.resume().on('end', () => void close().finally(() => process.exit()));
}

export async function timed(work: () => Promise<object>): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const facts = await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  say({ ...facts, seconds, cpuSeconds: (user + system) / 1e6 });
}
