import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { prelude } from './prelude';
import { doubleText } from './print-value';

type DuckDb = typeof import('@duckdb/node-api');

/** The version that the project is tested with. */
export const DUCKDB_PACKAGE = '@duckdb/node-api@1.5.6-r.1';

/** Loads DuckDB when a query needs it: 70 MB that the other commands do without. */
export async function loadDuckDb(load: () => Promise<DuckDb> = () => import('@duckdb/node-api')): Promise<DuckDb> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`local queries need DuckDB, which is not installed (${reason}). Install it beside your app: npm install --save-dev ${DUCKDB_PACKAGE}`, { cause: error });
  }
}

export interface DuckDbSession {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

/** A database in memory that reaches no network and reads no file but those below `folder`. */
export async function openDuckDb(folder: string): Promise<DuckDbSession> {
  const duckdb = await loadDuckDb();
  const instance = await duckdb.DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
  const connection = await instance.connect();
  connection.registerScalarFunction(duckdb.DuckDBScalarFunction.create({
    name: 't_double_text',
    parameterTypes: [duckdb.DOUBLE],
    returnType: duckdb.VARCHAR,
    mainFunction: (_info, input, output) => {
      const values = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row++) {
        const value = values.getItem(row) as number | null;
        output.setItem(row, value === null ? null : doubleText(value));
      }
      output.flush();
    },
  }));
  await connection.run("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'; SET TimeZone = 'UTC'; SET preserve_insertion_order = true");
  await connection.run(prelude().join(';\n'));
  await connection.run(`SET allowed_directories = ['${folder.replace(/'/g, "''")}']; SET enable_external_access = false; SET lock_configuration = true`);
  return { instance, connection };
}
