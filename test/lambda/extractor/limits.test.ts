import { gzipSync } from 'node:zlib';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { HostileServer, json, raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const BY_PAGE = { pagination: { type: 'pageNumber', param: 'page' } } as const;

test('a gzip bomb on a later page ends the run at once, and nothing of it is visible', async () => {
  const bomb = gzipSync(`{"results":[${' '.repeat(64 * 1024 * 1024)}]}`);
  api = await startApi([json({ results: [{ id: 1 }] }), raw(bomb, { 'content-encoding': 'gzip' })]);
  await expect(extract(lake, api.origin, { spec: BY_PAGE })).rejects.toMatchObject({ code: 'DECOMPRESSION_LIMIT', retryable: false });
  expect(api.received).toHaveLength(2);
  expect(lake.lines('users')).toEqual([]);
});

test('a response longer than allowed ends the run', async () => {
  api = await startApi([json({ results: [{ id: 1 }] })]);
  await expect(extract(lake, api.origin, { spec: { limits: { maxResponseBytes: 10 } } })).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  expect(api.received).toHaveLength(1);
});
