import { createAuthenticator, SecretReader, TokenCache, withFreshSecrets } from '../../../../lambda/extractor/auth';
import { Redactor } from '../../../../lambda/extractor/redact';
import { OAuth2Spec } from '../../../../src/spec/auth-spec';
import { Behaviour, HostileServer, json, redirect, silence, status } from '../../../support/hostile-server';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';
import { late, TokenEndpoint } from '../../../support/token-endpoint';
import { clientFor, failureOf, get, read } from '../http/support';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:client-AbCdEf';
const CLIENT_SECRET = 's3cr/t+ %ä';
const ORIGIN = 'https://api.example.com';

let manager: FakeSecretsManager;
let endpoint: TokenEndpoint;
let redactor: Redactor;
let tokens: TokenCache;
let now: number;

beforeEach(async () => {
  manager = await FakeSecretsManager.start({ [secretArn]: JSON.stringify({ client_id: 'the:client', client_secret: CLIENT_SECRET }) });
  endpoint = await TokenEndpoint.start();
  redactor = new Redactor();
  tokens = new TokenCache();
  now = Date.UTC(2026, 10, 23);
});

afterEach(async () => {
  await endpoint.close();
  await manager.close();
});

const specWith = (options: Partial<OAuth2Spec> = {}): OAuth2Spec => ({
  type: 'oauth2ClientCredentials',
  tokenUrl: endpoint.url,
  clientId: { secretArn, field: 'client_id' },
  clientSecret: { secretArn, field: 'client_secret' },
  ...options,
});

const redact = (text: string) => redactor.redact(text);

const authenticatorOf = (options: Partial<OAuth2Spec> = {}, { apiOrigin = ORIGIN, signal }: { apiOrigin?: string; signal?: AbortSignal } = {}) =>
  createAuthenticator(specWith(options), {
    secrets: new SecretReader(), redactor, apiOrigin, tokens, signal, now: () => now, clientFor: (origin) => clientFor(origin, { peer: 'token endpoint', redact }),
  });

const tokenOf = async (authenticator = authenticatorOf()) => (await authenticator.apply(get(`${ORIGIN}/users`))).headers.authorization;

describe('the token request', () => {
  test('carries id and secret in a Basic header, form encoded first, and nothing of them in the body', async () => {
    await tokenOf(authenticatorOf({ scopes: ['users.read', 'teams.read'], audience: 'https://api', parameters: { resource: 'r 1' } }));
    const [{ method, headers }] = endpoint.received;
    expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
    expect(Buffer.from(headers.authorization!.slice('Basic '.length), 'base64').toString()).toBe('the%3Aclient:s3cr%2Ft%2B+%25%C3%A4');
    expect(endpoint.form()).toEqual({ grant_type: 'client_credentials', scope: 'users.read teams.read', audience: 'https://api', resource: 'r 1' });
  });

  test('carries them in the body when told so', async () => {
    await tokenOf(authenticatorOf({ credentialsIn: 'body' }));
    expect(endpoint.received[0].headers.authorization).toBeUndefined();
    expect(endpoint.form()).toEqual({ grant_type: 'client_credentials', client_id: 'the:client', client_secret: CLIENT_SECRET });
  });

  test('leads to a bearer token that the redactor knows', async () => {
    expect(await tokenOf()).toBe('Bearer token-1');
    expect(redact(`got token-1, sent ${CLIENT_SECRET} and ${endpoint.received[0].headers.authorization}`)).toBe('got ***, sent *** and Basic ***');
  });

  test('is not made for another origin', async () => {
    const elsewhere = get('https://other.example.com/');
    expect(await authenticatorOf().apply(elsewhere)).toEqual(elsewhere);
    expect(endpoint.received).toEqual([]);
  });

  test.each([302, 307])('does not follow a redirect (%i) to another origin', async (code) => {
    const other = await HostileServer.start([json({ access_token: 'stolen' })]);
    endpoint.answers.push(redirect(code, `${other.origin}/token`));
    const error = await failureOf(tokenOf()).finally(() => other.close());
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', retryable: false });
    expect(other.received).toEqual([]);
  });

  test('does not travel in the clear', async () => {
    const error = await failureOf(tokenOf(authenticatorOf({ tokenUrl: 'http://login.example.com/token' })));
    expect(error).toMatchObject({ code: 'TOKEN_INVALID', retryable: false, message: expect.stringContaining('use https://') });
  });

  test('ends when the run is out of time', async () => {
    endpoint.answers.push(silence);
    const controller = new AbortController();
    const failure = failureOf(tokenOf(authenticatorOf({}, { signal: controller.signal })));
    while (endpoint.received.length === 0) {
      await new Promise((later) => setTimeout(later, 5));
    }
    controller.abort();
    expect(await failure).toMatchObject({ code: 'ABORTED' });
  });
});

