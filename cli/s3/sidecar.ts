import { BigIntStats, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'fs';
import { dirname } from 'path';
import type { Checksum } from './checksum';

/** What a client may say about an object and gets back with it. */
export interface ObjectFacts {
  readonly contentType?: string;
  /** content-encoding, cache-control and the like, by lower-case header name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectEntry extends ObjectFacts {
  /** Without quotes. */
  readonly etag: string;
  readonly checksum?: Checksum;
}

/** Ties an entry to one version of the data file: a rename keeps all three. */
interface FileIdentity {
  readonly size: string;
  readonly mtimeNs: string;
  readonly inode: string;
}

interface Sidecar {
  /** The newest first. Two while an overwrite is under way: the data file's identity says which one holds. */
  readonly entries: (ObjectEntry & { readonly file: FileIdentity })[];
}

const identity = (stats: BigIntStats): FileIdentity =>
  ({ size: String(stats.size), mtimeNs: String(stats.mtimeNs), inode: String(stats.ino) });

/** The entry that describes this very data file, or undefined when the file was put there by another hand. */
export function readEntry(path: string, stats: BigIntStats): ObjectEntry | undefined {
  return matching(path, identity(stats));
}

/**
 * Announces an entry before its data file is renamed into place. The entry of the present data stays beside it, so a
 * process killed between the two renames leaves the old object whole.
 */
export function writeEntry(path: string, temporary: string, entry: ObjectEntry, stats: BigIntStats, present: BigIntStats | undefined): void {
  const old = present && matching(path, identity(present));
  const sidecar: Sidecar = { entries: [{ ...entry, file: identity(stats) }, ...old ? [old] : []] };
  writeFileSync(temporary, JSON.stringify(sidecar));
  mkdirSync(dirname(path), { recursive: true });
  renameSync(temporary, path);
}

export const removeEntry = (path: string): void => rmSync(path, { force: true });

function matching(path: string, file: FileIdentity): Sidecar['entries'][number] | undefined {
  let sidecar: Sidecar;
  try {
    sidecar = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // none, or a damaged one: the data file is what counts
  }
  if (!Array.isArray(sidecar?.entries)) return undefined;
  const same = sidecar.entries.filter((entry) => entry?.file?.size === file.size && entry.file.mtimeNs === file.mtimeNs);
  // A copied lake has other inodes; they only decide between two files of one size and one instant.
  return same.find((entry) => entry.file.inode === file.inode) ?? same[0];
}
