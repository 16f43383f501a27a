import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataFile } from './stored-rows';
import { resolve, WriteContext } from './write-context';
import { LocalTable } from '../table/local-table';
import { scanSql } from '../table/scan-table';
import { localPath } from '../table/table-metadata';
import { NamedTable } from '../token-reader';

/** Athena's default of `vacuum_max_snapshot_age_seconds`. */
const MAX_SNAPSHOT_AGE_SECONDS = 432_000;

/** OPTIMIZE ... BIN_PACK: all files become one; the rows stay the same. */
export async function optimize(named: NamedTable, context: WriteContext): Promise<void> {
  const table = LocalTable.load(context.options, resolve(context, named));
  if (table.metadata.files.length > 1) {
    const rows = context.engine.workName('rows');
    await context.engine.run(`CREATE VIEW ${rows} AS ${scanSql(context.options.bucketRoot, table.metadata).sql}`);
    table.commit('replace', { files: await writeDataFile(context, table.metadata, rows) });
  }
}

/** VACUUM: removes files that the present snapshot does not need, once they are old enough that no statement reads them. */
export function vacuum(named: NamedTable, context: WriteContext): void {
  const { bucketRoot, catalog } = context.options;
  const name = resolve(context, named);
  const { metadata } = LocalTable.load(context.options, name);
  const age = Number(metadata.properties.vacuum_max_snapshot_age_seconds ?? MAX_SNAPSHOT_AGE_SECONDS);
  const present = catalog.getTable(name.database, name.table)?.Parameters?.metadata_location ?? '';
  const needed = new Set([present, ...metadata.files.map((file) => file.location)].map((location) => localPath(bucketRoot, location)));
  for (const part of ['data', 'metadata']) {
    const folder = localPath(bucketRoot, `${metadata.location}/${part}`);
    for (const path of filesIn(folder)) {
      if (!needed.has(path) && Date.now() - statSync(path).mtimeMs > age * 1000) {
        rmSync(path, { force: true });
      }
    }
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
