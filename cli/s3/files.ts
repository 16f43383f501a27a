import { createHash } from 'crypto';
import { BigIntStats, closeSync, lstatSync, openSync, readdirSync, readSync, rmdirSync, rmSync } from 'fs';
import { dirname, join, sep } from 'path';
import { S3Error } from './errors';

const HASH_BUFFER_BYTES = 1024 * 1024;

/** The second lock on the folder: key-path.ts encodes `..`, so this never happens. */
export function within(folder: string, relative: string): string {
  const path = join(folder, relative);
  if (!path.startsWith(folder + sep)) throw new S3Error('InvalidURI', 'The key leads out of the bucket.');
  return path;
}

export function statFile(path: string): BigIntStats | undefined {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? stats : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export function removeEmptyFolders(from: string, root: string): void {
  for (let folder = from; folder.startsWith(root + sep); folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** Temporary folders of servers that were killed; a living process keeps its own. */
export function removeLeftovers(temporaryRoot: string): void {
  for (const name of readdirSync(temporaryRoot)) {
    if (!isAlive(Number(name.split('-')[0]))) rmSync(join(temporaryRoot, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function md5OfFile(path: string): string {
  const hash = createHash('md5');
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HASH_BUFFER_BYTES);
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) hash.update(buffer.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
