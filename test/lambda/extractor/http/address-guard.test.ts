import { LookupFunction } from 'node:net';
import { clientFor, failureOf, get, read } from './support';
import { HttpClient } from '../../../../lambda/extractor/http/http-client';
import { HostileServer, json, redirect } from '../../../support/hostile-server';
import '../../../support/loopback-fence.cjs'; // were the guard broken, nothing of these tests would leave the machine

let client: HttpClient;
const servers: HostileServer[] = [];

async function serve(routes: Parameters<typeof HostileServer.start>[0], host?: string) {
  const server = await HostileServer.start(routes, host);
  servers.push(server);
  return server;
}

/** Resolves names by a table, asks no network, and remembers what it was asked. */
function resolver(table: Record<string, string[]>) {
  const asked: string[] = [];
  const lookup: LookupFunction = (host, options, callback) => {
    asked.push(host);
    const found = (table[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) {
      callback(null, found);
    } else {
      callback(null, found[0].address, found[0].family);
    }
  };
  return { asked, lookup };
}

afterEach(async () => {
  await client.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

test.each([
  'http://127.0.0.1/', 'http://127.1/', 'http://2130706433/', 'http://0x7f000001/', 'http://0177.0.0.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/',
  'http://0.0.0.0/', 'http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data/', 'https://192.168.0.1/', 'http://[fd00:ec2::254]/', 'http://[fe80::1]/',
])('%s is refused before anything is sent', async (url) => {
  client = clientFor(new URL(url).origin, { allowedHosts: [] });
  expect(await failureOf(client.open(get(url)))).toMatchObject({ code: 'ADDRESS_REFUSED', retryable: false });
});

test.each([
  ['a private address', ['10.1.2.3']],
  ['the metadata service', ['169.254.169.254']],
  ['a private address among public ones', ['8.8.8.8', '192.168.0.1']],
  ['a mapped address', ['::ffff:127.0.0.1']],
])('a name that resolves to %s is refused, and the error says how to allow it', async (_name, addresses) => {
  const { asked, lookup } = resolver({ 'api.test': addresses });
  client = clientFor('http://api.test', { lookup });
  const address = addresses[addresses.length - 1];
  expect(await failureOf(client.open(get('http://api.test/users?key=hidden')))).toMatchObject({
    code: 'ADDRESS_REFUSED',
    retryable: false,
    message: expect.stringMatching(new RegExp(`host api.test resolves to ${address.replace(/\./g, '\\.')}, a .* add 'api.test' to network.allowedHosts`)),
    details: { host: 'api.test', address },
  });
  expect(asked).toEqual(['api.test']);
});

test('a redirect is judged like a first request', async () => {
  const other = await serve([json({ secret: true })], '127.0.0.2');
  const api = await serve([redirect(302, `${other.origin}/latest/meta-data`)]);
  client = clientFor(api.origin, { allowedHosts: ['127.0.0.1'] });
  expect(await failureOf(client.open(get(api.origin)))).toMatchObject({ code: 'ADDRESS_REFUSED', details: { host: '127.0.0.2' } });
  expect(api.received).toHaveLength(1);
  expect(other.connections).toBe(0);
});

test.each(['localhost', 'LOCALHOST', 'localhost.'])('an allowed host is reached as %s, whatever its address is', async (spelling) => {
  const api = await serve([json({ ok: true })]);
  const { lookup } = resolver({ 'localhost': ['127.0.0.1'], 'localhost.': ['127.0.0.1'] });
  client = clientFor(api.origin, { lookup, allowedHosts: ['localhost'] });
  expect(await read(await client.open(get(api.origin.replace('127.0.0.1', spelling))))).toBe('{"ok":true}');
});

test('an allowed host allows no other one, not even at the same address', async () => {
  const api = await serve([json({})]);
  const { lookup } = resolver({ 'api.test': ['127.0.0.1'], 'sub.api.test': ['127.0.0.1'] });
  client = clientFor(api.origin, { lookup, allowedHosts: ['api.test'] });
  const at = (host: string) => client.open(get(api.origin.replace('127.0.0.1', host)));
  await read(await at('api.test'));
  expect(await failureOf(at('sub.api.test'))).toMatchObject({ code: 'ADDRESS_REFUSED' });
  expect(await failureOf(at('127.0.0.1'))).toMatchObject({ code: 'ADDRESS_REFUSED' });
});

test('the system resolves names when nothing else does', async () => {
  const api = await serve([json({ ok: true })]);
  client = clientFor(api.origin, { allowedHosts: [] });
  expect(await failureOf(client.open(get(api.origin.replace('127.0.0.1', 'localhost'))))).toMatchObject({
    code: 'ADDRESS_REFUSED', details: { host: 'localhost' },
  });
  expect(api.connections).toBe(0);
});
