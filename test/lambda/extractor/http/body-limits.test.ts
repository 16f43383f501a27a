import { brotliCompressSync, gzipSync } from 'node:zlib';
import { clientFor, failureOf, get, read } from './support';
import { HttpClient, HttpClientOptions } from '../../../../lambda/extractor/http/http-client';
import { Behaviour, HostileServer, raw, status } from '../../../support/hostile-server';

const MIB = 1024 * 1024;

let server: HostileServer;
let client: HttpClient;

async function open(behaviour: Behaviour, limits?: HttpClientOptions['limits']) {
  server = await HostileServer.start([behaviour]);
  client = clientFor(server.origin, { limits });
  return client.open(get(server.origin));
}

afterEach(async () => {
  await client.close();
  await server.close();
});

const zeros = (mib: number) => Buffer.concat([Buffer.from('{"results":[]'), Buffer.alloc(mib * MIB, ' '), Buffer.from('}')]);

test.each([
  ['gzip', gzipSync(zeros(64))],
  ['br', brotliCompressSync(zeros(64))],
  ['gzip, gzip', gzipSync(gzipSync(zeros(64)))],
])('a bomb in %s is given up long before its end', async (coding, body) => {
  const page = await open(raw(body, { 'content-encoding': coding }));
  const error = await failureOf(read(page));
  expect(error).toMatchObject({ code: 'DECOMPRESSION_LIMIT', retryable: false, message: expect.stringContaining('limits.maxDecompressionRatio') });
  expect(error.details.bytes).toBeLessThan(32 * MIB);
});

test('a bomb in an error response is cut off', async () => {
  const error = await failureOf(open(status(500, { 'content-encoding': 'gzip' }, gzipSync(zeros(64)) as unknown as string)));
  expect(error).toMatchObject({ code: 'HTTP_500' });
  expect(error.message.length).toBeLessThan(1000);
});

test('up to 16 MiB the ratio does not matter, and it can be raised', async () => {
  expect(await read(await open(raw(gzipSync(Buffer.alloc(16 * MIB, ' ')), { 'content-encoding': 'gzip' })))).toHaveLength(16 * MIB);
  await Promise.all([client.close(), server.close()]);
  expect(await read(await open(raw(gzipSync(Buffer.alloc(17 * MIB, ' ')), { 'content-encoding': 'gzip' }), { maxDecompressionRatio: 1100 }))).toHaveLength(17 * MIB);
});

test('a response of the allowed length passes, a longer one is an error that names the limit', async () => {
  expect(await read(await open(raw('{"a":12}'), { maxResponseBytes: 8 }))).toBe('{"a":12}');
  await Promise.all([client.close(), server.close()]);
  expect(await failureOf(open(raw('{"a":123}'), { maxResponseBytes: 8 }))).toMatchObject({
    code: 'RESPONSE_TOO_LARGE', retryable: false, message: expect.stringContaining('longer than 8 bytes; ask for smaller pages or raise limits.maxResponseBytes'),
  });
});

test('the decompressed length counts', async () => {
  const page = open(raw(gzipSync(Buffer.alloc(1000, ' ')), { 'content-encoding': 'gzip' }), { maxResponseBytes: 999 });
  expect(await failureOf(page.then(read))).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
});

test('headers beyond 64 KiB are an error', async () => {
  expect(await failureOf(open(raw('{}', { 'x-long': 'x'.repeat(70_000) })))).toMatchObject({ code: 'HEADERS_TOO_LARGE', retryable: false });
});
