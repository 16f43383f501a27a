import * as zlib from 'node:zlib';
import { clientFor, failureOf, get, read } from './support';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { HostileServer, raw } from '../../../support/hostile-server';

const HAS_ZSTD = 'createZstdDecompress' in zlib;
const BODY = '{"results":[]}';

/** A frame of one raw block (RFC 8878, section 3.1.1): Node 20 cannot make one. */
function zstd(text: string): Buffer {
  const bytes = Buffer.from(text);
  const block = Buffer.alloc(3);
  block.writeUIntLE(bytes.length * 8 + 1, 0, 3);
  return Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length), block, bytes]);
}

let server: HostileServer;
let client: HttpClient;

async function serve(body: Buffer, coding: string) {
  server = await HostileServer.start([raw(body, { 'content-encoding': coding })]);
  client = clientFor(server.origin);
}

afterEach(async () => {
  await client.close();
  await server.close();
});

test('what is asked for is what can be undone: zstd only where Node has it', async () => {
  await serve(zlib.gzipSync(BODY), 'gzip');
  expect(await read(await client.open(get(server.origin)))).toBe(BODY);
  expect(server.received[0].headers['accept-encoding']).toBe(HAS_ZSTD ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br');
});

test('zstd that comes nevertheless is undone, or refused with what is accepted', async () => {
  await serve(zstd(BODY), 'zstd');
  if (HAS_ZSTD) {
    expect(await read(await client.open(get(server.origin)))).toBe(BODY);
    return;
  }
  const error = await failureOf(client.open(get(server.origin)));
  expect(error).toMatchObject({ code: 'UNSUPPORTED_ENCODING', retryable: false });
  expect(error.message).toContain('the response is compressed as "zstd", accepted are gzip, deflate, br: ');
  expect(error.message).toContain(`Node ${process.versions.node} undoes no other`);
});

test.each(['compress', 'gzip, zstd2', '__proto__'])('a coding that nobody undoes is refused: %s', async (coding) => {
  await serve(Buffer.from(BODY), coding);
  expect(await failureOf(client.open(get(server.origin)))).toMatchObject({
    code: 'UNSUPPORTED_ENCODING', retryable: false, message: expect.stringContaining(`as "${coding.split(', ').at(-1)}"`),
  });
});

test.each<[string, Buffer]>([
  ['gzip', zlib.gzipSync(BODY)], ['deflate', zlib.deflateSync(BODY)], ['br', zlib.brotliCompressSync(BODY)], ...(HAS_ZSTD ? [['zstd', zstd(BODY)] as [string, Buffer]] : []),
])('a corrupt and a cut stream of %s can be tried again', async (coding, body) => {
  await serve(body.subarray(0, -3), coding);
  expect(await failureOf(client.open(get(server.origin)).then(read))).toMatchObject({ retryable: true });
  await client.close();
  await server.close();
  await serve(Buffer.from([0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07]), coding);
  expect(await failureOf(client.open(get(server.origin)).then(read))).toMatchObject({ code: 'CORRUPT_ENCODING', retryable: true });
});
