import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from './app-command';

/** Left in the assembly: which app command wrote it. */
const STAMP = '.datalake-app.json';

const SKIPPED_FOLDERS = new Set(['node_modules', 'cdk.out', '.datalake', 'coverage', '__pycache__', 'venv']);

/** Whether the assembly is missing, was written by another app command, or is older than any source of the app. */
export function isStale(app: App, lake: string): boolean {
  const written = modified(join(app.output, 'manifest.json'));
  if (written === undefined || otherCommand(app, written)) {
    return true;
  }
  const skipped = new Set([app.output, resolve(lake)]);
  return newest(app.folder, skipped) > written || installed(app.folder) > written;
}

export const stampAssembly = (app: App): void => writeFileSync(join(app.output, STAMP), JSON.stringify({ app: app.command }));

function otherCommand(app: App, written: number): boolean {
  const stamp = join(app.output, STAMP);
  const stamped = modified(stamp);
  // An older stamp says nothing: another tool has written the assembly since, from cdk.json.
  if (stamped === undefined || stamped < written) {
    return false;
  }
  try {
    return (JSON.parse(readFileSync(stamp, 'utf8')) as { app?: string }).app !== app.command;
  } catch {
    return true;
  }
}

function newest(folder: string, skipped: ReadonlySet<string>): number {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const own = !entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name) && !skipped.has(path);
      time = Math.max(time, own ? newest(path, skipped) : 0);
    } else if (entry.isFile()) {
      time = Math.max(time, modified(path) ?? 0);
    }
  }
  return time;
}

/** When packages were last installed (npm notes it here), and when this command itself was built. */
const installed = (folder: string): number =>
  Math.max(modified(join(folder, 'node_modules', '.package-lock.json')) ?? 0, modified(__filename) ?? 0);

function modified(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
