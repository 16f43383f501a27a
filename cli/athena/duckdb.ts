import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal } from './column-type';
import { prelude } from './prelude';

type DuckDb = typeof import('@duckdb/node-api');

/** The version that the project is tested with. */
export const DUCKDB_PACKAGE = '@duckdb/node-api@1.5.5-r.5';

/**
 * Loads DuckDB when a query needs it: 70 MB that the other commands do without. It is looked for beside the
 * app first, where the person installs it, then beside this package.
 */
export function loadDuckDb(folders: readonly string[] = [process.cwd(), __dirname]): DuckDb {
  let reason: unknown;
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'from.js'))('@duckdb/node-api') as DuckDb;
    } catch (error) {
      reason ??= error;
    }
  }
  const text = String((reason as Error).message).split('\n')[0];
  throw new Error(`local queries need DuckDB, which cannot be loaded (${text}). Install it beside your app: npm install --save-dev ${DUCKDB_PACKAGE}`, { cause: reason });
}

export interface DuckDbSession {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

/**
 * A database in memory that reaches no network and no file but those below the folders.
 *
 * @param folder where it may also put what does not fit in memory.
 */
export async function openDuckDb(folder: string, ...others: string[]): Promise<DuckDbSession> {
  const duckdb = loadDuckDb();
  const instance = await duckdb.DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
  const connection = await instance.connect();
  await connection.run("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'; SET TimeZone = 'UTC'; SET preserve_insertion_order = true");
  await connection.run(prelude().join(';\n'));
  const folders = [folder, ...others].map(literal).join(', ');
  await connection.run(`SET temp_directory = ${literal(join(folder, 'spill'))}; SET allowed_directories = [${folders}]; SET enable_external_access = false; SET lock_configuration = true`);
  return { instance, connection };
}
