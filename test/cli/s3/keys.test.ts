import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { join } from 'path';
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { BUCKET, cleanUp, Lake, outcome, raw, startLake } from './support';
import { decodeName, keyToPath } from '../../../cli/s3/key-path';

let lake: Lake;
beforeAll(async () => { lake = await startLake(); });
afterAll(cleanUp);

const ODD = [
  'a b', ' leading', 'trailing ', 'ünï/cødé/😀', '100%', '%41', '%_', '%2F', 'a+b', 'a&b=c?d#e', 'x:y*"<>|\\', 'dot.', '...', 'folder/', 'a//b', 'q/./w', 'tab\tline\nend',
  `${'long'.repeat(100)}/x`, `${'ü'.repeat(500)}`, 'name%object', 'name%.json',
];

test.each(ODD)('key %p is stored, listed and deleted as it is', async (key) => {
  await lake.put(key, `body of ${key}`, { Metadata: { a: 'b' } });
  expect(await lake.text(key)).toBe(`body of ${key}`);
  const { Contents } = await lake.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(Contents?.map(({ Key }) => Key)).toEqual([key]);
  expect(await outcome(lake.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })))).toBe('204');
  expect(readdirSync(join(lake.root, BUCKET))).toEqual([]);
});

test.each(['../escape', 'a/../../escape', '..', 'a/..', '%2E%2E/escape'])('key %p does not leave the bucket', async (key) => {
  const path = `/${BUCKET}/${key.split('/').map((part) => encodeURIComponent(part).replace(/\./g, '%2E')).join('/')}`;
  expect((await raw(lake, 'PUT', path, {}, 'inside')).status).toBe(200);
  expect((await raw(lake, 'GET', path)).body).toBe('inside');
  expect(readdirSync(lake.root)).toEqual([BUCKET]);
  expect(readdirSync(lake.folder).sort()).toEqual(['s3', 's3-meta']);
  expect((await raw(lake, 'DELETE', path)).status).toBe(204);
});

test('an object may have the name of another one\'s folder, whichever comes first', async () => {
  for (const [first, second] of [['a', 'a/b'], ['c/d', 'c']]) {
    const etag = await lake.put(first, 'first', { Metadata: { order: '1' } });
    await lake.put(second, 'second');
    expect(await lake.text(first)).toBe('first');
    expect(await lake.text(second)).toBe('second');
    expect(await lake.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: first }))).toMatchObject({ ETag: etag, Metadata: { order: '1' } });
    await lake.put(first, 'again');
    expect(await lake.text(first)).toBe('again');
  }
  for (const Key of ['a/b', 'c']) await lake.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
  expect([await lake.text('a'), await lake.text('c/d')]).toEqual(['again', 'again']);
  for (const Key of ['a', 'c/d']) await lake.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
});

test('two keys never share a path, and every path leads back to its key', () => {
  const key = fc.string({ unit: fc.constantFrom('a', '/', '.', '%', '+', '_', ':', ' ', '\\', 'é', '😀', 'object'), minLength: 1, maxLength: 12 });
  fc.assert(fc.property(key, (text) => {
    const names = keyToPath(text).split('/');
    expect(names).not.toContain('..');
    expect(names).not.toContain('.');
    expect(names).not.toContain('');
    const back = names.map((name, i) => {
      const { text: piece, continues } = decodeName(name, i < names.length - 1);
      return piece + (i < names.length - 1 && !continues ? '/' : '');
    }).join('');
    expect(back).toBe(text);
  }), { numRuns: 500 });
});

test('a symbolic link in the bucket is no way out', async () => {
  writeFileSync(join(lake.folder, 'secret'), 'secret');
  symlinkSync(join(lake.folder, 'secret'), join(lake.root, BUCKET, 'link'));
  expect((await raw(lake, 'GET', '/lake/link')).status).toBe(404);
  await lake.put('link', 'mine');
  expect(readFileSync(join(lake.folder, 'secret'), 'utf8')).toBe('secret');
  expect(existsSync(join(lake.root, BUCKET))).toBe(true);
});

test('a key over 1,024 bytes and one that is not UTF-8 are refused', async () => {
  expect((await raw(lake, 'PUT', `/lake/${'k'.repeat(1025)}`, {}, 'x')).body).toContain('<Code>KeyTooLongError</Code>');
  expect((await raw(lake, 'PUT', '/lake/%ff', {}, 'x')).body).toContain('<Code>InvalidURI</Code>');
});
