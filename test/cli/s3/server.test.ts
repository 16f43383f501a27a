import { mkdirSync } from 'fs';
import { join } from 'path';
import { CreateBucketCommand, DeleteBucketCommand, GetObjectCommand, HeadBucketCommand, ListBucketsCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, raw, startLake } from './support';
import { S3AnswerInfo, S3Error, S3RequestInfo, startS3Server } from '../../../cli/s3';

let lake: Lake;
afterEach(cleanUp);

test('buckets are the folders of the root', async () => {
  lake = await startLake();
  mkdirSync(join(lake.root, 'made-by-hand'));
  mkdirSync(join(lake.root, '.hidden'));
  expect((await lake.client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([BUCKET, 'made-by-hand']);
  expect(await outcome(lake.client.send(new HeadBucketCommand({ Bucket: 'made-by-hand' })))).toBe('200');
  expect(await outcome(lake.client.send(new CreateBucketCommand({ Bucket: BUCKET })))).toBe('409 BucketAlreadyOwnedByYou');
  await lake.put('x', 'x');
  expect(await outcome(lake.client.send(new DeleteBucketCommand({ Bucket: BUCKET })))).toBe('409 BucketNotEmpty');
  expect(await outcome(lake.client.send(new DeleteBucketCommand({ Bucket: 'made-by-hand' })))).toBe('204');
});

test('an unknown bucket is NoSuchBucket and is not made by a write', async () => {
  lake = await startLake();
  expect(await outcome(lake.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'x', Body: 'x'.repeat(200_000) })))).toBe('404 NoSuchBucket');
  expect(await outcome(lake.client.send(new GetObjectCommand({ Bucket: 'other', Key: 'x' })))).toBe('404 NoSuchBucket');
  expect(await outcome(lake.client.send(new HeadBucketCommand({ Bucket: 'other' })))).toBe('404 NotFound');
  expect((await raw(lake, 'PUT', '/..', {})).status).toBe(400);
  expect((await raw(lake, 'GET', '/%2E%2E/s3-meta')).body).toContain('NoSuchBucket');
});

test('an operation that it does not know is 501 and says which', async () => {
  lake = await startLake();
  expect(await outcome(lake.client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } })))).toBe('501 NotImplemented');
  const { body } = await raw(lake, 'GET', '/lake/key?tagging');
  expect(body).toContain('does not know this operation: GET on an object with tagging');
});

test('every answer has a date and a request id', async () => {
  lake = await startLake();
  const { headers } = await raw(lake, 'GET', '/lake/none');
  expect(Math.abs(Date.parse(String(headers.date)) - Date.now())).toBeLessThan(60_000);
  expect(headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
});

test('an occupied port is an error that names the port and what to do', async () => {
  lake = await startLake();
  const { port } = lake.server;
  await expect(startS3Server({ root: join(lake.folder, 'second'), port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `port ${port} on 127.0.0.1 is in use by another program`,
    hint: expect.stringContaining('name another port'),
  });
});

test('hooks see every request before it is handled and after its change is made', async () => {
  const before: string[] = [];
  const after: string[] = [];
  lake = await startLake({
    onRequest: ({ operation, bucket, key }: S3RequestInfo) => { before.push(`${operation} ${bucket}/${key}`); },
    onAnswer: ({ operation, status, errorCode }: S3AnswerInfo) => { after.push(`${operation} ${status} ${errorCode ?? ''}`.trim()); },
  });
  await lake.put('seen', 'x');
  await outcome(lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'none' })));
  expect(before).toEqual(['CreateBucket lake/', 'PutObject lake/seen', 'GetObject lake/none']);
  expect(after).toEqual(['CreateBucket 200', 'PutObject 200', 'GetObject 404 NoSuchKey']);
});

test('a hook can answer with an error of S3, and a failing after-hook loses only the answer', async () => {
  let mode = '';
  lake = await startLake({
    onRequest: () => { if (mode === 'slow') throw new S3Error('SlowDown', 'Please reduce your request rate.'); },
    onAnswer: () => { if (mode === 'lost') throw new Error('cut'); },
  });
  const put = async (Body: string) => outcome(lake.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'hooked', Body })));
  mode = 'slow';
  expect(await put('1')).toBe('503 SlowDown');
  mode = 'lost';
  expect(await put('2')).toMatch(/^undefined /);
  mode = '';
  expect(await lake.text('hooked')).toBe('2');
});

test('a connection that was idle while the process was busy is still open', async () => {
  lake = await startLake();
  await lake.put('x', 'x');
  // Longer than Node's keep-alive limit of 5 s.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6500);
  expect(await lake.text('x')).toBe('x');
});
