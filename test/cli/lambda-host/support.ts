import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { FunctionHost, FunctionHostOptions } from '../../../cli/lambda-host';

const folders: string[] = [];
const hosts: FunctionHost[] = [];

/** A folder with the function's files; a string is its index.js. */
export function functionFolder(files: string | Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-host-test-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(typeof files === 'string' ? { 'index.js': files } : files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A host, and the lines that it logged. */
export function hostOf(files: string | Record<string, string>, options: Partial<FunctionHostOptions> = {}) {
  const lines: string[] = [];
  const host = new FunctionHost({
    codeDir: functionFolder(files),
    handler: 'index.handler',
    timeoutSeconds: 20,
    memoryMb: 256,
    onLog: (line, stream) => lines.push(`${stream}: ${line}`),
    ...options,
  });
  hosts.push(host);
  return { host, lines };
}

export async function cleanUp(): Promise<void> {
  await Promise.all(hosts.splice(0).map(async (host) => host.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 500) throw new Error('it did not happen');
    await new Promise((done) => setTimeout(done, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
