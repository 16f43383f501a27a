import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AUTHS, AWS_ENVIRONMENT, grantToken, HASHED, SECRETS, secretsSeen, STORED } from './support/auths';
import { packedSuite } from './support/suite';
import { selfSigned } from '../faults/support/self-signed';
import { Behaviour, HostileServer, json, redirect } from '../support/hostile-server';
import { leaksOf } from '../support/leaks';
import { FakeSecretsManager } from '../support/secrets-manager-server';

const suite = packedSuite();
let manager: FakeSecretsManager;
let login: HostileServer;
/** Another origin, which the source allows. */
let other: HostileServer;

beforeEach(async () => {
  manager = await FakeSecretsManager.start(STORED);
  login = await suite.serve([grantToken], '127.0.0.4');
  other = await suite.serve([json({ results: [{ id: 1 }] })], '127.0.0.3');
});

afterEach(() => manager.close());

const HOSTS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const environment = AWS_ENVIRONMENT;

/** Authenticated, and hashing by a key. */
async function authenticated(auth: keyof ReturnType<typeof AUTHS>, answer: Behaviour, spec = {}) {
  const api = await suite.serve([answer, json({ results: [] })], '127.0.0.2');
  return { api, extractor: suite.start({ apiUrl: `${api.origin}/users`, allowedHosts: HOSTS, environment, spec: { ...HASHED, auth: AUTHS(`${login.origin}/token`)[auth], ...spec } }) };
}

const HARMLESS = ['accept', 'accept-encoding', 'accept-language', 'connection', 'content-type', 'host', 'user-agent'];

describe.each(Object.keys(AUTHS('')) as (keyof ReturnType<typeof AUTHS>)[])('credentials of %s', (auth) => {
  /** Many APIs repeat the key of a query in their links. */
  const elsewhere = () => `${other.origin}/users${auth === 'apiKey in the query' ? `?key=${encodeURIComponent(SECRETS.queryKey)}` : ''}`;
  /** Of the first request to the API: its credentials are there at all. */
  const sent = (api: HostileServer) => JSON.stringify(api.received[0]).match(/authorization|x-api-key|x-team|[?&]key=/) !== null;

  test.each([
    ['a redirect', () => redirect(307, elsewhere()), {}],
    ['a next link', () => json({ results: [{ id: 0 }], next: elsewhere() }), { pagination: { type: 'nextUrl', path: '$.next' } }],
  ])('do not follow %s to another origin', async (_what, answer, spec) => {
    const { api, extractor } = await authenticated(auth, answer(), spec);
    const { code } = await extractor.invoke();
    expect({ code, sent: sent(api), received: other.received.length }).toEqual({ code: undefined, sent: auth !== 'none', received: 1 });
    expect(Object.keys(other.received[0].headers).filter((name) => !HARMLESS.includes(name))).toEqual([]);
    expect(leaksOf(JSON.stringify(other.received), auth === 'none' ? [] : secretsSeen(api, login))).toEqual([]);
  });
});

test('a token endpoint cannot hand the client\'s secret on', async () => {
  const elsewhere = await suite.serve([grantToken], '127.0.0.3');
  login = await suite.serve([redirect(307, `${elsewhere.origin}/token`)], '127.0.0.4');
  const { extractor } = await authenticated('oauth2 in the body', json({ results: [] }));
  expect(await extractor.invoke()).toMatchObject({ code: 'REDIRECT_REFUSED' });
  expect(elsewhere.connections).toBe(0);
});

test('https does not become http', async () => {
  const plain = await suite.serve([json({ results: [{ id: 666 }] })], '127.0.0.2');
  const certificate = selfSigned('api.test');
  const trusted = join(suite.library.folder, 'authority.pem');
  writeFileSync(trusted, certificate.cert);
  const asked: (string | undefined)[] = [];
  const server = createServer(certificate, (request, response) => {
    asked.push(request.url);
    if (request.url === '/users') {
      response.writeHead(302, { location: request.headers['x-downgrade'] === 'no' ? '/moved' : plain.origin.replace('127.0.0.2', 'api.test') }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"id":1}]}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
  const options = {
    apiUrl: `https://api.test:${(server.address() as AddressInfo).port}/users`,
    allowedHosts: ['api.test'],
    names: { 'api.test': [['127.0.0.2']] },
    environment: { NODE_EXTRA_CA_CERTS: trusted },
  };
  const refused = await suite.start(options).invoke();
  // The same server, when it stays with https, is followed: it was not its certificate.
  const followed = await suite.start({ ...options, spec: { request: { headers: { 'x-downgrade': 'no' } } } as object }).invoke();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  expect(refused).toMatchObject({ code: 'REDIRECT_REFUSED', said: expect.stringContaining('which is not encrypted') });
  expect(plain.connections).toBe(0);
  expect(followed.result).toMatchObject({ records: 1 });
  expect(asked).toEqual(['/users', '/users', '/moved']);
});

describe('a redirect', () => {
  const from = async (routes: Record<string, Behaviour[]>) => {
    const api = await suite.serve(routes, '127.0.0.2');
    return { api, ...await suite.start({ apiUrl: `${api.origin}/1`, allowedHosts: HOSTS }).invoke() };
  };

  test('in a circle ends', async () => {
    const { api, code } = await from({ '/1': [redirect(302, '/2')], '/2': [redirect(302, '/1')] });
    expect({ code, asked: api.received.length }).toEqual({ code: 'REDIRECT_LOOP', asked: 2 });
  });

  test('that always leads further ends after five', async () => {
    let hops = 1;
    const { api, code } = await from({ '*': [(request, response, socket) => redirect(302, `/${++hops}`)(request, response, socket)] });
    expect({ code, asked: api.received.length }).toEqual({ code: 'REDIRECT_LOOP', asked: 6 });
  });

  test('between two hosts in a circle ends', async () => {
    const routes: Record<string, Behaviour[]> = { '/1': [] };
    const second = await suite.serve(routes, '127.0.0.3');
    const first = await suite.serve({ '/1': [redirect(302, `${second.origin}/1`)] }, '127.0.0.2');
    routes['/1'].push(redirect(302, `${first.origin}/1`));
    expect(await suite.start({ apiUrl: `${first.origin}/1`, allowedHosts: HOSTS }).invoke()).toMatchObject({ code: 'REDIRECT_LOOP' });
    expect([first.received.length, second.received.length]).toEqual([1, 1]);
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.3/', 'gopher://127.0.0.3/', 'data:application/json,{"results":[]}', 'javascript:1', 'http://', 'unix:/var/run/docker.sock'])('to %s leads nowhere', async (url) => {
    const { code, said } = await from({ '/1': [redirect(302, url)] });
    expect(['BAD_URL', 'REDIRECT_REFUSED', 'HTTP_404']).toContain(code);
    expect(said).not.toContain('/root:');
    expect(suite.lake.lines('users')).toEqual([]);
  });
});
