import { extract } from '../../support/extract';
import { HostileServer, json, redirect } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer;
let inner: HostileServer;

beforeEach(async () => {
  lake = await TestLake.start();
  inner = await HostileServer.start([json({ results: [{ id: 2 }], next: null })], '127.0.0.2');
});

afterEach(async () => {
  await Promise.all([api.close(), inner.close()]);
  await lake.close();
});

const BY_LINK = { pagination: { type: 'nextUrl', path: '$.next' } } as const;

test('a next link into the private network is refused, and nothing of the run is visible', async () => {
  api = await HostileServer.start([json({ results: [{ id: 1 }], next: `${inner.origin}/latest` })]);
  await expect(extract(lake, api.origin, { spec: BY_LINK, allowedHosts: '127.0.0.1' })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED', details: { host: '127.0.0.2' } });
  expect(api.received).toHaveLength(1);
  expect(inner.connections).toBe(0);
  expect(lake.lines('users')).toEqual([]);
});

test('a redirect into the private network is refused', async () => {
  api = await HostileServer.start([redirect(307, inner.origin)]);
  await expect(extract(lake, api.origin, { allowedHosts: '127.0.0.1' })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED', retryable: false });
  expect(inner.connections).toBe(0);
});

test('the endpoint itself is refused unless the source allows it', async () => {
  api = await HostileServer.start([json({ results: [{ id: 1 }] })]);
  await expect(extract(lake, api.origin, { allowedHosts: '' })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  expect(api.connections).toBe(0);

  await extract(lake, api.origin, { allowedHosts: '', spec: { network: { allowedHosts: ['127.0.0.1'] } } });
  expect(lake.lines('users')).toEqual(['{"id":1}']);
});

test('a next link goes where the source allows it', async () => {
  api = await HostileServer.start([json({ results: [{ id: 1 }], next: inner.origin })]);
  await extract(lake, api.origin, { allowedHosts: '127.0.0.1', spec: { ...BY_LINK, network: { allowedHosts: ['127.0.0.2'] } } });
  expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":2}']);
});
