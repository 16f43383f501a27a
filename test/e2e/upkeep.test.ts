import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLakePipeline, RunSchedule, TableUpkeep, Transform, TransformMode } from '../../src';
import { datalake } from '../support/datalake-bin';
import { HostileServer, raw } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

let folder: string;
let api: HostileServer;

beforeAll(async () => {
  api = await HostileServer.start([raw('{"results":[{"id":1},{"id":2}]}')]);
  folder = mkdtempSync(join(tmpdir(), 'upkeep-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const appended = (name: string, input: string) =>
    Transform.sql(name, { query: `SELECT id FROM ${input} WHERE ingestion_date = '{{ingestion_date}}'`, mode: TransformMode.append() });
  new DataLakePipeline(stack, 'Users', {
    databaseName: 'users_db',
    sources: [usersSource(), usersSource({}, 'orders')],
    transforms: [appended('seen', 'users'), appended('ordered', 'orders')],
    upkeep: TableUpkeep.schedule(RunSchedule.on(ScheduleExpression.rate(Duration.days(7))), { maxSnapshotAge: Duration.seconds(1) }),
  });
  App.of(stack)!.synth();
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const local = async (verb: string, ...args: string[]) => {
  const { code, stdout } = await datalake([verb, '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', ...args], { cwd: folder });
  return { code, json: JSON.parse(stdout) };
};
const dataFiles = () => {
  const [bucket] = readdirSync(join(folder, 'lake/s3'));
  return readdirSync(join(folder, 'lake/s3', bucket, 'curated/seen/data')).length;
};

test('many files become one, old ones go, and the rows stay', async () => {
  for (let i = 0; i < 3; i++) {
    expect((await local('run', 'users', '--url', `users=${api.origin}/`)).code).toBe(0);
  }
  expect(dataFiles()).toBeGreaterThanOrEqual(3);
  const rows = (await local('query', 'SELECT count(*) FROM seen')).json.rows;
  await new Promise((done) => setTimeout(done, 1500)); // until the snapshots are old

  const { code, json } = await local('upkeep');
  expect(code).toBe(0);
  expect(json).toMatchObject({ tables: ['seen'], missing: ['ordered'] });
  expect((await local('query', 'SELECT count(*) FROM seen')).json.rows).toEqual(rows);
  expect(dataFiles()).toBe(1);
});

test('the deployed workflow is started by its schedule', async () => {
  const { code, stdout } = await datalake(['upkeep', '--json', '--assembly', 'cdk.out'], { cwd: folder });
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('works on the local lake only');
});
