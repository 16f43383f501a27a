import { createHash, randomBytes } from 'crypto';
import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Readable } from 'stream';
import { CopyObjectCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, startLake } from './support';

let lake: Lake;
beforeAll(async () => { lake = await startLake(); });
afterAll(cleanUp);

const head = async (Key: string) => lake.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));

test('an object comes back with its type, encoding, metadata and MD5, and its date is the server\'s', async () => {
  const before = Date.now();
  const etag = await lake.put('facts', 'hello', {
    ContentType: 'application/x-ndjson', ContentEncoding: 'gzip', CacheControl: 'no-store', Metadata: { 'run-id': 'r1', 'empty': '' },
  });
  expect(etag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`);
  const found = await head('facts');
  expect(found).toMatchObject({
    ETag: etag, ContentLength: 5, ContentType: 'application/x-ndjson', ContentEncoding: 'gzip', CacheControl: 'no-store', Metadata: { 'run-id': 'r1', 'empty': '' },
  });
  expect(Math.abs((found.LastModified as Date).getTime() - before)).toBeLessThan(60_000);
});

test('the body of an ordinary key stands as a readable file of that name', async () => {
  const key = 'raw/randomuser/ingestion_date=2026-11-23/0000000001-r-000001-000001.jsonl.gz';
  await lake.put(key, 'line\n');
  expect(readFileSync(join(lake.root, BUCKET, key), 'utf8')).toBe('line\n');
});

test('a stream in aws-chunked framing is stored without the framing and without its encoding', async () => {
  const bytes = randomBytes(700_000);
  const pieces = Array.from({ length: 7 }, (_, i) => bytes.subarray(i * 100_000, (i + 1) * 100_000));
  await lake.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'stream', Body: Readable.from(pieces), ContentLength: bytes.length, ContentEncoding: 'gzip' }));
  const { Body, ContentEncoding } = await lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'stream' }));
  expect(Buffer.from(await Body!.transformToByteArray()).equals(bytes)).toBe(true);
  expect(ContentEncoding).toBe('gzip');
});

test('an empty object and an overwritten one read as they are', async () => {
  await lake.put('changed', 'a long first version', { Metadata: { version: '1' } });
  await lake.put('changed', '', { ContentLength: 0, Metadata: { version: '2' } });
  expect(await lake.text('changed')).toBe('');
  expect(await head('changed')).toMatchObject({ ContentLength: 0, Metadata: { version: '2' } });
});

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
  ['bytes=5-100', '56789', 'bytes 5-9/10'],
])('range %s', async (Range, text, range) => {
  await lake.put('digits', '0123456789');
  const answer = await lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'digits', Range }));
  expect(answer.$metadata.httpStatusCode).toBe(206);
  expect(answer.ContentRange).toBe(range);
  expect(await answer.Body!.transformToString()).toBe(text);
});

test('a range behind the end is 416', async () => {
  await lake.put('digits', '0123456789');
  expect(await outcome(lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'digits', Range: 'bytes=10-' })))).toBe('416 InvalidRange');
});

test('what is not there is NoSuchKey, and NotFound without a body', async () => {
  expect(await outcome(lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'none' })))).toBe('404 NoSuchKey');
  expect(await outcome(head('none') as any)).toBe('404 NotFound');
});

test('delete removes file, metadata and empty folders, and is repeatable', async () => {
  await lake.put('deep/er/object', 'x');
  const del = async () => outcome(lake.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'deep/er/object' })));
  expect(await del()).toBe('204');
  expect(await del()).toBe('204');
  expect(existsSync(join(lake.root, BUCKET, 'deep'))).toBe(false);
  expect(existsSync(join(lake.folder, 's3-meta', BUCKET, 'deep'))).toBe(false);
  expect(readdirSync(join(lake.root, BUCKET)).length).toBeGreaterThan(0);
});

test('many keys are deleted in one call', async () => {
  await lake.put('bulk/a & b', '1');
  await lake.put('bulk/<c>', '2');
  const Objects = ['bulk/a & b', 'bulk/<c>', 'bulk/none'].map((Key) => ({ Key }));
  const { Deleted, Errors } = await lake.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['bulk/a & b', 'bulk/<c>', 'bulk/none']);
  expect(Errors).toBeUndefined();
  expect(await outcome(head('bulk/<c>') as any)).toBe('404 NotFound');
});

test('a copy takes the metadata along, or replaces it', async () => {
  await lake.put('from/ü +%', 'copied', { ContentType: 'text/x', Metadata: { a: '1' } });
  const CopySource = `${BUCKET}/${encodeURIComponent('from/ü +%')}`;
  const copied = await lake.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'to/copy', CopySource }));
  expect(copied.CopyObjectResult?.ETag).toBe((await head('from/ü +%')).ETag);
  await lake.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'to/replaced', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' }, ContentType: 'text/y' }));
  expect(await lake.text('to/copy')).toBe('copied');
  expect(await head('to/copy')).toMatchObject({ ContentType: 'text/x', Metadata: { a: '1' } });
  expect(await head('to/replaced')).toMatchObject({ ContentType: 'text/y', Metadata: { b: '2' } });
  expect(await outcome(lake.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'x', CopySource: `${BUCKET}/none` })))).toBe('404 NoSuchKey');
});
