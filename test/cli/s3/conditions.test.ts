import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, startLake } from './support';

let lake: Lake;
beforeAll(async () => { lake = await startLake(); });
afterAll(cleanUp);

const put = async (Key: string, input: object) => outcome(lake.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'new', ...input })));
const STALE = '"00000000000000000000000000000000"';

test('If-None-Match:* writes once', async () => {
  expect(await put('once', { IfNoneMatch: '*', Body: 'first' })).toBe('200');
  expect(await put('once', { IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
  expect(await lake.text('once')).toBe('first');
});

test('If-Match writes over the version it names and no other', async () => {
  const etag = await lake.put('matched', 'old');
  expect(await put('matched', { IfMatch: STALE })).toBe('412 PreconditionFailed');
  expect(await lake.text('matched')).toBe('old');
  expect(await put('matched', { IfMatch: etag })).toBe('200');
  expect(await put('matched', { IfMatch: etag })).toBe('412 PreconditionFailed');
  expect(await put('nothing-there', { IfMatch: etag })).toBe('404 NoSuchKey');
});

test.each(['small', 'large'])('of 16 racing %s writers with If-None-Match:* one wins, and its bytes stand', async (size) => {
  const body = (i: number) => `${i}:`.repeat(size === 'small' ? 1 : 100_000);
  const outcomes = await Promise.all(Array.from({ length: 16 }, async (_, i) => put(`race-${size}`, { IfNoneMatch: '*', Body: body(i) })));
  const winners = outcomes.flatMap((result, i) => (result === '200' ? [i] : []));
  expect(winners).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(['200', '412 PreconditionFailed']));
  expect(await lake.text(`race-${size}`) === body(winners[0])).toBe(true);
});

test('of 16 racing compare-and-swap writers one wins each round', async () => {
  let etag = await lake.put('swap', 'start');
  for (let round = 0; round < 5; round++) {
    const outcomes = await Promise.all(Array.from({ length: 16 }, async (_, i) => put('swap', { IfMatch: etag, Body: `${round}-${i}` })));
    const winners = outcomes.flatMap((result, i) => (result === '200' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await lake.text('swap')).toBe(`${round}-${winners[0]}`);
    etag = (await lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'swap' }))).ETag ?? '';
  }
});

test('a conditional read', async () => {
  const etag = await lake.put('read', 'x');
  const get = async (input: object) => outcome(lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'read', ...input })));
  expect(await get({ IfMatch: etag })).toBe('200');
  expect(await get({ IfMatch: STALE })).toBe('412 PreconditionFailed');
  expect(await get({ IfNoneMatch: STALE })).toBe('200');
  expect(await get({ IfNoneMatch: etag })).toMatch(/^304 /);
  expect(await get({ IfModifiedSince: new Date(Date.now() + 60_000) })).toMatch(/^304 /);
  expect(await get({ IfModifiedSince: new Date(0) })).toBe('200');
  expect(await get({ IfUnmodifiedSince: new Date(0) })).toBe('412 PreconditionFailed');
});

test('a conditional copy takes only the version it names', async () => {
  const etag = await lake.put('source', 'v1');
  const copy = async (CopySourceIfMatch: string, input: object = {}) =>
    outcome(lake.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'destination', CopySource: `${BUCKET}/source`, CopySourceIfMatch, ...input })));
  expect(await copy(STALE)).toBe('412 PreconditionFailed');
  expect(await outcome(lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'destination' })))).toBe('404 NoSuchKey');
  expect(await copy(etag)).toBe('200');
  expect(await copy(etag, { IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
});

test('a conditional delete', async () => {
  const etag = await lake.put('deleted', 'x');
  const del = async (IfMatch: string) => outcome(lake.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'deleted', IfMatch })));
  expect(await del(STALE)).toBe('412 PreconditionFailed');
  expect(await del(etag)).toBe('204');
  expect(await del(etag)).toBe('204');
});
