import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRecordedApi } from '../../examples/randomuser/recorded-api';
import { PackedLibrary, packLibrary, REPOSITORY } from '../support/packed-library';

interface Outcome { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** A process as a person starts it, with nothing of this repository's on its path. */
async function run(command: string, args: string[], cwd: string): Promise<Outcome> {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, { cwd, env: { PATH: PATH?.split(':').filter((entry) => !entry.includes('node_modules')).join(':'), HOME } });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, stdout: out.join(''), stderr: err.join('') };
}

const version = (name: string): string => (JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
}).devDependencies[name];

/** The ten lines of the README, as JavaScript, so that a consumer needs no TypeScript. */
const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { DataLakePipeline, Pagination, Source } = require('cdk-data-lake-pipeline');

const app = new App();
const stack = new Stack(app, 'Users');

new DataLakePipeline(stack, 'Users', {
  databaseName: 'users_db',
  sources: [Source.http('randomuser', {
    url: 'https://randomuser.me/api/?results=500', records: '$.results', pagination: Pagination.pageNumber({ param: 'page', maxPages: 4 }),
  })],
});
`;

describe('the packed library in a new folder', () => {
  let folder: string;
  let packed: PackedLibrary;
  let api: Awaited<ReturnType<typeof startRecordedApi>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    api = await startRecordedApi();
    packed = packLibrary();
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    const installed = await run('npm', [
      'install', '--no-audit', '--no-fund', '--prefer-offline', packed.archive,
      ...['aws-cdk-lib', 'constructs', '@duckdb/node-api', 'ts-node', 'typescript', '@types/node'].map((name) => `${name}@${version(name)}`),
    ], folder);
    expect({ code: installed.code, said: installed.stderr }).toEqual({ code: 0, said: expect.any(String) });
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.js' }));
    writeFileSync(join(folder, 'app.js'), APP);
  }, 300_000);

  afterAll(async () => {
    await api.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(packed.folder, { recursive: true, force: true });
  });

  const datalake = (...args: string[]) => run(join(folder, 'node_modules/.bin/datalake'), args, folder);
  const total = async () => JSON.parse((await datalake('query', '--local', '--json', 'SELECT count(*) FROM users_db.randomuser')).stdout) as unknown;

  test('synthesizes without esbuild, and runs on the laptop: 2,000 rows, and still 2,000 after a second run', async () => {
    for (const attempt of [1, 2]) {
      const outcome = await datalake('run', '--local', '--json', '--url', `randomuser=${api.url}`);
      expect({ code: outcome.code, said: outcome.stderr }).toEqual({ code: 0, said: expect.any(String) });
      expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: true, runs: [{ source: 'randomuser', records: 2000, quarantined: 0, pages: 4 }] });
      expect({ attempt, ...await total() as object }).toEqual({ attempt, columns: [{ name: '_col0', type: 'bigint' }], rows: [['2000']] });
    }
  });

  test('a source that fails leaves the table as it was, and says what to do', async () => {
    const outcome = await datalake('run', '--local', '--json', '--url', 'randomuser=http://127.0.0.1:9/');

    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false });
    expect(outcome.stderr + outcome.stdout).toContain('CONNECTION_REFUSED');
    expect(await total()).toMatchObject({ rows: [['2000']] });
  });

  test('the shipped example runs from a copy of its folder', async () => {
    const example = join(folder, 'example');
    cpSync(join(folder, 'node_modules/cdk-data-lake-pipeline/examples/randomuser'), example, { recursive: true });
    const ran = await run(join(folder, 'node_modules/.bin/datalake'), ['run', '--local', '--json', '--url', `randomuser=${api.url}`], example);
    expect({ code: ran.code, said: ran.stderr }).toEqual({ code: 0, said: expect.any(String) });

    const queries = ['total_users', 'users_by_country', 'sample_users'];
    const headers: string[][] = [];
    for (const name of queries) {
      const { stdout } = await run(join(folder, 'node_modules/.bin/datalake'), ['query', '--local', '--json', '--named', name], example);
      headers.push((JSON.parse(stdout) as { columns: { name: string }[] }).columns.map((column) => column.name));
    }
    expect(headers).toEqual([['total_users'], ['country', 'users_count'], ['first', 'last', 'email', 'country']]);
  });
});
