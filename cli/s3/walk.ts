import { Dirent, readdirSync } from 'fs';
import { join } from 'path';
import { BESIDE_FOLDER, decodeName, keyToPath, prefixFolder } from './key-path';

/** S3 sorts keys by their UTF-8 bytes; JavaScript's `<` compares UTF-16 units. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Where a walk stands; the reader may move it forward while it walks. */
export interface Cursor {
  /** Only keys after this one. */
  after: string;
  /** Leave out keys that start so: they are rolled up in a common prefix that was already given. */
  skip?: string;
}

interface Node {
  /** The key of a file; the prefix, with `/`, of everything in a folder. */
  readonly key: string;
  /** Relative to the bucket's folder. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** The keys under a prefix in S3's order; folders that hold nothing of interest are not read. */
export function* walkKeys(bucketFolder: string, prefix: string, cursor: Cursor): Generator<string> {
  const start = prefixFolder(prefix);
  for (const key of walkFolder(bucketFolder, start.folder, start.keyPrefix, cursor, prefix)) {
    if (key.startsWith(prefix) && wanted(key, cursor)) yield key;
  }
}

function* walkFolder(bucketFolder: string, path: string, keyPrefix: string, cursor: Cursor, prefix: string): Generator<string> {
  const nodes = nodesOf(bucketFolder, path, keyPrefix).sort((a, b) => compareKeys(a.key, b.key));
  for (const node of nodes) {
    if (!node.isFolder) {
      yield node.key;
    } else if (mayHold(node.key, cursor, prefix)) {
      yield* walkFolder(bucketFolder, node.path, node.key, cursor, prefix);
    }
  }
}

function wanted(key: string, { after, skip }: Cursor): boolean {
  return (after === '' || compareKeys(key, after) > 0) && !(skip !== undefined && key.startsWith(skip));
}

function mayHold(folderKey: string, cursor: Cursor, prefix: string): boolean {
  if (!folderKey.startsWith(prefix) && !prefix.startsWith(folderKey)) return false;
  if (cursor.skip !== undefined && folderKey.startsWith(cursor.skip)) return false;
  return cursor.after.startsWith(folderKey) || compareKeys(folderKey, cursor.after) > 0;
}

/** Files and folders with the keys they stand for; a folded segment's folders are taken together with their neighbours. */
function nodesOf(bucketFolder: string, path: string, keyPrefix: string): Node[] {
  return readFolder(join(bucketFolder, path)).flatMap((entry): Node[] => {
    const isFolder = entry.isDirectory();
    if (!isFolder && !entry.isFile()) return [];
    const { text, continues } = decodeName(entry.name, isFolder);
    const childPath = path === '' ? entry.name : `${path}/${entry.name}`;
    const key = keyPrefix + text;
    if (continues) return nodesOf(bucketFolder, childPath, key);
    if (isFolder) return [{ key: `${key}/`, path: childPath, isFolder }];
    return isOurs(key, childPath) ? [{ key, path: childPath, isFolder }] : [];
  });
}

/** A file that another hand named in a way that no key is stored under cannot be read as an object. */
function isOurs(key: string, path: string): boolean {
  if (key === '') return false;
  try {
    const expected = keyToPath(key);
    return path === expected || path === expected + BESIDE_FOLDER;
  } catch {
    return false;
  }
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    // The folder of a prefix that nothing has, or whose name is an object.
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
