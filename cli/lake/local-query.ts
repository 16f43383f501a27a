import { deploy } from './deploy-catalogue';
import { LakeFolder } from './lake-folder';
import { withLock } from './local-lake';
import { Pipeline, Statement } from '../assembly/lake-model';
import { AthenaQueryError, changesLake, DUCKDB_PACKAGE, LocalAthena } from '../athena';
import { LocalCatalog } from '../catalog';
import { CommandError, errnoOf, messageOf } from '../errors';
import { QueryReport } from '../render/results';

/** Answers Athena's SQL from the files of the lake; a statement that changes it holds the lake's lock. */
export async function queryLocally(pipeline: Pipeline, statement: Statement, { lake }: { lake: LakeFolder }): Promise<QueryReport> {
  lake.require();
  deploy(pipeline, new LocalCatalog(lake.catalog));
  return changesLake(statement.sql) ? withLock(lake, () => run(statement, lake)) : run(statement, lake);
}

async function run(statement: Statement, lake: LakeFolder): Promise<QueryReport> {
  const athena = await openAthena(lake, statement.database);
  try {
    return { kind: 'query', ...await athena.query(statement.sql) };
  } catch (error) {
    throw error instanceof AthenaQueryError ? failed(error) : error;
  } finally {
    await athena.close();
  }
}

/** @param database of table names without one. */
export async function openAthena(lake: LakeFolder, database?: string): Promise<LocalAthena> {
  try {
    return await LocalAthena.open({ catalog: new LocalCatalog(lake.catalog), bucketRoot: lake.s3, database });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'].includes(errnoOf(cause) ?? '')) {
      throw error;
    }
    throw new CommandError('DUCKDB_MISSING', messageOf(error), { hint: `npm install --save-dev ${DUCKDB_PACKAGE}`, cause: error });
  }
}

function failed(error: AthenaQueryError): CommandError {
  const missing = ['TABLE_NOT_FOUND', 'SCHEMA_NOT_FOUND'].includes(error.code) && !error.message.includes('Did you mean');
  const hint = missing ? 'run `datalake run --local`, or `datalake crawl --local` when data is stored already' : undefined;
  return new CommandError(error.code, error.message, { hint, cause: error });
}
