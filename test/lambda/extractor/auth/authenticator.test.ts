import { Authenticator, authQueryParameter, createAuthenticator, SecretReader, withFreshSecrets } from '../../../../lambda/extractor/auth';
import { HttpClient, PageRequest } from '../../../../lambda/extractor/http';
import { Redactor } from '../../../../lambda/extractor/redact';
import { AuthSpec } from '../../../../src/spec/source-spec';
import { HostileServer, json, status } from '../../../support/hostile-server';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';
import { clientFor, failureOf, read } from '../http/support';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-AbCdEf';
const ORIGIN = 'https://api.example.com';
const base: PageRequest = { method: 'GET', url: `${ORIGIN}/users?page=1`, headers: { Authorization: 'Bearer stale', accept: 'x' } };

let manager: FakeSecretsManager;
let redactor: Redactor;

beforeEach(async () => {
  manager = await FakeSecretsManager.start({ [secretArn]: JSON.stringify({ user: 'ann', password: 'p:ä/ß+', token: 'tok-1' }) });
  redactor = new Redactor();
});

afterEach(() => manager.close());

const authenticatorOf = (spec: AuthSpec | undefined, apiOrigin = ORIGIN): Authenticator =>
  createAuthenticator(spec, { secrets: new SecretReader(), redactor, apiOrigin });

const token = { secretArn, field: 'token' };
const SPECS: Record<string, AuthSpec> = {
  bearer: { type: 'bearer', token },
  basic: { type: 'basic', username: { secretArn, field: 'user' }, password: { secretArn, field: 'password' } },
  header: { type: 'apiKey', key: token, in: 'header', name: 'X-Api-Key' },
  query: { type: 'apiKey', key: { secretArn, field: 'password' }, in: 'query', name: 'api_key' },
  headers: { type: 'customHeaders', headers: { 'X-App-Id': { value: { secretArn, field: 'user' } }, 'Authorization': { value: token, prefix: 'Token ' } } },
};

test.each([undefined, { type: 'none' } as const])('none: the request as it is, no secret read', async (spec) => {
  expect(await authenticatorOf(spec).apply(base)).toEqual(base);
  expect(manager.asked).toEqual([]);
});

test('bearer takes the place of an authorization header', async () => {
  expect((await authenticatorOf(SPECS.bearer).apply(base)).headers).toEqual({ authorization: 'Bearer tok-1', accept: 'x' });
});

test('basic, as RFC 7617 writes it in UTF-8', async () => {
  expect((await authenticatorOf(SPECS.basic).apply(base)).headers.authorization).toBe('Basic YW5uOnA6w6Qvw58r');
});

test('an API key in a header', async () => {
  expect((await authenticatorOf(SPECS.header).apply(base)).headers).toEqual({ ...base.headers, 'x-api-key': 'tok-1' });
});

test('an API key in the query, encoded, in place of one that is there', async () => {
  const request = await authenticatorOf(SPECS.query).apply({ ...base, url: `${base.url}&api_key=old` });
  expect(request).toMatchObject({ url: `${base.url}&api_key=p%3A%C3%A4%2F%C3%9F%2B`, secretQuery: ['api_key'] });
});

test('several secrets in headers, behind their prefixes, in place of those that are there', async () => {
  expect((await authenticatorOf(SPECS.headers).apply(base)).headers).toEqual({ 'accept': 'x', 'x-app-id': 'ann', 'authorization': 'Token tok-1' });
});

test('only a key in the query has a parameter to strip', () => {
  expect(Object.values(SPECS).map(authQueryParameter)).toEqual([undefined, undefined, undefined, 'api_key', undefined]);
  expect(authQueryParameter(undefined)).toBeUndefined();
});

test.each(Object.entries(SPECS))('%s: another origin gets nothing', async (_name, spec) => {
  const elsewhere = { ...base, url: 'https://other.example.com/' };
  expect(await authenticatorOf(spec).apply(elsewhere)).toEqual(elsewhere);
  expect(manager.asked).toEqual([]);
});

test.each(Object.entries(SPECS))('%s: what is sent is known to the redactor', async (_name, spec) => {
  const request = await authenticatorOf(spec).apply({ ...base, headers: {} });
  const shown = redactor.redact(JSON.stringify(request));
  expect(shown).toContain('***');
  expect(shown).not.toMatch(/tok-1|p:ä|p%3A|YW5u/);
});

describe('a rotated secret', () => {
  let server: HostileServer;
  let client: HttpClient;

  async function call(...answers: Parameters<typeof HostileServer.start>[0][]) {
    server = await HostileServer.start(answers.flat() as never);
    client = clientFor(server.origin, { redact: (text) => redactor.redact(text) });
    const authenticator = authenticatorOf(SPECS.bearer, server.origin);
    await authenticator.apply({ ...base, url: server.origin });
    manager.secrets[secretArn] = JSON.stringify({ token: 'tok-2' });
    return withFreshSecrets(authenticator, async () => read(await client.open(await authenticator.apply({ ...base, url: server.origin }))));
  }

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  test.each([401, 403])('is read anew once after %i', async (code) => {
    expect(await call([status(code), json({ ok: 1 })])).toBe('{"ok":1}');
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer tok-1', 'Bearer tok-2']);
  });

  test('that is refused again is an error without the secret', async () => {
    const error = await failureOf(call([status(401, {}, 'bad token tok-1'), status(401, {}, 'bad token tok-2')]));
    expect(error).toMatchObject({ code: 'HTTP_401', retryable: false, message: expect.stringContaining('bad token ***') });
    expect(server.received).toHaveLength(2);
  });

  test('is not read for other refusals', async () => {
    expect(await failureOf(call([status(404)]))).toMatchObject({ code: 'HTTP_404' });
    expect(server.received).toHaveLength(1);
  });
});
