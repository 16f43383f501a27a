import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { DataLakePipeline } from '../../src';
import { datalake } from '../support/datalake-bin';
import { Behaviour, HostileServer, html, json, raw, status } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

/** A synthesized app, run by the command on the real bundle against an API that turns bad. */
let folder: string;
let api: HostileServer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bad-responses-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  new DataLakePipeline(stack, 'Users', {
    databaseName: 'users_db',
    sources: [usersSource({ retry: { maxAttempts: 2, baseDelay: Duration.millis(1) } })],
  });
  App.of(stack)!.synth();
});

afterEach(async () => {
  await api.close();
  rmSync(join(folder, 'lake'), { recursive: true, force: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = json({ results: [{ id: 1 }, { id: 2 }, { id: 3 }] });

async function run(assembly = 'cdk.out') {
  const { code, stdout } = await datalake(
    ['run', '--local', '--json', '--assembly', assembly, '--lake', 'lake', '--url', `users=${api.origin}/`], { cwd: folder },
  );
  return { code, document: JSON.parse(stdout) };
}

async function rows(): Promise<unknown> {
  const query = await datalake(['query', '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', 'SELECT count(*) FROM users_db.users'], { cwd: folder });
  return JSON.parse(query.stdout).rows;
}

test.each<[string, Behaviour, string, RegExp]>([
  ['a missing records path', json({ data: [] }), 'RECORDS_PATH_MISSING', /records/],
  ['200 with HTML', html('<html>down for maintenance</html>'), 'NOT_JSON', /HTML/i],
  ['truncated JSON', raw('{"results":[{"id":7}'), 'MALFORMED_RESPONSE', /byte/],
  ['status 404', status(404, {}, 'no such place'), 'HTTP_404', /no such place/],
  ['no records where there were some', json({ results: [] }), 'EMPTY_SNAPSHOT', /allowEmpty/],
])('%s: exit code 1, a code, what to do, and the table as it was', async (_name, fault, code, message) => {
  api = await HostileServer.start([GOOD, fault]);
  expect((await run()).code).toBe(0);

  const failed = await run();
  expect(failed.code).toBe(1);
  const error = { code, message: expect.stringMatching(message), details: expect.objectContaining({ log: expect.stringMatching(/logs/) }) };
  expect(failed.document).toMatchObject({ ok: false, error });
  expect(await rows()).toEqual([['3']]);
});

test('a spec that cannot be read is refused before the API is asked', async () => {
  api = await HostileServer.start([GOOD]);
  cpSync(join(folder, 'cdk.out'), join(folder, 'broken'), { recursive: true });
  const file = join(folder, 'broken/Test.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, { Type: string; Properties: any }> };
  const fn = Object.values(template.Resources).find(({ Properties }) => Properties?.Environment?.Variables?.SOURCE_SPEC !== undefined)!;
  fn.Properties.Environment.Variables.SOURCE_SPEC = '{"version":1,';
  writeFileSync(file, JSON.stringify(template));

  const failed = await run('broken');
  expect(failed.code).toBe(1);
  expect(failed.document).toMatchObject({ ok: false, error: { code: 'CONFIG_INVALID', message: expect.stringMatching(/SOURCE_SPEC/) } });
  expect(api.received).toEqual([]);
});
