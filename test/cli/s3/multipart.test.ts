import { createHash } from 'crypto';
import { readdirSync } from 'fs';
import { join } from 'path';
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, HeadObjectCommand, ListPartsCommand, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, startLake } from './support';

const FIVE_MIB = Buffer.alloc(5 * 1024 * 1024, 'a');
const md5 = (data: Buffer | string) => createHash('md5').update(data).digest();

let lake: Lake;
beforeEach(async () => { lake = await startLake(); });
afterEach(cleanUp);

async function upload(bodies: (Buffer | string)[], input: object = {}) {
  const { UploadId } = await lake.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'big', ContentType: 'text/x', Metadata: { a: '1' } }));
  const base = { Bucket: BUCKET, Key: 'big', UploadId };
  const Parts: { PartNumber: number; ETag?: string }[] = [];
  for (const [i, Body] of bodies.entries()) {
    const { ETag } = await lake.client.send(new UploadPartCommand({ ...base, PartNumber: i + 1, Body }));
    Parts.push({ PartNumber: i + 1, ETag });
  }
  const complete = async (parts = Parts) =>
    lake.client.send(new CompleteMultipartUploadCommand({ ...base, MultipartUpload: { Parts: parts }, ...input }));
  return { base, Parts, complete };
}

test('parts become one object, whose ETag counts them', async () => {
  const { complete, base, Parts } = await upload([FIVE_MIB, 'tail']);
  await lake.restart();
  expect((await lake.client.send(new ListPartsCommand(base))).Parts?.map(({ ETag }) => ETag)).toEqual(Parts.map(({ ETag }) => ETag));
  const { ETag } = await complete();
  expect(ETag).toBe(`"${md5(Buffer.concat([md5(FIVE_MIB), md5('tail')])).toString('hex')}-2"`);
  expect(await lake.text('big') === `${FIVE_MIB}tail`).toBe(true);
  expect(await lake.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'big' }))).toMatchObject({ ETag, ContentType: 'text/x', Metadata: { a: '1' } });
  expect(readdirSync(join(lake.folder, 's3-meta', '.uploads'))).toEqual([]);
});

test('a part that is sent again replaces the first', async () => {
  const { base, complete } = await upload(['old']);
  const { ETag } = await lake.client.send(new UploadPartCommand({ ...base, PartNumber: 1, Body: 'new' }));
  expect(await outcome(complete())).toBe('400 InvalidPart');
  await complete([{ PartNumber: 1, ETag }]);
  expect(await lake.text('big')).toBe('new');
});

test('a small part before the last, a wrong order and an unknown upload are refused', async () => {
  const { complete, base, Parts } = await upload(['small', 'last']);
  expect(await outcome(complete())).toBe('400 EntityTooSmall');
  expect(await outcome(complete([...Parts].reverse()))).toBe('400 InvalidPartOrder');
  expect(await outcome(lake.client.send(new UploadPartCommand({ ...base, UploadId: '../../x', PartNumber: 1, Body: 'x' })))).toBe('404 NoSuchUpload');
  expect(await outcome(lake.client.send(new UploadPartCommand({ ...base, PartNumber: 10_001, Body: 'x' })))).toBe('400 InvalidArgument');
});

test('a conditional completion', async () => {
  await lake.put('big', 'there first');
  const { complete } = await upload(['late'], { IfNoneMatch: '*' });
  expect(await outcome(complete())).toBe('412 PreconditionFailed');
  expect(await lake.text('big')).toBe('there first');
});

test('an aborted upload is gone', async () => {
  const { base, complete } = await upload(['x']);
  expect(await outcome(lake.client.send(new AbortMultipartUploadCommand(base)))).toBe('204');
  expect(await outcome(complete())).toBe('404 NoSuchUpload');
});
