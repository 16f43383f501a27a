import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Cataloguing, Contract, DataLakePipeline, JsonSchema, QualityRule, TableColumn, Transform, TransformMode } from '../../src';
import { datalake } from '../support/datalake-bin';
import { HostileServer, raw } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

let folder: string;
let api: HostileServer;

const CONTRACT = Contract.evolve(JsonSchema.fromObject({
  type: 'object',
  properties: { id: { type: 'integer' }, address: { type: ['object', 'null'], properties: { date: { type: 'string' }, geo: { type: 'object', properties: { lat: { type: 'number' } } } } } },
}));

/** Synthesizes the app: as its contract has it, or with columns of its own. */
function synthesize(columns?: TableColumn[]): void {
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  new DataLakePipeline(stack, 'Users', {
    databaseName: 'users_db',
    cataloguing: Cataloguing.explicit({ columns }),
    sources: [usersSource({ contract: CONTRACT, quality: [QualityRule.isComplete('id')] })],
    transforms: [Transform.sql('users_latest', {
      query: "SELECT id, address.date AS day FROM users WHERE ingestion_date = '{{ingestion_date}}'", mode: TransformMode.fullRefresh(),
    })],
  });
  App.of(stack)!.synth();
}

beforeAll(async () => {
  const records = '{"id":98765432109876543210987,"address":{"date":"2026-01-02","geo":{"lat":1.5}},"late":true},{"id":2,"address":null}';
  api = await HostileServer.start([raw(`{"results":[${records}]}`)]);
  folder = mkdtempSync(join(tmpdir(), 'explicit-'));
  synthesize();
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const command = (verb: string, ...args: string[]) => datalake([verb, '--local', '--assembly', 'cdk.out', '--lake', 'lake', ...args], { cwd: folder });
const local = async (verb: string, ...args: string[]) => {
  const { code, stdout } = await command(verb, '--json', ...args);
  return { code, json: JSON.parse(stdout) };
};
const rows = async (sql: string) => (await local('query', sql)).json.rows;

test('a run needs no crawl, and warns of what the table does not show', async () => {
  const { stderr } = await command('run', '--url', `users=${api.origin}/`);
  expect(stderr.match(/late is stored and not declared/g)).toHaveLength(1);
  const { code, json } = await local('run', '--url', `users=${api.origin}/`);
  expect(code).toBe(0);
  expect(json.runs).toEqual([expect.objectContaining({
    records: 2, catalogue: 'declared', warnings: ['late is stored and not declared: the table has no such column; declare it, as boolean'],
  })]);
  expect(existsSync(join(folder, 'lake/crawlers.json'))).toBe(false);
});

test('queries see the projected partition, integers of any size and nested fields', async () => {
  expect(await rows('SELECT id, address.date, address.geo.lat FROM users_db.users ORDER BY id')).toEqual([['2', null, null], ['98765432109876543210987', '2026-01-02', '1.5']]);
  const today = new Date().toISOString().slice(0, 10);
  expect(await rows('SELECT DISTINCT ingestion_date FROM users')).toEqual([[today]]);
  expect(await rows("SELECT count(*) FROM users WHERE ingestion_date = '2019-12-31'")).toEqual([['0']]);
});

test('transforms read the declared table', async () => {
  expect(await rows('SELECT id, day FROM users_latest ORDER BY id')).toEqual([['2', null], ['98765432109876543210987', '2026-01-02']]);
});

test('a crawl has nothing to do, and says so', async () => {
  const { code, json } = await local('crawl', 'users');
  expect(code).toBe(0);
  expect((await command('crawl', 'users')).stderr).toContain('table users_db.users is declared in the template (Cataloguing.explicit()), its partitions are projected: there is nothing to crawl');
  expect(json.tables).toEqual([expect.objectContaining({
    table: 'users', columns: [{ name: 'id', type: 'decimal(38,0)' }, { name: 'address', type: 'struct<date:string,geo:struct<lat:double>>' }, { name: 'ingestion_date', type: 'string' }],
  })]);
});

test('status knows the table', async () => {
  expect((await local('status')).json.sources).toEqual([expect.objectContaining({ database: 'users_db', table: 'users', catalogued: true })]);
});

test('columns that are declared later show what was stored before, without another run', async () => {
  synthesize([{ name: 'id', type: 'string' }, { name: 'late', type: 'boolean' }]);
  expect(await rows('SELECT id, late FROM users ORDER BY id')).toEqual([['2', null], ['98765432109876543210987', 'true']]);
  const stored = JSON.parse(readFileSync(join(folder, 'lake/catalog/users_db/users.json'), 'utf8'));
  expect(stored.table.StorageDescriptor.Columns).toEqual([{ Name: 'id', Type: 'string' }, { Name: 'late', Type: 'boolean' }]);
});
