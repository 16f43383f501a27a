import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildSync } from 'esbuild';
import { LocalAthena } from '../../cli/athena';
import { LocalCatalog } from '../../cli/catalog';
import { lastExecution } from '../../cli/lake/execution/execution-folder';
import { DataLakePipeline } from '../../src';
import { BIN, datalake, Ended } from '../support/datalake-bin';
import { HostileServer, json } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

const ROOT = resolve(__dirname, '../..');
const PEOPLE = 20;

/** Every other version has a column that no earlier one had: those runs crawl, the others add their partition. */
const people = (version: number) => Array.from({ length: PEOPLE }, (_none, id) =>
  ({ id, version, ...(version % 2 === 0 ? { [`new_${version}`]: 'x' } : {}) }));

let folder: string;
let program: string;
let api: HostileServer;
let athena: LocalAthena;
let version = 1;

beforeAll(async () => {
  api = await HostileServer.start([(...args) => json({ results: people(version) })(...args)]);
  folder = mkdtempSync(join(tmpdir(), 'workflow-kill-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  new DataLakePipeline(stack, 'Users', { databaseName: 'users_db', sources: [usersSource()] });
  App.of(stack)!.synth();
  program = join(folder, 'dying-run.js');
  buildSync({
    entryPoints: [join(ROOT, 'test/support/programs/dying-run.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['@duckdb/node-api'],
    logLevel: 'error',
  });
  athena = await LocalAthena.open({ catalog: new LocalCatalog(join(folder, 'lake/catalog')), bucketRoot: join(folder, 'lake/s3') });
  copyFileSync(join(BIN, '../bootstrap.js'), join(folder, 'bootstrap.js'));
}, 120_000);

afterAll(async () => {
  await athena.close();
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (env: Record<string, string> = {}): Promise<Ended> => datalake(
  ['run', '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', '--url', `users=${api.origin}/`],
  { cwd: folder, bin: program, env: { NODE_PATH: join(ROOT, 'node_modules'), ...env } },
);

/** Who is in the table, and of which version, as Athena has it. */
const table = async () => (await athena.query('SELECT id, version FROM users_db.users ORDER BY id')).rows;

const whole = (of: number) => Array.from({ length: PEOPLE }, (_none, id) => [String(id), String(of)]);

const columns = (): string[] => (JSON.parse(readFileSync(join(folder, 'lake/catalog/users_db/users.json'), 'utf8')) as
  { table: { StorageDescriptor: { Columns: { Name: string }[] } } }).table.StorageDescriptor.Columns.map(({ Name }) => Name);

/** Both ways share the states up to `Inspect the table`: the second one need not be killed there again. */
const WAYS = { 'with a crawl': { parity: 0, from: 1 }, 'without a crawl': { parity: 1, from: 10 } };

test.each(Object.entries(WAYS))('a run %s, killed between any two states, leaves a whole table, and the next run makes it the new one', async (_way, { parity, from }) => {
  expect((await run()).code).toBe(0);
  const states: string[] = [];
  for (let n = from, survived = false; !survived; n++) {
    const before = version;
    version += (version + parity) % 2 === 0 ? 2 : 1;
    survived = (await run({ DIE_AT_STATE: String(n) })).code === 0;
    if (!survived) {
      const killed = lastExecution(join(folder, 'lake/runs'), 'users');
      expect(killed).toMatchObject({ status: 'ABORTED' });
      states.push((killed?.events.at(-1) as { name?: string }).name ?? '');
      expect([whole(before), whole(version)]).toContainEqual(await table());

      expect(await run()).toMatchObject({ code: 0 });
    }
    expect(await table()).toEqual(whole(version));
    expect(lastExecution(join(folder, 'lake/runs'), 'users')).toMatchObject({ status: 'SUCCEEDED' });
  }
  expect(columns().includes(`new_${version}`)).toBe(parity === 0);
  const way = parity === 0 ? ['Claim the run', 'Extract', 'Start the crawler', 'Add what the crawler missed'] : ['Add the partition'];
  expect(states).toEqual(expect.arrayContaining([...way, 'Tell of the completion', 'Succeeded']));
}, 600_000);
