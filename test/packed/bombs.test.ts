import * as zlib from 'node:zlib';
import { PackedExtractor } from './support/packed-extractor';
import { packedSuite } from './support/suite';
import { HostileServer, raw, status } from '../support/hostile-server';

const MIB = 1024 * 1024;
/** What the process holds beyond what it needs for a small page. */
const HEADROOM_MB = 100;

const suite = packedSuite();

const zstd = (zlib as unknown as { zstdCompressSync?: (data: Buffer) => Buffer }).zstdCompressSync;
const page = (mib: number) => Buffer.concat([Buffer.from('{"results":[{"id":1}'), Buffer.alloc(mib * MIB, ' '), Buffer.from(']}')]);
const BOMB = page(256);
const gzip = (data: Buffer) => zlib.gzipSync(data, { level: 9 });
/** Members without content: a decoder reads them all, and nothing comes out. */
const emptyMembers = (mib: number) => Buffer.alloc(Math.floor((mib * MIB) / 20) * 20, gzip(Buffer.alloc(0)));

async function serve(body: Buffer, coding: string): Promise<{ api: HostileServer; extractor: PackedExtractor }> {
  const api = await suite.serve([raw(body, { 'content-encoding': coding })], '127.0.0.2');
  return { api, extractor: suite.start({ apiUrl: `${api.origin}/users`, allowedHosts: ['127.0.0.2'], spec: { timeouts: { totalMs: 20_000 } } }) };
}

async function peakOfSmallPage(): Promise<number> {
  const { extractor } = await serve(gzip(page(1)), 'gzip');
  const { peakMb, result } = await extractor.invoke();
  expect(result).toMatchObject({ records: 1 });
  return peakMb;
}

const BOMBS: [string, () => Buffer][] = [
  ['gzip', () => gzip(BOMB)],
  ['x-gzip', () => gzip(BOMB)],
  ['deflate', () => zlib.deflateSync(BOMB, { level: 9 })],
  ['br', () => zlib.brotliCompressSync(BOMB, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })],
  ['gzip, gzip', () => gzip(gzip(BOMB))],
  ['gzip, br', () => zlib.brotliCompressSync(gzip(BOMB))],
];

test.each(BOMBS)('a bomb in %s ends the run at once, in little memory, and is not asked for again', async (coding, make) => {
  const small = await peakOfSmallPage();
  const { api, extractor } = await serve(make(), coding);
  const { code, said, peakMb } = await extractor.invoke();
  expect(code).toBe('DECOMPRESSION_LIMIT');
  expect(said).toContain('limits.maxDecompressionRatio');
  expect(peakMb).toBeLessThan(small + HEADROOM_MB);
  expect(api.received).toHaveLength(1);
  expect(suite.lake.lines('users')).toEqual(['{"id":1}']); // of the small page
});

(zstd ? test : test.skip)('a bomb in zstd ends the run at once', async () => {
  const { extractor } = await serve(zstd!(BOMB), 'zstd');
  expect(await extractor.invoke()).toMatchObject({ code: 'DECOMPRESSION_LIMIT' });
});

test('a bomb between two codings is found, though nothing comes out of the last one', async () => {
  const { extractor } = await serve(gzip(emptyMembers(256)), 'gzip, gzip');
  const { code, said } = await extractor.invoke();
  expect(code).toBe('DECOMPRESSION_LIMIT');
  // How far the first coding is ahead of the second is the scheduler's to say: a busy machine has been seen to find it at 45 MiB.
  expect(Number(/: the response is (\d+) bytes out of/.exec(said)?.[1])).toBeLessThan(128 * MIB);
});

test('more than two codings are not undone at all', async () => {
  const { api, extractor } = await serve(gzip(gzip(gzip(page(0)))), 'gzip, gzip, gzip');
  expect(await extractor.invoke()).toMatchObject({ code: 'UNSUPPORTED_ENCODING', said: expect.stringContaining('compressed 3 times, at most 2') });
  expect(api.received).toHaveLength(1);
});

test('a hundred codings in the header cost nothing', async () => {
  const small = await peakOfSmallPage();
  const { extractor } = await serve(gzip(page(0)), Array<string>(5_000).fill('gzip').join(','));
  const { code, peakMb } = await extractor.invoke();
  expect(code).toBe('UNSUPPORTED_ENCODING');
  expect(peakMb).toBeLessThan(small + HEADROOM_MB);
});

test('two codings of an honest page are undone', async () => {
  const { extractor } = await serve(zlib.brotliCompressSync(gzip(page(0))), 'gzip, br');
  expect((await extractor.invoke()).result).toMatchObject({ records: 1 });
});

test('a bomb in an error is read no further than the error quotes', async () => {
  const small = await peakOfSmallPage();
  const api = await suite.serve([status(500, { 'content-encoding': 'gzip' }, gzip(BOMB) as unknown as string)], '127.0.0.2');
  const { code, peakMb, said } = await suite.start({ apiUrl: `${api.origin}/`, allowedHosts: ['127.0.0.2'] }).invoke();
  expect(code).toBe('HTTP_500');
  expect(peakMb).toBeLessThan(small + HEADROOM_MB);
  expect(said.length).toBeLessThan(20_000);
});
