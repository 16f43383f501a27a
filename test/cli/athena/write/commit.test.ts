import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { LocalAthena } from '../../../../cli/athena';
import { DATABASE, TestLake } from '../lake';

const ROOT = join(__dirname, '../../../..');

let lake: TestLake;
const sessions: LocalAthena[] = [];

beforeEach(async () => {
  lake = new TestLake();
  lake.catalog.createDatabase(DATABASE);
  await lake.query("CREATE TABLE t (id int, v string) LOCATION 's3://lake/t/' TBLPROPERTIES ('table_type'='ICEBERG', 'vacuum_max_snapshot_age_seconds'='60')");
  await lake.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
});

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((one) => one.close()));
  await lake.close();
});

async function session(): Promise<LocalAthena> {
  const opened = await LocalAthena.open({ catalog: lake.catalog, bucketRoot: lake.bucketRoot, database: DATABASE });
  sessions.push(opened);
  return opened;
}

const rows = () => lake.rows('SELECT id, v FROM t ORDER BY id, v');
const dataFiles = () => readdirSync(join(lake.bucketRoot, 'lake/t/data'));

test('what was written is there after a restart', async () => {
  expect((await (await session()).query('SELECT count(*) FROM t')).rows).toEqual([['2']]);
});

test('of two statements that change rows at the same time one fails, and says that it can be tried again', async () => {
  const [one, two] = [await session(), await session()];
  const ended = await Promise.all([
    one.execute({ sql: "UPDATE t SET v = 'one' WHERE id = 1" }),
    two.execute({ sql: "MERGE INTO t USING (SELECT 1 AS k) s ON id = k WHEN MATCHED THEN UPDATE SET v = 'two'" }),
  ]);
  const failed = ended.filter(({ state }) => state === 'FAILED');
  expect(failed).toHaveLength(1);
  expect(failed[0].stateChangeReason).toBe(`ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: ${DATABASE}.t: another statement changed it meanwhile; run the statement again`);
  expect(failed[0].athenaError).toMatchObject({ errorCategory: 2, errorType: 233, retryable: true });
  expect([[['1', 'one'], ['2', 'b']], [['1', 'two'], ['2', 'b']]]).toContainEqual(await rows());
});

test('appends at the same time all succeed', async () => {
  const open = await Promise.all([session(), session(), session()]);
  await Promise.all(open.map((one, i) => one.query(`INSERT INTO t VALUES (${10 + i}, 'x')`)));
  expect(await rows()).toEqual([['1', 'a'], ['2', 'b'], ['10', 'x'], ['11', 'x'], ['12', 'x']]);
});

test('statements of one session run one after the other', async () => {
  const one = await session();
  await Promise.all(['c', 'd', 'e'].map((v) => one.query(`UPDATE t SET v = v || '${v}'`)));
  expect(await rows()).toEqual([['1', 'acde'], ['2', 'bcde']]);
});

test('a statement that fails half way changes nothing', async () => {
  const before = lake.catalog.getTable(DATABASE, 't');
  await expect(lake.query('UPDATE t SET id = 1 / (id - 2)')).rejects.toThrow('DIVISION_BY_ZERO');
  await expect(lake.query("MERGE INTO t USING (VALUES (1, 'x'), (3, 'y')) AS s(k, v) ON id = k WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1/0, s.v)")).rejects.toThrow('DIVISION_BY_ZERO');
  expect(lake.catalog.getTable(DATABASE, 't')).toEqual(before);
  expect(await rows()).toEqual([['1', 'a'], ['2', 'b']]);
});

