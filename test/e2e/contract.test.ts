import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App } from 'aws-cdk-lib';
import { Contract, DataLakePipeline, JsonSchema } from '../../src';
import { datalake } from '../support/datalake-bin';
import { HostileServer, raw } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

const BUNDLE = join(__dirname, '../../assets/extractor/index.js');

let folder: string;
let api: HostileServer;

beforeAll(async () => {
  api = await HostileServer.start([raw('{"results":[{"id":1},{"id":9007199254740993123},{"id":"three"}]}')]);
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const contract = Contract.freeze(JsonSchema.fromObject({ properties: { id: { type: 'integer' } } }), { maxQuarantineRatio: 0.5 });
  new DataLakePipeline(stack, 'Users', { databaseName: 'users_db', sources: [usersSource({ contract })] });
  App.of(stack)!.synth();
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const local = (verb: string, ...args: string[]) => datalake([verb, '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', ...args], { cwd: folder });

test('the deployed bundle finds its contract on the laptop, and the command tells what was quarantined', async () => {
  const run = JSON.parse((await local('run', '--url', `users=${api.origin}/`)).stdout);
  expect(run.runs).toEqual([expect.objectContaining({ records: 2, quarantined: 1 })]);

  const query = JSON.parse((await local('query', 'SELECT id FROM users_db.users')).stdout);
  expect(query.rows).toEqual([['1'], ['9007199254740993123']]);

  const status = JSON.parse((await local('status')).stdout);
  expect(status.sources).toEqual([expect.objectContaining({ quarantineObjects: 1 })]);
});

test('a corrected record is redriven, once', async () => {
  const [object] = readdirSync(join(folder, 'lake/s3'), { recursive: true, withFileTypes: true })
    .filter(({ name, parentPath }) => parentPath.includes('quarantine') && name.endsWith('.gz'));
  const line = gunzipSync(readFileSync(join(object.parentPath, object.name))).toString();
  writeFileSync(join(folder, 'corrected.jsonl'), line.replace('"three"', '3'));

  const redrive = () => local('redrive', 'users', '--file', 'corrected.jsonl');
  expect(JSON.parse((await redrive()).stdout).runs).toEqual([expect.objectContaining({ records: 1, quarantined: 0, table: 'users', catalogue: 'crawled' })]);
  const again = await redrive();
  expect(JSON.parse(again.stdout).runs).toEqual([expect.objectContaining({ records: 0 })]);
  expect(again.stderr).toContain('1 correction of no record in quarantine');

  const query = JSON.parse((await local('query', 'SELECT id FROM users_db.users ORDER BY id')).stdout);
  expect(query.rows).toEqual([['1'], ['3'], ['9007199254740993123']]);
  expect(JSON.parse((await local('status')).stdout).sources).toEqual([expect.objectContaining({ quarantineObjects: 0 })]);
});

test.each([
  ['a file that is not there', ['users', '--file', 'none.jsonl'], 2, 'there is no file \\"none.jsonl\\"'],
  ['a source that is not there', ['nobody'], 2, 'there is no source'],
  ['no source', [], 2, 'missing required argument'],
])('%s is told', async (_what, args, code, message) => {
  const ended = await local('redrive', ...args);
  expect(ended.code).toBe(code);
  expect(ended.stdout).toContain(message);
});

test('the validator stands beside the extractor, which stays below a megabyte', () => {
  expect(statSync(BUNDLE).size).toBeLessThan(1024 * 1024);
});
