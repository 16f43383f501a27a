import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DataLakePipeline, RecordTransform } from '../../src';
import { datalake } from '../support/datalake-bin';
import { HostileServer, raw } from '../support/hostile-server';
import { newStack, usersSource } from '../support/synth';

const KEY = 'a key that only the extractor knows';

let folder: string;
let api: HostileServer;

/** A synthesized app whose source hides what the lake must not hold. */
beforeAll(async () => {
  api = await HostileServer.start([raw('{"results":[{"id":9007199254740993123,"email":"ada@example.com","phone":"5550018","password":"pw-1815"}]}')]);
  folder = mkdtempSync(join(tmpdir(), 'transforms-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const pepper = new secretsmanager.Secret(stack, 'Pepper', { secretName: 'pepper' });
  const transforms = [
    RecordTransform.hash('$.email', pepper),
    RecordTransform.rename('$.email', 'email_hash'),
    RecordTransform.mask('$.phone', { keepLast: 4 }),
    RecordTransform.drop('$.password'),
  ];
  new DataLakePipeline(stack, 'Users', { databaseName: 'users_db', sources: [usersSource({ transforms })] });
  App.of(stack)!.synth();
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (env: Record<string, string>) => datalake(
  ['run', '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', '--url', `users=${api.origin}/`], { cwd: folder, env },
);

test('without the key nothing is read, and the command says which variable to set', async () => {
  const { code, stdout } = await run({});
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'SECRET_NOT_FOUND', hint: expect.stringContaining('DATALAKE_SECRET_PEPPER') });
  expect(api.received).toEqual([]);
});

test('an analyst queries what is left, and nothing in the lake folder tells more', async () => {
  expect((await run({ DATALAKE_SECRET_PEPPER: KEY })).code).toBe(0);

  const sql = 'SELECT id, email_hash, phone FROM users_db.users';
  const query = await datalake(['query', '--local', '--json', '--assembly', 'cdk.out', '--lake', 'lake', sql], { cwd: folder });
  const hash = createHmac('sha256', KEY).update('ada@example.com').digest('hex');
  expect(JSON.parse(query.stdout).rows).toEqual([['9007199254740993123', hash, '***0018']]);

  const files = readdirSync(join(folder, 'lake'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const plain = files.filter(({ name }) => !name.endsWith('.gz')).map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join();
  expect(plain).toContain('email_hash'); // it is the right folder
  expect(plain).not.toMatch(/ada@example|pw-1815|password|a key that/);
});
