import { createHash } from 'crypto';
import { readdirSync } from 'fs';
import { join } from 'path';
import { ChecksumAlgorithm, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, cleanUp, Lake, outcome, raw, startLake } from './support';
import { Crc64Nvme, crc32c } from '../../../cli/s3/crc';

let lake: Lake;
beforeAll(async () => { lake = await startLake(); });
afterAll(cleanUp);

/** CRC32 of "123456789", the check value of the algorithm's catalogue, in base64. */
const CRC32 = Buffer.from('cbf43926', 'hex').toString('base64');
const WRONG = Buffer.from('cbf43927', 'hex').toString('base64');
const DIGITS = '123456789';
const chunked = (trailer: string) => `5;chunk-signature=abc\r\n12345\r\n4\r\n6789\r\n0\r\n${trailer}\r\n`;
const streaming = { 'content-encoding': 'aws-chunked', 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '9', 'x-amz-trailer': 'x-amz-checksum-crc32' };

test('CRC-32C and CRC-64/NVME give their check values', () => {
  expect(crc32c(Buffer.from(DIGITS)).toString(16)).toBe('e3069283');
  const crc = new Crc64Nvme();
  crc.update(Buffer.from('1234'));
  crc.update(Buffer.from('56789'));
  expect(crc.digest().toString('hex')).toBe('ae8b14860a799888');
});

test('a right checksum is stored and given back', async () => {
  expect((await raw(lake, 'PUT', '/lake/right', { 'x-amz-checksum-crc32': CRC32 }, DIGITS)).status).toBe(200);
  expect(await lake.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'right', ChecksumMode: 'ENABLED' }))).toMatchObject({ ChecksumCRC32: CRC32 });
});

test.each([
  ['a header', { 'x-amz-checksum-crc32': WRONG }, DIGITS, 'BadDigest'],
  ['a trailer', streaming, chunked(`x-amz-checksum-crc32:${WRONG}\r\n`), 'BadDigest'],
  ['Content-MD5', { 'content-md5': createHash('md5').update('other').digest('base64') }, DIGITS, 'BadDigest'],
  ['an unreadable Content-MD5', { 'content-md5': 'abc' }, DIGITS, 'InvalidDigest'],
  ['the signed SHA-256', { 'x-amz-content-sha256': '0'.repeat(64) }, DIGITS, 'XAmzContentSHA256Mismatch'],
  ['a trailer that does not come', streaming, chunked(''), 'InvalidRequest'],
  ['a length that is not true', { ...streaming, 'x-amz-decoded-content-length': '10' }, chunked(`x-amz-checksum-crc32:${CRC32}\r\n`), 'IncompleteBody'],
  ['a cut aws-chunked body', streaming, chunked('').slice(0, 40), 'IncompleteBody'],
  ['a chunk without a size', streaming, 'zz\r\n', 'IncompleteBody'],
])('wrong in %s: 400, and the old object stands', async (_what, headers, body, code) => {
  await lake.put('guarded', 'old');
  const answer = await raw(lake, 'PUT', '/lake/guarded', headers, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  expect(answer.body).toMatch(/<Message>.+<\/Message>.*<RequestId>[0-9A-F]{16}<\/RequestId>/);
  expect(await lake.text('guarded')).toBe('old');
  const temporary = join(lake.folder, 's3-meta', '.tmp');
  expect(readdirSync(temporary).flatMap((name) => readdirSync(join(temporary, name)))).toEqual([]);
});

test('a right trailer is accepted, cut into network pieces of any size', async () => {
  const body = chunked(`x-amz-checksum-crc32:${CRC32}\r\n`);
  expect((await raw(lake, 'PUT', '/lake/trailer', streaming, body)).status).toBe(200);
  expect(await lake.text('trailer')).toBe(DIGITS);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])('the SDK\'s %s is verified and read back', async (algorithm) => {
  const input = { Bucket: BUCKET, Key: `sdk-${algorithm}` };
  const value: Record<string, string> = { CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64') };
  // The SDK computes CRC64NVME only with its native extension, so its value is given.
  const checksum = value[algorithm] ? { [`Checksum${algorithm}`]: value[algorithm] } : { ChecksumAlgorithm: algorithm as ChecksumAlgorithm };
  const put = await lake.client.send(new PutObjectCommand({ ...input, Body: DIGITS, ...checksum }));
  const got = await lake.client.send(new GetObjectCommand({ ...input, ChecksumMode: 'ENABLED' }));
  expect(await got.Body!.transformToString()).toBe(DIGITS);
  const stated = (got as any)[`Checksum${algorithm}`];
  expect(stated).toBeDefined();
  expect((put as any)[`Checksum${algorithm}`]).toBe(stated);
  const wrong = { [`Checksum${algorithm}`]: Buffer.from(stated, 'base64').map((byte) => 255 - byte).toString() };
  wrong[`Checksum${algorithm}`] = Buffer.from(Buffer.from(stated, 'base64').map((byte) => 255 - byte)).toString('base64');
  expect(await outcome(lake.client.send(new PutObjectCommand({ ...input, Body: DIGITS, ...wrong })))).toBe('400 BadDigest');
});
