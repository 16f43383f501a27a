import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(__dirname, '../..');

/** What a consumer downloads: the archive as npm packs it from what was built, and its content. */
export interface PackedLibrary {
  /** A new folder, for the test to delete. */
  readonly folder: string;
  readonly archive: string;
  /** What the archive holds, unpacked. */
  readonly content: string;
  /** Paths of its files in there. */
  readonly files: readonly string[];
}

export function packLibrary(): PackedLibrary {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const archive = join(folder, (JSON.parse(packed) as { filename: string }[])[0].filename);
  mkdirSync(join(folder, 'unpacked'));
  execFileSync('tar', ['-xzf', archive, '-C', join(folder, 'unpacked')]);
  const content = join(folder, 'unpacked/package');
  const files = readdirSync(content, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(content.length + 1)).sort();
  return { folder, archive, content, files };
}

export const readPacked = ({ content }: PackedLibrary, path: string): string => readFileSync(join(content, path), 'utf8');
