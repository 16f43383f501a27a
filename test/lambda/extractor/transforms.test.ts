import { createHmac } from 'node:crypto';
import { extract } from '../../support/extract';
import { Behaviour, HostileServer, json, raw, reset } from '../../support/hostile-server';
import { FakeSecretsManager } from '../../support/secrets-manager-server';
import { TestLake } from '../../support/test-lake';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:pepper-abcdef';
const KEY = 'a key that only the extractor knows';

let lake: TestLake;
let api: HostileServer | undefined;
let secrets: FakeSecretsManager;

beforeEach(async () => {
  lake = await TestLake.start();
  secrets = await FakeSecretsManager.start({ [ARN]: KEY });
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  await secrets.close();
  await lake.close();
});

async function serve(...behaviours: Behaviour[]): Promise<string> {
  api = await HostileServer.start(behaviours);
  return `${api.origin}/users`;
}

const hmac = (text: string) => createHmac('sha256', KEY).update(text).digest('hex');

/** Every byte of the lake, as a thief would read it. */
const everything = () => lake.keys('.').map((key) => (key.endsWith('.gz') ? '' : lake.read(key).toString())).join() + lake.lines('users').join();

const PERSON = '{"id":9007199254740993123,"email":"ada@example.com","rate":1.10,"phone":"+44 20 7946 0018","password":"pw-1815","Name":"Ada"}';
const TRANSFORMS = [
  { type: 'hash', path: '$.email', secret: { secretArn: ARN } },
  { type: 'rename', path: '$.email', name: 'email_hash' },
  { type: 'mask', path: '$.phone', keepLast: 4 },
  { type: 'drop', path: '$.password' },
] as const;

test('records are changed before anything of them is stored, and the rest stays byte for byte', async () => {
  const result = await extract(lake, await serve(raw(`{"results":[${PERSON},\n{"id": 2}]}`)), { spec: { transforms: TRANSFORMS } });

  expect(lake.lines('users')).toEqual([
    `{"id":9007199254740993123,"email_hash":"${hmac('ada@example.com')}","rate":1.10,"phone":"************0018","Name":"Ada"}`, '{"id": 2}',
  ]);
  expect(result).toMatchObject({ done: true, records: 2 });
  expect(everything()).not.toMatch(/ada@example|7946|pw-1815|a key that/);
});

test('the columns are those of what is stored: what is dropped never was', async () => {
  const before = await extract(lake, await serve(json({ results: [{ id: 1, phone: '1' }] })));
  await api!.close();
  const url = await serve(json({ results: [{ id: 1, phone: 12, password: { x: 1 } }] }));
  const after = await extract(lake, url, { spec: { transforms: [{ type: 'mask', path: '$.phone' }, { type: 'drop', path: '$.password' }] } });

  expect(after).toMatchObject({ schemaChanged: false, schemaHash: before.schemaHash });
  expect(JSON.stringify(lake.state('users').schema)).not.toContain('password');
});

test('a page that breaks off is transformed once', async () => {
  const url = await serve(reset('{"results":[{"id":1,"ghost":true,"email":"a"},'), json({ results: [{ id: 1, email: 'a' }] }));
  await extract(lake, url, { spec: { transforms: TRANSFORMS } });

  expect(api!.received).toHaveLength(2); // it did break off
  expect(lake.lines('users')).toEqual([`{"id":1,"email_hash":"${hmac('a')}"}`]);
  expect(JSON.stringify(lake.state('users').schema)).not.toContain('ghost');
});

test('the same key gives the same hash in every run', async () => {
  const url = await serve(json({ results: [{ email: 'a' }] }));
  const spec = { transforms: TRANSFORMS, writeMode: { type: 'append' } } as const;
  await extract(lake, url, { spec });
  await extract(lake, url, { spec });
  expect(new Set(lake.lines('users')).size).toBe(1);
});

test('a secret that cannot be read fails the run before a record is stored, and the API is not asked', async () => {
  const url = await serve(json({ results: [{ email: 'a' }] }));
  const transforms = [{ type: 'hash', path: '$.email', secret: { secretArn: `${ARN}x` } }] as const;

  await expect(extract(lake, url, { spec: { transforms } })).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND', retryable: false });
  expect(api!.received).toHaveLength(0);
  expect(lake.lines('users')).toEqual([]);
});

test('a new name that is taken fails the run, names the record and keeps what was stored', async () => {
  const url = await serve(json({ results: [{ id: 1, old: 'x' }] }), json({ results: [{ id: 2, old: 'y' }, { id: 3, old: 'secret value', fresh: 1 }] }));
  const transforms = [{ type: 'rename', path: '$.old', name: 'fresh' }] as const;
  await extract(lake, url, { spec: { transforms } });

  await expect(extract(lake, url, { spec: { transforms } })).rejects.toMatchObject({
    code: 'RENAME_COLLISION', retryable: false, details: { page: 1, record: 2, field: 'fresh' }, message: expect.not.stringContaining('secret value'),
  });
  expect(lake.lines('users')).toEqual(['{"id":1,"fresh":"x"}']);
});

test('transforms that contradict each other fail before anything is read', async () => {
  const url = await serve(json({ results: [] }));
  const transforms = [{ type: 'drop', path: '$.a' }, { type: 'mask', path: '$.a' }] as const;

  await expect(extract(lake, url, { spec: { transforms } })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('transforms[1].path') });
  expect(api!.received).toHaveLength(0);
});
