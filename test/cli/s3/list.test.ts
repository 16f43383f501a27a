import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ListObjectsV2Command, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, raw, startLake } from './support';

let lake: Lake;
beforeEach(async () => { lake = await startLake(); });
afterEach(cleanUp);

const list = async (input: object = {}) => lake.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
const keysOf = (page: { Contents?: { Key?: string }[] }) => (page.Contents ?? []).map(({ Key }) => Key);

async function allPages(input: object) {
  const keys: (string | undefined)[] = [];
  const prefixes: (string | undefined)[] = [];
  let pages = 0;
  for await (const page of paginateListObjectsV2({ client: lake.client }, { Bucket: BUCKET, ...input })) {
    keys.push(...keysOf(page));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    pages++;
  }
  return { keys, prefixes, pages };
}

test('2,500 keys come in three pages, each once and in order', async () => {
  const names = Array.from({ length: 2500 }, (_, i) => `part-${String((i * 7919) % 2500).padStart(4, '0')}`);
  mkdirSync(join(lake.root, BUCKET, 'many'));
  for (const name of names) writeFileSync(join(lake.root, BUCKET, 'many', name), name);
  const { keys, pages } = await allPages({ Prefix: 'many/' });
  expect(pages).toBe(3);
  expect(keys).toEqual(names.map((name) => `many/${name}`).sort());
});

test('keys come in the order of their UTF-8 bytes, also around folders', async () => {
  const keys = ['a', 'a!b', 'a-b', 'a.txt', 'a/b', 'a/b/c', 'a0', 'B', 'é', '\uffee', '😀', `${'l'.repeat(300)}/x`, 'l'.repeat(300), `${'l'.repeat(299)}!`];
  for (const key of [...keys].reverse()) await lake.put(key, 'x');
  const expected = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
  expect((await allPages({})).keys).toEqual(expected);
  expect((await allPages({ MaxKeys: 1 })).keys).toEqual(expected);
});

test('a delimiter rolls keys up, over pages of every size', async () => {
  for (const key of ['raw/a/1', 'raw/a/2', 'raw/b', 'raw/b/1', 'raw/c/d/e', 'raw/z', 'rawer', 'other/x']) await lake.put(key, 'x');
  for (const MaxKeys of [1, 2, 3, 1000]) {
    const { keys, prefixes } = await allPages({ Prefix: 'raw/', Delimiter: '/', MaxKeys });
    expect(keys).toEqual(['raw/b', 'raw/z']);
    expect(prefixes).toEqual(['raw/a/', 'raw/b/', 'raw/c/']);
  }
  expect(await allPages({ Prefix: 'raw', Delimiter: '/' })).toMatchObject({ keys: ['rawer'], prefixes: ['raw/'] });
  expect(await allPages({ Prefix: 'raw/', Delimiter: '/1' })).toMatchObject({ keys: ['raw/a/2', 'raw/b', 'raw/c/d/e', 'raw/z'], prefixes: ['raw/a/1', 'raw/b/1'] });
});

test('a prefix ends anywhere in a name, and start-after is left out', async () => {
  for (const key of ['run-1/a', 'run-10/a', 'run-2/a', 'run-2/b', 'run']) await lake.put(key, 'x');
  expect(keysOf(await list({ Prefix: 'run-1' }))).toEqual(['run-1/a', 'run-10/a']);
  expect(keysOf(await list({ StartAfter: 'run-10/a' }))).toEqual(['run-2/a', 'run-2/b']);
  expect(keysOf(await list({ Prefix: 'run-2/a/' }))).toEqual([]);
  expect(keysOf(await list({ Prefix: 'none/../' }))).toEqual([]);
});

test('entries carry size, ETag and time; counts and limits are as S3 gives them', async () => {
  const etag = await lake.put('one', 'four');
  await lake.put('two', 'x');
  const page = await list({ MaxKeys: 1 });
  expect(page).toMatchObject({ KeyCount: 1, MaxKeys: 1, IsTruncated: true, Contents: [{ Key: 'one', Size: 4, ETag: etag, LastModified: expect.any(Date) }] });
  const whole = await list({ MaxKeys: 2 });
  expect([whole.IsTruncated, whole.NextContinuationToken]).toEqual([false, undefined]);
  expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  expect(await outcome(list({ ContinuationToken: 'nonsense' }))).toBe('400 InvalidArgument');
});

test('encoding-type=url encodes keys and prefixes', async () => {
  await lake.put('odd/a b+%\u0001', 'x');
  const { body } = await raw(lake, 'GET', '/lake?list-type=2&encoding-type=url&prefix=odd%2Fa%20');
  expect(body).toContain('<Key>odd/a%20b%2B%25%01</Key>');
  expect(body).toContain('<Prefix>odd/a%20</Prefix>');
});

test('files that no key is stored under are no objects', async () => {
  await lake.put('object', 'x');
  for (const name of ['bad%zz', 'odd:name', 'object%object']) writeFileSync(join(lake.root, BUCKET, name), 'y');
  mkdirSync(join(lake.root, BUCKET, 'empty-folder'));
  const { keys, prefixes } = await allPages({ Delimiter: '/' });
  expect([...new Set(keys)]).toEqual(['object']);
  expect(prefixes).toEqual([]);
});
