import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GluePartition, GlueTable } from './glue-table';
import { CommandError } from '../errors';
import { LakeLock } from '../lake/lake-lock';

interface StoredTable {
  readonly table: GlueTable;
  readonly partitions: readonly GluePartition[];
}

const NAME = /^[a-z0-9_][a-z0-9_-]{0,254}$/;

/** The local Glue Data Catalog: one JSON file a table, `<folder>/<database>/<table>.json`, replaced as a whole. */
export class LocalCatalog {
  constructor(readonly folder: string) {}

  listDatabases(): string[] {
    return this.entries(this.folder, true);
  }

  /** Makes a database that holds no table yet; one that exists stays as it is. */
  createDatabase(database: string): void {
    mkdirSync(join(this.folder, checked('database', database)), { recursive: true });
  }

  listTables(database: string): string[] {
    return this.entries(join(this.folder, checked('database', database)), false).map((file) => file.slice(0, -'.json'.length));
  }

  getTable(database: string, table: string): GlueTable | undefined {
    return this.read(database, table)?.table;
  }

  /** Creates or replaces a table; its partitions stay. */
  putTable(database: string, table: GlueTable): void {
    const partitions = this.read(database, table.Name)?.partitions ?? [];
    this.write(database, { table: { ...table, DatabaseName: database }, partitions });
  }

  /**
   * Changes a table only when it still is what the caller read, as Glue's UpdateTable does with a `VersionId`.
   *
   * @param next the table's successor; undefined drops it.
   * @returns false when another writer came first; then nothing is changed.
   */
  replaceTable(database: string, name: string, isCurrent: (present: GlueTable | undefined) => boolean, next: GlueTable | undefined): boolean {
    mkdirSync(join(this.folder, checked('database', database)), { recursive: true });
    const lock = tryLock(`${this.file(database, name)}.lock`);
    if (!lock) {
      return false;
    }
    try {
      if (!isCurrent(this.getTable(database, name))) {
        return false;
      }
      if (next) {
        this.putTable(database, next);
      } else {
        this.deleteTable(database, name);
      }
      return true;
    } finally {
      lock.release();
    }
  }

  deleteTable(database: string, table: string): void {
    rmSync(this.file(database, table), { force: true });
  }

  getPartitions(database: string, table: string): readonly GluePartition[] {
    return this.read(database, table)?.partitions ?? [];
  }

  /** Adds the partitions that the table does not have; returns how many were new. */
  addPartitions(database: string, table: string, partitions: readonly GluePartition[]): number {
    const stored = this.read(database, table);
    if (!stored) {
      throw new Error(`table ${database}.${table} does not exist: create it before its partitions`);
    }
    const keyOf = (partition: GluePartition) => JSON.stringify(partition.Values);
    const known = new Map(stored.partitions.map((partition) => [keyOf(partition), partition]));
    const before = known.size;
    for (const partition of partitions) {
      if (!known.has(keyOf(partition))) {
        known.set(keyOf(partition), partition);
      }
    }
    if (known.size > before) {
      this.write(database, { ...stored, partitions: [...known.values()].sort(byValues) });
    }
    return known.size - before;
  }

  private read(database: string, table: string): StoredTable | undefined {
    const file = this.file(database, table);
    if (!existsSync(file)) {
      return undefined;
    }
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as StoredTable;
    } catch (error) {
      throw new Error(`the catalogue file ${file} is not JSON (${(error as Error).message}): delete it and crawl again`);
    }
  }

  private write(database: string, stored: StoredTable): void {
    const file = this.file(database, stored.table.Name);
    mkdirSync(dirname(file), { recursive: true });
    // A reader sees the old file or the new one, never a half.
    const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    writeFileSync(temporary, JSON.stringify(stored, null, 2) + '\n');
    renameSync(temporary, file);
  }

  private file(database: string, table: string): string {
    return join(this.folder, checked('database', database), `${checked('table', table)}.json`);
  }

  private entries(folder: string, folders: boolean): string[] {
    if (!existsSync(folder)) {
      return [];
    }
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (folders ? entry.isDirectory() : entry.isFile() && entry.name.endsWith('.json')))
      .map((entry) => entry.name)
      .sort();
  }
}

/** Undefined while another process holds it; the lock of a dead process is taken over. */
function tryLock(path: string): LakeLock | undefined {
  try {
    return LakeLock.acquire(path);
  } catch (error) {
    if (error instanceof CommandError && error.code === 'LAKE_LOCKED') {
      return undefined;
    }
    throw error;
  }
}

function checked(kind: string, name: string): string {
  if (!NAME.test(name)) {
    throw new Error(`"${name}" is not a ${kind} name: use lower-case letters, digits, "_" and "-"`);
  }
  return name;
}

function byValues(a: GluePartition, b: GluePartition): number {
  const [left, right] = [a.Values.join('/'), b.Values.join('/')];
  return left < right ? -1 : Number(left > right);
}