describe('a token', () => {
  const at = async (seconds: number, authenticator: ReturnType<typeof authenticatorOf>) => {
    now = Date.UTC(2026, 10, 23) + seconds * 1000;
    return tokenOf(authenticator);
  };

  test.each<[unknown, number, number]>([[3600, 3539, 3541], ['3600', 3539, 3541], [100, 89, 91]])(
    'that lives %j seconds is kept for %i and replaced after %i', async (expiresIn, kept, replaced) => {
      endpoint.answers.push(endpoint.grant({ expires_in: expiresIn }));
      const authenticator = authenticatorOf();
      expect(await at(0, authenticator)).toBe('Bearer token-1');
      expect(await at(kept, authenticator)).toBe('Bearer token-1');
      expect(await at(replaced, authenticator)).toBe('Bearer token-2');
      expect(endpoint.issued).toHaveLength(2);
    });

  test.each([undefined, null, 0, 'soon'])('whose end is not told (%j) is kept until it is refused', async (expiresIn) => {
    endpoint.answers.push(endpoint.grant({ expires_in: expiresIn }));
    const authenticator = authenticatorOf();
    await at(0, authenticator);
    expect(await at(1e6, authenticator)).toBe('Bearer token-1');
    authenticator.invalidate();
    expect(await at(1e6, authenticator)).toBe('Bearer token-2');
  });

  test('is asked for once by callers that come together', async () => {
    endpoint.answers.push(late(endpoint.grant()));
    const authenticator = authenticatorOf();
    expect(new Set(await Promise.all(Array.from({ length: 8 }, () => tokenOf(authenticator))))).toEqual(new Set(['Bearer token-1']));
    expect(endpoint.received).toHaveLength(1);
  });

  test('that could not be had is asked for again, once for all who waited', async () => {
    endpoint.answers.push(late(status(500)));
    const authenticator = authenticatorOf();
    await Promise.all(Array.from({ length: 3 }, () => failureOf(tokenOf(authenticator))));
    expect(endpoint.received).toHaveLength(1);
    expect(await tokenOf(authenticator)).toBe('Bearer token-1');
  });

  test('is kept over the runs of a process', async () => {
    await tokenOf(authenticatorOf());
    expect(await tokenOf(authenticatorOf())).toBe('Bearer token-1');
    expect(await tokenOf(authenticatorOf({ scopes: ['other'] }))).toBe('Bearer token-2');
  });

  test('is used to its very end while the endpoint is down', async () => {
    const authenticator = authenticatorOf();
    await at(0, authenticator);
    endpoint.answers.push(status(503), status(503));
    expect(await at(3590, authenticator)).toBe('Bearer token-1');
    expect(await failureOf(at(3601, authenticator))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  test('is not used on when the endpoint refuses another one', async () => {
    const authenticator = authenticatorOf();
    await at(0, authenticator);
    endpoint.answers.push(status(401));
    expect(await failureOf(at(3590, authenticator))).toMatchObject({ code: 'TOKEN_REFUSED' });
  });
});

describe('a token endpoint that gives no token', () => {
  const echo = (code: number, headers: Record<string, string> = {}): Behaviour => (request, response) => {
    const known = `${request.headers.authorization} ${CLIENT_SECRET} ${encodeURIComponent(CLIENT_SECRET)} ${JSON.stringify(CLIENT_SECRET)}`;
    response.writeHead(code, headers).end(`you sent ${known}`);
  };

  test.each<[number, string, boolean]>([
    [400, 'TOKEN_REFUSED', false], [401, 'TOKEN_REFUSED', false], [403, 'TOKEN_REFUSED', false], [404, 'TOKEN_REFUSED', false],
    [429, 'TOKEN_UNAVAILABLE', true], [500, 'TOKEN_UNAVAILABLE', true], [503, 'TOKEN_UNAVAILABLE', true],
  ])('%i is %s, retryable %s, and shows no secret that it echoes', async (code, ours, retryable) => {
    endpoint.answers.push(echo(code));
    const error = await failureOf(tokenOf());
    expect(error).toMatchObject({ code: ours, retryable, details: { status: code } });
    expect(error.message).toMatch(new RegExp(`no access token: POST ${endpoint.url}: the token endpoint answered ${code}.*: you sent Basic \\*\\*\\*`));
    expect(`${error.message} ${error.stack} ${JSON.stringify(error.details)} ${error.cause}`).not.toMatch(/s3cr|dGhlJTNB/);
  });

  test('says when to come back', async () => {
    endpoint.answers.push(echo(429, { 'retry-after': '7' }));
    expect(await failureOf(tokenOf())).toMatchObject({ retryAfterSeconds: 7 });
  });

  test.each<[string, Behaviour, RegExp]>([
    ['no token', json({ id_token: 'eyJ-hidden', scope: '' }), /the fields \["id_token","scope"\]/],
    ['an error under 200', json({ ok: false, error: `bad ${CLIENT_SECRET}` }), /the error "bad \*\*\*"/],
    ['a list', json(['eyJ-hidden']), /no JSON object/],
    ['text', json('eyJ-hidden'), /no JSON object/],
    ['no JSON', status(200, {}, 'eyJ-hidden'), /no JSON object/],
    ['a token that no header can carry', json({ access_token: 'eyJ-hidden\r\nx: y' }), /no usable access_token/],
    ['an empty token', json({ access_token: '' }), /no usable access_token/],
    ['a film', json({ access_token: 'eyJ-hidden', film: 'x'.repeat(70_000) }), /more than 65536 bytes/],
  ])('%s', async (_name, answer, message) => {
    endpoint.answers.push(answer);
    const error = await failureOf(tokenOf());
    expect(error).toMatchObject({ code: 'TOKEN_INVALID', retryable: false, message: expect.stringMatching(message) });
    expect(error.message).toContain(endpoint.url);
    expect(error.message).not.toMatch(/hidden|s3cr/);
  });

  test('because it is not there', async () => {
    const error = await failureOf(tokenOf(authenticatorOf({ tokenUrl: 'http://127.0.0.2:1/token' })));
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED', retryable: true, message: expect.stringContaining('http://127.0.0.2:1/token') });
  });
});

describe('an API that refuses', () => {
  let api: HostileServer;

  const calls = (authenticator: ReturnType<typeof authenticatorOf>, count: number) => {
    const client = clientFor(api.origin, { redact });
    const call = () => withFreshSecrets(authenticator, async () => read(await client.open(await authenticator.apply(get(`${api.origin}/users`)))));
    return Promise.all(Array.from({ length: count }, call)).finally(() => client.close());
  };

  afterEach(() => api.close());

  test('the token gets another one, once', async () => {
    api = await HostileServer.start([endpoint.guard(json([1]))]);
    const authenticator = authenticatorOf({}, { apiOrigin: api.origin });
    expect(await calls(authenticator, 1)).toEqual(['[1]']);
    endpoint.revoke();
    expect(await calls(authenticator, 1)).toEqual(['[1]']);
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('several at once gets one new token for all of them', async () => {
    api = await HostileServer.start([endpoint.guard(json([1]))]);
    const authenticator = authenticatorOf({}, { apiOrigin: api.origin });
    await calls(authenticator, 1);
    endpoint.revoke();
    expect(await calls(authenticator, 5)).toHaveLength(5);
    expect(endpoint.issued).toEqual(['token-1', 'token-2']);
  });

  test('every token ends the run, and the token is not shown', async () => {
    api = await HostileServer.start([(request, response) => void response.writeHead(401).end(`bad ${request.headers.authorization}`)]);
    const error = await failureOf(calls(authenticatorOf({}, { apiOrigin: api.origin }), 1));
    expect(error).toMatchObject({ code: 'HTTP_401', message: expect.stringContaining('bad Bearer ***') });
    expect(endpoint.issued).toHaveLength(2);
  });

  test('because the client\'s secret was rotated: it is read anew', async () => {
    api = await HostileServer.start([endpoint.guard(json([1]))]);
    const authenticator = authenticatorOf({ credentialsIn: 'body' }, { apiOrigin: api.origin });
    await calls(authenticator, 1);
    endpoint.revoke();
    manager.secrets[secretArn] = JSON.stringify({ client_id: 'the:client', client_secret: 'rotated' });
    expect(await calls(authenticator, 1)).toEqual(['[1]']);
    expect(endpoint.form(1).client_secret).toBe('rotated');
  });

  test('because the endpoint knows a newer secret only: it is read anew', async () => {
    api = await HostileServer.start([endpoint.guard(json([1]))]);
    const secrets = new SecretReader();
    await secrets.read({ secretArn, field: 'client_secret' });
    manager.secrets[secretArn] = JSON.stringify({ client_id: 'the:client', client_secret: 'rotated' });
    endpoint.answers.push(status(401, {}, '{"error":"invalid_client"}'));
    const authenticator = createAuthenticator(specWith({ credentialsIn: 'body' }), {
      secrets, redactor, apiOrigin: api.origin, clientFor: (origin) => clientFor(origin, { redact }),
    });
    expect(await calls(authenticator, 1)).toEqual(['[1]']);
    expect([0, 1].map((n) => endpoint.form(n).client_secret)).toEqual([CLIENT_SECRET, 'rotated']);
  });
});
