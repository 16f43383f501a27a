import { clientFor, failureOf, get, read } from './support';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { PageRequest } from '../../../../lambda/extractor/http/page-request';
import { redirected } from '../../../../lambda/extractor/http/redirect';
import { HostileServer, json, redirect, status } from '../../../support/hostile-server';

const SECRETS = { 'authorization': 'Bearer s3cret', 'Cookie': 'session=s3cret', 'x-api-key': 's3cret', 'x-team': 's3cret', 'accept-language': 'is' };

const servers: HostileServer[] = [];
let client: HttpClient;

async function serve(routes: Parameters<typeof HostileServer.start>[0], host?: string) {
  const server = await HostileServer.start(routes, host);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await client.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

test.each([301, 302, 303, 307, 308])('a GET follows %i within the origin, with all its headers and its key', async (code) => {
  const api = await serve({ '/old': [redirect(code, '/new?page=2')], '/new': [json({ ok: true })] });
  client = clientFor(api.origin);
  const page = await client.open({ ...get(`${api.origin}/old?key=s3cret`, SECRETS), secretQuery: ['key'] });
  expect(await read(page)).toBe('{"ok":true}');
  expect(page.url).toBe(`${api.origin}/new?page=2&key=s3cret`);
  expect(api.received[1]).toMatchObject({ method: 'GET', headers: { 'authorization': 'Bearer s3cret', 'x-api-key': 's3cret' } });
});

test('no credential follows to another origin, nor comes back', async () => {
  const routes: Record<string, ReturnType<typeof json>[]> = { '/cdn': [], '/home': [json({ ok: true })] };
  const other = await serve(routes, '127.0.0.2');
  const api = await serve({ '/start': [redirect(302, `${other.origin}/cdn?key=s3cret&page=2`)], '/home': [json({ ok: true })] });
  routes['/cdn'].push(redirect(302, `${api.origin}/home`));
  client = clientFor(api.origin);

  await read(await client.open({ ...get(`${api.origin}/start?key=s3cret`, SECRETS), secretQuery: ['key'] }));

  expect(JSON.stringify(api.received[0])).toContain('s3cret');
  expect(other.received[0]).toMatchObject({ url: '/cdn?page=2', headers: { 'accept-language': 'is' } });
  expect(JSON.stringify([other.received, api.received[1]])).not.toContain('s3cret');
});

test('a request that starts at another origin carries no credential', async () => {
  const api = await serve([json({})]);
  const other = await serve([json({})], '127.0.0.2');
  client = clientFor(api.origin);
  await read(await client.open({ ...get(`${other.origin}/?key=s3cret&page=2`, SECRETS), secretQuery: ['key'] }));
  expect(other.received[0].url).toBe('/?page=2');
  expect(JSON.stringify(other.received)).not.toContain('s3cret');
});

test('another port of the same host is another origin', async () => {
  const other = await serve([json({})]);
  const api = await serve([redirect(307, other.origin)]);
  client = clientFor(api.origin);
  await read(await client.open(get(api.origin, SECRETS)));
  expect(other.received).toHaveLength(1);
  expect(JSON.stringify(other.received)).not.toContain('s3cret');
});

test('a 401 at another origin says why', async () => {
  const other = await serve([status(401)], '127.0.0.2');
  const api = await serve([redirect(307, other.origin)]);
  client = clientFor(api.origin);
  const error = await failureOf(client.open(get(api.origin, SECRETS)));
  expect(error).toMatchObject({ code: 'HTTP_401', message: expect.stringContaining(`credentials are sent to ${api.origin} only`) });
});

test('a circle ends', async () => {
  const api = await serve({ '/a': [redirect(302, '/b')], '/b': [redirect(302, '/a')] });
  client = clientFor(api.origin);
  expect(await failureOf(client.open(get(`${api.origin}/a`)))).toMatchObject({ code: 'REDIRECT_LOOP', retryable: false });
  expect(api.received).toHaveLength(2);
});

test('five redirects are followed, six are not', async () => {
  const hops = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/${n}`, [redirect(302, `/${n + 1}`)]]));
  const api = await serve({ ...hops, '/7': [json({ end: true })] });
  client = clientFor(api.origin);
  expect(await read(await client.open(get(`${api.origin}/2`)))).toBe('{"end":true}');
  expect(await failureOf(client.open(get(`${api.origin}/1`)))).toMatchObject({ code: 'REDIRECT_LOOP', message: expect.stringContaining('more than 5') });
});

test('a redirect without a place is a refusal', async () => {
  const api = await serve([status(302)]);
  client = clientFor(api.origin);
  expect(await failureOf(client.open(get(api.origin)))).toMatchObject({ code: 'HTTP_302', retryable: false });
});

describe('a POST', () => {
  const post = (url: string): PageRequest => ({ method: 'POST', url, headers: {}, body: '{"q":1}' });

  test('is sent again after 307', async () => {
    const api = await serve({ '/a': [redirect(307, '/b')], '/b': [json({})] });
    client = clientFor(api.origin);
    await read(await client.open(post(`${api.origin}/a`)));
    expect(api.received[1]).toMatchObject({ method: 'POST', url: '/b', body: '{"q":1}' });
  });

  test.each([301, 302, 303])('does not become a GET by %i', async (code) => {
    const api = await serve({ '/a': [redirect(code, '/b')] });
    client = clientFor(api.origin);
    expect(await failureOf(client.open(post(`${api.origin}/a`)))).toMatchObject({ code: 'REDIRECT_REFUSED', retryable: false });
    expect(api.received).toHaveLength(1);
  });

  test('does not take its body to another origin', async () => {
    const other = await serve([json({})], '127.0.0.2');
    const api = await serve([redirect(308, other.origin)]);
    client = clientFor(api.origin);
    expect(await failureOf(client.open(post(api.origin)))).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(other.received).toHaveLength(0);
  });
});

test('from https to http is refused', () => {
  client = clientFor('https://api.example.com');
  expect(() => redirected(get('https://api.example.com/a'), 301, 'http://api.example.com/b'))
    .toThrow(expect.objectContaining({ code: 'REDIRECT_REFUSED', message: expect.stringContaining('not encrypted') }));
});
