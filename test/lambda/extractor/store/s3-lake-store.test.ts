import { createHash } from 'node:crypto';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Error } from '../../../../cli/s3';
import { LakeStore, S3LakeStore } from '../../../../lambda/extractor/store';
import { TestLake } from '../../../support/test-lake';

const text = (value: string) => Buffer.from(value);

async function keysOf(store: LakeStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) {
    keys.push(key);
  }
  return keys;
}

const clientOf = (endpoint: string) => new S3Client({
  endpoint,
  forcePathStyle: true,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 2,
});

const failure = (call: Promise<unknown>) => call.then(() => undefined, (error) => error);

describe('a bucket', () => {
  let lake: TestLake;
  /** What the server answers instead of serving, while it is set. */
  let fault: ((operation: string) => void) | undefined;
  let requests: string[] = [];

  beforeAll(async () => {
    lake = await TestLake.start({
      onRequest: ({ operation }) => {
        requests.push(operation);
        fault?.(operation);
      },
    });
  });
  afterAll(() => lake.close());
  beforeEach(() => {
    fault = undefined;
    requests = [];
  });

  test('keeps the first of two writes to a free key', async () => {
    const first = await lake.store.put('first', text('1'), { ifNoneMatch: '*' });
    const second = await lake.store.put('first', text('2'), { ifNoneMatch: '*' });

    expect(first).toEqual({ etag: expect.stringMatching(/^"[0-9a-f]+"$/) });
    expect(second).toBe('refused');
    expect((await lake.store.get('first'))?.body.toString()).toBe('1');
  });

  test('refuses bytes that are not those that were hashed', async () => {
    const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');

    expect(await failure(lake.store.put('hashed', text('1'), { sha256: sha256('2') }))).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(await lake.store.get('hashed')).toBeUndefined();
    expect(await lake.store.put('hashed', text('1'), { sha256: sha256('1') })).toHaveProperty('etag');
  });

  test('writes over the version that was read, and over no other', async () => {
    const one = await lake.store.put('versions', text('1'), {}) as { etag: string };
    const two = await lake.store.put('versions', text('2'), { ifMatch: one.etag });
    const late = await lake.store.put('versions', text('3'), { ifMatch: one.etag });

    expect(two).not.toBe('refused');
    expect(late).toBe('refused');
    expect((await lake.store.get('versions'))?.body.toString()).toBe('2');
  });

  test('does not bring back an object that was deleted meanwhile', async () => {
    const one = await lake.store.put('deleted', text('1'), {}) as { etag: string };
    await lake.store.delete('deleted');

    expect(await lake.store.put('deleted', text('2'), { ifMatch: one.etag })).toBe('refused');
    expect(await lake.store.get('deleted')).toBeUndefined();
  });

  test('tells ETag and metadata alike by get, head, list and put', async () => {
    const { etag } = await lake.store.put('facts/a', text('{}'), { metadata: { sha256: 'ab', records: '7' } }) as { etag: string };
    const metadata = { sha256: 'ab', records: '7' };

    expect(await lake.store.get('facts/a')).toEqual({ body: text('{}'), etag, metadata });
    expect(await lake.store.head('facts/a')).toEqual({ etag, metadata });
    for await (const object of lake.store.list('facts/')) {
      expect(object).toEqual({ key: 'facts/a', etag, size: 2 });
    }
  });

  test('has nothing under a free key, and deletes it without a complaint', async () => {
    expect(await lake.store.get('free')).toBeUndefined();
    expect(await lake.store.head('free')).toBeUndefined();
    await lake.store.delete('free');
  });

  test('lists all pages', async () => {
    const keys = Array.from({ length: 1003 }, (_, i) => `many/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 50) {
      await Promise.all(keys.slice(i, i + 50).map((key) => lake.store.put(key, text('x'), {})));
    }
    requests = [];

    expect(await keysOf(lake.store, 'many/')).toEqual(keys);
    expect(requests.filter((operation) => operation === 'ListObjectsV2')).toHaveLength(2);
  });

  test('copies the version that was named, with metadata of its own', async () => {
    const { etag } = await lake.store.put('from/a b+ü', text('rows'), { metadata: { old: '1' } }) as { etag: string };
    const outcome = await lake.store.copy('from/a b+ü', 'to', { ifMatch: etag, metadata: { records: '1' } });

    expect(outcome).toEqual({ copied: true, retried: false });
    expect(await lake.store.get('to')).toMatchObject({ body: text('rows'), metadata: { records: '1' } });
  });

  test('tells a copy of nothing from a copy of something else', async () => {
    await lake.store.put('other', text('1'), {});

    expect(await lake.store.copy('gone', 'to1', { ifMatch: '"1"' })).toEqual({ copied: false, source: 'missing' });
    expect(await lake.store.copy('other', 'to1', { ifMatch: '"1"' })).toEqual({ copied: false, source: 'changed' });
    expect(await lake.store.head('to1')).toBeUndefined();
  });

  test('serves after a fault that passes, and says when a copy was sent twice', async () => {
    const { etag } = await lake.store.put('again', text('1'), {}) as { etag: string };
    let faults = 1;
    fault = () => {
      if (faults-- > 0) {
        throw new S3Error('SlowDown', 'slow down');
      }
    };

    expect(await lake.store.copy('again', 'again2', { ifMatch: etag })).toEqual({ copied: true, retried: true });
  });

  test.each([
    ['SlowDown', 'STORE_UNAVAILABLE', true, /s3:GetObject on s3:\/\/lake\/_state\/x\.json.*try again/],
    ['InternalError', 'STORE_UNAVAILABLE', true, /try again/],
  ] as const)('fails with %s as %s', async (code, expected, retryable, message) => {
    fault = () => {
      throw new S3Error(code, 'simulated');
    };
    const error = await failure(lake.store.get('_state/x.json'));

    expect(error).toMatchObject({ code: expected, retryable, message: expect.stringMatching(message) });
  });

  test('that does not exist is an error that names it', async () => {
    const client = clientOf(lake.endpoint);
    const error = await failure(new S3LakeStore({ bucket: 'nowhere', client }).get('_state/x.json'));

    expect(error).toMatchObject({ code: 'STORE_BUCKET_MISSING', retryable: false, message: expect.stringContaining('bucket "nowhere" does not exist') });
  });
});

describe('a role that may list some prefixes only, to which S3 answers 403 for a key that is not there', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.start({
      onRequest: ({ operation, key }) => {
        if (['GetObject', 'HeadObject', 'CopyObject'].includes(operation) && lake.keys('.').every((known) => known !== key)) {
          throw new S3Error('AccessDenied', 'Access Denied');
        }
      },
    });
  });
  afterAll(() => lake.close());

  test('finds a missing key missing, by asking the list', async () => {
    await lake.store.put('state/users.json', text('1'), {});

    expect(await lake.store.get('state/use')).toBeUndefined();
    expect(await lake.store.head('state/other')).toBeUndefined();
    expect(await lake.store.copy('state/other', 'state/copy', { ifMatch: '"1"' })).toEqual({ copied: false, source: 'missing' });
  });
});

describe('an endpoint', () => {
  let server: Server;
  afterEach(() => new Promise((done) => server.close(done)));

  const storeOn = async (status: number, headers: Record<string, string>, body: string) => {
    server = createServer((request, response) => request.resume().on('end', () => response.writeHead(status, headers).end(body)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new S3LakeStore({ bucket: 'lake', client: clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) });
  };

  test('that answers a copy with 200 and an error has not copied', async () => {
    const store = await storeOn(200, {}, '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>late</Message></Error>');

    expect(await failure(store.copy('a', 'b', { ifMatch: '"1"' }))).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  test('that answers a copy with 200 and nothing has not copied', async () => {
    const store = await storeOn(200, {}, '');

    expect(await failure(store.copy('a', 'b', { ifMatch: '"1"' }))).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  test('that denies access is named with bucket, key and the missing permission', async () => {
    const store = await storeOn(403, {}, '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>');

    expect(await failure(store.get('_state/x.json'))).toMatchObject({
      code: 'STORE_ACCESS_DENIED',
      retryable: false,
      message: expect.stringMatching(/access denied: s3:GetObject on s3:\/\/lake\/_state\/x\.json.*Grant the role s3:GetObject.*s3:ListBucket/),
    });
  });

  test('whose KMS key is disabled is named as such', async () => {
    const store = await storeOn(400, {}, '<?xml version="1.0"?><Error><Code>KMS.DisabledException</Code><Message>key is disabled</Message></Error>');

    expect(await failure(store.put('a', text('1'), {}))).toMatchObject({ code: 'STORE_KEY_UNUSABLE', retryable: false, message: expect.stringContaining('KMS key') });
  });

  test('gives the time: its Date header, not the clock of this machine', async () => {
    const store = await storeOn(404, { date: 'Mon, 01 Jan 2024 00:00:00 GMT' }, '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>');
    await store.get('a');

    expect(new Date(store.now()).toISOString()).toMatch(/^2024-01-01T00:00:0/);
  });

  test('that refuses the connection can be tried again', async () => {
    const store = await storeOn(200, {}, '');
    await new Promise((done) => server.close(done));

    expect(await failure(store.get('a'))).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });
});