describe('a statement that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  const bundle = join(folder, 'athena.js');

  beforeAll(() => build({
    stdin: { contents: "export * from './cli/athena'; export * from './cli/catalog';", resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    target: 'node20',
    outfile: bundle,
    logLevel: 'silent',
  }));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a statement in another process, which dies right before or right after the commit. */
  const killed = (sql: string, when: 'before' | 'after') => spawnSync(process.execPath, ['-e', `
    const { LocalAthena, LocalCatalog } = require(${JSON.stringify(bundle)});
    const write = LocalCatalog.prototype.putTable;
    LocalCatalog.prototype.putTable = function (...args) {
      if (${when === 'after'}) write.apply(this, args);
      process.kill(process.pid, 'SIGKILL');
    };
    LocalAthena.open({ catalog: new LocalCatalog(${JSON.stringify(lake.catalog.folder)}), bucketRoot: ${JSON.stringify(lake.bucketRoot)}, database: ${JSON.stringify(DATABASE)} })
      .then((athena) => athena.query(${JSON.stringify(sql)})).then(() => process.exit(0), (error) => { console.error(error); process.exit(3); });`],
  { cwd: ROOT, encoding: 'utf8' });

  const DELETE = 'DELETE FROM t WHERE id = 1';

  test('before the commit leaves the old rows, and the next statement runs', async () => {
    expect(killed(DELETE, 'before')).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    expect(dataFiles()).toHaveLength(2); // the new file is there, and no snapshot names it
    expect(await rows()).toEqual([['1', 'a'], ['2', 'b']]);
    await lake.query(DELETE);
    expect(await rows()).toEqual([['2', 'b']]);
  });

  test('after the commit leaves the new rows', async () => {
    expect(killed(DELETE, 'after')).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    expect(await rows()).toEqual([['2', 'b']]);
    await lake.query("INSERT INTO t VALUES (3, 'c')");
    expect(await rows()).toEqual([['2', 'b'], ['3', 'c']]);
  });
});

describe('upkeep', () => {
  test('OPTIMIZE makes one file of many and changes no row', async () => {
    await lake.query("INSERT INTO t VALUES (3, 'c')");
    const before = await rows();
    await lake.query('OPTIMIZE t REWRITE DATA USING BIN_PACK WHERE id > 1');
    expect(await rows()).toEqual(before);
    expect((await lake.query('SELECT * FROM t')).scannedBytes).toBeGreaterThan(0);
    expect(dataFiles()).toHaveLength(3);
  });

  test('VACUUM removes what no snapshot needs, once it is old', async () => {
    await lake.query("UPDATE t SET v = 'z'");
    await lake.query('VACUUM t');
    expect(dataFiles()).toHaveLength(2);
    const old = Date.now() / 1000 - 3600;
    for (const part of ['data', 'metadata']) {
      const folder = join(lake.bucketRoot, 'lake/t', part);
      readdirSync(folder).forEach((name) => utimesSync(join(folder, name), old, old));
    }
    await lake.query('VACUUM t');
    expect(dataFiles()).toHaveLength(1);
    expect(readdirSync(join(lake.bucketRoot, 'lake/t/metadata'))).toHaveLength(1);
    expect(await rows()).toEqual([['1', 'z'], ['2', 'z']]);
  });

  test('a file that is gone is named', async () => {
    rmSync(join(lake.bucketRoot, 'lake/t/data'), { recursive: true });
    await expect(lake.query('SELECT * FROM t')).rejects.toThrow(/ICEBERG_CANNOT_OPEN_SPLIT: Error opening Iceberg split s3:\/\/lake\/t\/data\/.*\.parquet: the file is gone/);
  });
});

describe('what a caller learns of a statement', () => {
  test.each([
    ['SELECT 1', 'DML'], ["INSERT INTO t VALUES (9, 'n')", 'DML'], ['DROP TABLE t', 'DDL'], ['ALTER TABLE t ADD COLUMNS (n int)', 'DDL'], ['SHOW TABLES', 'UTILITY'],
  ])('%s is of the type %s', async (sql, statementType) => {
    expect(await (await session()).execute({ sql })).toMatchObject({ statementType, state: 'SUCCEEDED' });
  });

  test('a failure is told as GetQueryExecution does', async () => {
    expect(await (await session()).execute({ sql: 'SELECT nosuch FROM t' })).toEqual({
      statementType: 'DML',
      state: 'FAILED',
      stateChangeReason: "COLUMN_NOT_FOUND: line 1:8: Column 'nosuch' cannot be resolved",
      athenaError: { errorCategory: 2, errorType: 1000, retryable: false, errorMessage: "COLUMN_NOT_FOUND: line 1:8: Column 'nosuch' cannot be resolved" },
    });
  });

  test('the database of a request goes before that of the session', async () => {
    lake.catalog.createDatabase('other');
    expect(await (await session()).execute({ sql: 'SELECT * FROM t', database: 'other' })).toMatchObject({ state: 'FAILED', stateChangeReason: expect.stringContaining('awsdatacatalog.other.t') });
  });
});
