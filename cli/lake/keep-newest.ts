import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Executions of a source, and logs of its function, that a lake remembers. */
export const REMEMBERED = 100;

/** What stands in a folder, newest first. */
export function newestFirst(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => ({ name, began: statSync(join(folder, name)).birthtimeMs })).sort((a, b) => b.began - a.began).map(({ name }) => name);
}

/** Removes all but the newest. Records of what happened only: data and results stand elsewhere. */
export function keepNewest(folder: string, count = REMEMBERED): void {
  newestFirst(folder).slice(count).forEach((name) => rmSync(join(folder, name), { recursive: true, force: true }));
}
