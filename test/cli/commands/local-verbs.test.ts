import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BIN, cleanEnvironment, datalake } from '../../support/datalake-bin';
import { handwrittenApp, newFolder, writeFiles } from '../../support/handwritten-app';

const LOCAL = ['--local', '--assembly', 'cdk.out'];
const users = (path: string) => ({ name: 'users', url: `http://127.0.0.1:1${path}` });

async function appWithRows(): Promise<string> {
  const cwd = handwrittenApp(users('/rows/3'));
  expect((await datalake(['run', ...LOCAL], { cwd })).code).toBe(0);
  return cwd;
}

describe('query', () => {
  test('answers SQL from what was extracted, as one JSON document', async () => {
    const cwd = await appWithRows();
    const { code, stdout } = await datalake(['query', ...LOCAL, '--json', 'SELECT n, who, NULLIF(n, 1) FROM users WHERE n < 2 ORDER BY n'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      columns: [{ name: 'n', type: 'integer' }, { name: 'who', type: 'varchar' }, { name: '_col2', type: 'integer' }],
      rows: [['0', 'users', '0'], ['1', 'users', null]],
    });
  });

  test("runs statements that write, and says how many rows; the lake's lock is held meanwhile", async () => {
    const cwd = await appWithRows();
    const ctas = "CREATE TABLE kept WITH (table_type = 'ICEBERG', is_external = false, location = 's3://kept/curated/kept/') AS SELECT n, who FROM users WHERE n > 0";
    expect(JSON.parse((await datalake(['query', ...LOCAL, '--json', ctas], { cwd })).stdout)).toEqual({ columns: [{ name: 'rows', type: 'bigint' }], rows: [['2']] });
    expect(await datalake(['query', ...LOCAL, 'DELETE FROM kept WHERE n = 1'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/rows[\s\S]*1/) });
    expect(JSON.parse((await datalake(['query', ...LOCAL, '--json', 'SELECT n FROM kept'], { cwd })).stdout)).toMatchObject({ rows: [['2']] });
    const lock = join(cwd, '.datalake', 'lock');
    writeFileSync(lock, JSON.stringify({ pid: process.pid }));
    expect(await datalake(['query', ...LOCAL, 'DROP TABLE kept'], { cwd })).toMatchObject({ code: 1, stderr: expect.stringMatching(/another process .* writes to this lake/) });
    expect((await datalake(['query', ...LOCAL, 'SELECT n FROM kept'], { cwd })).code).toBe(0);
  });

  test('answers a named query as a table', async () => {
    const cwd = await appWithRows();
    const { code, stdout } = await datalake(['query', ...LOCAL, '--named', 'how_many'], { cwd });
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1, 4)).toEqual(['│ total │', '├───────┤', '│     3 │']);
  });

  test('ends with 1 for a statement that fails, and keeps stdout for the document', async () => {
    const cwd = await appWithRows();
    const { code, stdout } = await datalake(['query', ...LOCAL, '--json', 'SELECT nope FROM users'], { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'COLUMN_NOT_FOUND' } });
  });

  test('ends with 2 without a statement, with two, and for an unknown named query', async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    expect((await datalake(['query', ...LOCAL], { cwd })).code).toBe(2);
    expect((await datalake(['query', ...LOCAL, 'SELECT 1', '--named', 'how_many'], { cwd })).code).toBe(2);
    expect(await datalake(['query', ...LOCAL, '--named', 'how_meny'], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/named queries: how_many/) });
  });

  test('says what to run first when there is no lake', async () => {
    const cwd = handwrittenApp(users('/rows/1'));
    expect(await datalake(['query', ...LOCAL, 'SELECT 1'], { cwd })).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no lake .*\nNext: run `datalake run --local` first/) });
  });

  test('says what to install when DuckDB is missing', async () => {
    const cwd = await appWithRows();
    // The bundle alone, away from every node_modules.
    const folder = newFolder();
    cpSync(dirname(BIN), folder, { recursive: true });
    const bin = join(folder, basename(BIN));
    const { code, stdout } = await datalake(['query', ...LOCAL, '--json', 'SELECT 1'], { cwd, bin });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'DUCKDB_MISSING', hint: expect.stringMatching(/^npm install --save-dev @duckdb\/node-api@/) });
  });
});

test('crawl shows the columns of the table it finds', async () => {
  const cwd = handwrittenApp(users('/rows/3'));
  await datalake(['invoke', ...LOCAL], { cwd });
  const { code, stdout } = await datalake(['crawl', ...LOCAL, '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).tables).toEqual([{
    source: 'users',
    database: 'lake_db',
    table: 'users',
    partitions: 1,
    columns: [{ name: 'n', type: 'int' }, { name: 'who', type: 'string' }, { name: 'ingestion_date', type: 'string' }],
  }]);
});

test('status tells of the last run and of one that was interrupted', async () => {
  const cwd = await appWithRows();
  writeFiles(join(cwd, '.datalake/s3/lake-bucket'), {
    '_runs/users/old.json': { runId: 'old', records: 5, partition: 'ingestion_date=2026-01-01' },
    '_state/users.json': { open: { runId: 'cut-off' } },
  });
  const { code, stdout } = await datalake(['status', ...LOCAL, '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).sources).toEqual([expect.objectContaining({
    source: 'users', pipeline: 'Lake/Pipeline', catalogued: true, openRun: 'cut-off', lastRun: expect.objectContaining({ runId: 'old', records: 5 }),
  })]);
});

test('clean removes the lake, and says so when there is none', async () => {
  const cwd = await appWithRows();
  expect((await datalake(['clean', '--local'], { cwd })).code).toBe(0);
  expect(existsSync(join(cwd, '.datalake'))).toBe(false);
  expect(await datalake(['clean', '--local', '--json'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/"removed":false/) });
});

test('clean works with --local only', async () => {
  expect(await datalake(['clean'], { cwd: newFolder() })).toMatchObject({ code: 2, stderr: expect.stringMatching(/add --local/) });
});

describe('a lake that another command writes to', () => {
  /** A run that does not end by itself. */
  const hangingRun = async (cwd: string) => {
    const child = spawn(process.execPath, [BIN, 'run', ...LOCAL], { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    while (!existsSync(join(cwd, '.datalake/logs/users'))) {
      await new Promise((done) => setTimeout(done, 20));
    }
    return { child, ended };
  };

  test('is refused to a second writer by pid, and is free once the first was killed', async () => {
    const cwd = handwrittenApp(users('/hang'));
    const { child, ended } = await hangingRun(cwd);
    const second = await datalake(['run', ...LOCAL, '--json'], { cwd });
    expect(second.code).toBe(1);
    expect(JSON.parse(second.stdout).error).toMatchObject({ code: 'LAKE_LOCKED', details: { pid: child.pid } });
    expect((await datalake(['clean', '--local'], { cwd })).code).toBe(1);
    child.kill('SIGKILL');
    await ended;
    expect((await datalake(['run', ...LOCAL, '--url', 'users=http://127.0.0.1:1/rows/1'], { cwd })).code).toBe(0);
  });

  test('is free again after Ctrl-C', async () => {
    const cwd = handwrittenApp(users('/hang'));
    const { child, ended } = await hangingRun(cwd);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(existsSync(join(cwd, '.datalake/lock'))).toBe(false);
    expect(JSON.parse(readFileSync(join(cwd, '.datalake/version.json'), 'utf8'))).toEqual({ version: 1 });
  });
});
