import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A folder at the table level, as the crawler sees it. */
export interface DiscoveredTable {
  readonly name: string;
  /** Key prefix of the table's folder, with a slash at the end. */
  readonly prefix: string;
  readonly partitionKeys: readonly string[];
  /** Values in the keys' order; their folders stand below the table's. */
  readonly partitions: readonly { readonly values: readonly string[]; readonly prefix: string }[];
  readonly files: readonly DiscoveredFile[];
}

export interface DiscoveredFile {
  readonly key: string;
  readonly path: string;
  readonly size: number;
}

/** Athena and the crawler skip names that start with "_" or "." (Amazon Athena user guide, "Tables"). */
export const isHidden = (name: string) => name.startsWith('_') || name.startsWith('.');

/** Glue's names: lower case, and "_" for every other character. */
export const glueName = (folder: string) => folder.toLowerCase().replace(/[^a-z0-9_]/g, '_');

/** Every object that is no hidden one and holds something, in the order of the keys. */
export function listFiles(bucketFolder: string, prefix: string): DiscoveredFile[] {
  const found: DiscoveredFile[] = [];
  const walk = (folder: string, keyPrefix: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const [path, key] = [join(folder, entry.name), keyPrefix + entry.name];
      if (isHidden(entry.name)) {
        continue;
      }
      if (entry.isDirectory()) {
        walk(path, `${key}/`);
      } else if (key.startsWith(prefix)) {
        found.push({ key, path, size: statSync(path).size });
      }
    }
  };
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  try {
    walk(join(bucketFolder, start), start);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  return found.filter((file) => file.size > 0).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * Groups the objects below a prefix into tables. The bucket is level 1, so `tableLevel` 3 makes `raw/users/`
 * a table; the folders below it are its partitions.
 */
export function discoverTables(files: readonly DiscoveredFile[], tableLevel: number, onSkip: (message: string) => void): DiscoveredTable[] {
  const byRoot = new Map<string, DiscoveredFile[]>();
  for (const file of files) {
    const parts = file.key.split('/');
    if (parts.length < tableLevel) {
      onSkip(`${file.key} stands above table level ${tableLevel} and is left out`);
      continue;
    }
    const root = parts.slice(0, tableLevel - 1).join('/') + (tableLevel > 1 ? '/' : '');
    byRoot.set(root, [...byRoot.get(root) ?? [], file]);
  }
  return [...byRoot].map(([prefix, own]) => tableOf(prefix, own));
}

function tableOf(prefix: string, files: readonly DiscoveredFile[]): DiscoveredTable {
  const folders = new Map<string, readonly string[]>();
  for (const { key } of files) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    folders.set(folder, folder.slice(prefix.length).split('/').slice(0, -1));
  }
  const shapes = new Map<string, string>();
  for (const [folder, levels] of folders) {
    shapes.set(levels.map(partitionKey).join('/'), folder);
  }
  if (shapes.size > 1) {
    const [one, other] = [...shapes.values()];
    throw new Error(`${one} and ${other} are laid out differently: all files of a table stand in folders of the same partition keys`);
  }
  const [levels] = folders.values();
  return {
    name: glueName(prefix.split('/').at(-2) ?? 'bucket'),
    prefix,
    partitionKeys: levels.map(partitionKey),
    partitions: levels.length === 0 ? [] : [...folders].map(([folder, values]) => ({ values: values.map(partitionValue), prefix: folder })),
    files,
  };
}

function partitionKey(folder: string, level: number): string {
  const at = folder.indexOf('=');
  return at > 0 ? glueName(folder.slice(0, at)) : `partition_${level}`;
}

function partitionValue(folder: string): string {
  const at = folder.indexOf('=');
  const value = at > 0 ? folder.slice(at + 1) : folder;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
