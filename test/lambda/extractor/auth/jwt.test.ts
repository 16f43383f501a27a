import { createHmac, generateKeyPairSync, KeyObject, verify } from 'node:crypto';
import { createAuthenticator, SecretReader } from '../../../../lambda/extractor/auth';
import { Redactor } from '../../../../lambda/extractor/redact';
import { JwtSpec } from '../../../../src/spec/auth-spec';
import { status } from '../../../support/hostile-server';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';
import { TokenEndpoint } from '../../../support/token-endpoint';
import { clientFor, failureOf, get } from '../http/support';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';
const ORIGIN = 'https://api.example.com';
const ISSUED = 1_795_392_000;
const SHARED = 'k'.repeat(32);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

let manager: FakeSecretsManager;
let endpoint: TokenEndpoint;
let redactor: Redactor;
let now: number;

function holding(secret: string) {
  manager.secrets[secretArn] = secret;
}

beforeEach(async () => {
  manager = await FakeSecretsManager.start({ [secretArn]: pem(rsa.privateKey) });
  endpoint = await TokenEndpoint.start();
  redactor = new Redactor();
  now = ISSUED * 1000 + 400;
});

afterEach(async () => {
  await endpoint.close();
  await manager.close();
});

const authenticatorOf = (spec: Partial<JwtSpec> = {}) =>
  createAuthenticator({ type: 'jwt', algorithm: 'RS256', key: { secretArn }, ...spec }, {
    secrets: new SecretReader(),
    redactor,
    apiOrigin: ORIGIN,
    now: () => now,
    clientFor: (origin) => clientFor(origin, { peer: 'token endpoint', redact: (text) => redactor.redact(text) }),
  });

const bearerOf = async (authenticator: ReturnType<typeof authenticatorOf>) => {
  const { headers } = await authenticator.apply(get(`${ORIGIN}/users`));
  return headers.authorization.replace(/^Bearer /, '');
};

function parts(jwt: string) {
  const [header, claims, signature] = jwt.split('.');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: parse(header), claims: parse(claims), signed: Buffer.from(`${header}.${claims}`), signature: Buffer.from(signature, 'base64url') };
}

test('an assertion says what it was told to say, for five minutes', async () => {
  const jwt = await bearerOf(authenticatorOf({ keyId: 'key-1', issuer: 'me', subject: 'robot', audience: 'them', claims: { scope: 'read', list: [1] } }));
  expect(parts(jwt)).toMatchObject({ header: { alg: 'RS256', typ: 'JWT', kid: 'key-1' } });
  expect(parts(jwt).claims).toEqual({ iss: 'me', sub: 'robot', aud: 'them', iat: ISSUED, exp: ISSUED + 300, scope: 'read', list: [1] });
});

test('without options it says no more than when', async () => {
  expect(parts(await bearerOf(authenticatorOf()))).toMatchObject({ header: { alg: 'RS256', typ: 'JWT' }, claims: { iat: ISSUED, exp: ISSUED + 300 } });
});

describe('the signature', () => {
  test('RS256', async () => {
    const { signed, signature } = parts(await bearerOf(authenticatorOf()));
    expect(verify('RSA-SHA256', signed, rsa.publicKey, signature)).toBe(true);
  });

  test('ES256, as the two numbers in 64 bytes and not as DER', async () => {
    holding(pem(ec.privateKey));
    const { signed, signature } = parts(await bearerOf(authenticatorOf({ algorithm: 'ES256' })));
    expect(signature).toHaveLength(64);
    expect(verify('SHA256', signed, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  test('HS256', async () => {
    holding(SHARED);
    const { signed, signature } = parts(await bearerOf(authenticatorOf({ algorithm: 'HS256' })));
    expect(signature).toEqual(createHmac('sha256', SHARED).update(signed).digest());
  });

  test.each<[string, (text: string) => string]>([
    ['with its line breaks', (text) => JSON.stringify({ key: text })],
    ['with line breaks escaped twice', (text) => JSON.stringify({ key: text.replace(/\n/g, '\\n') })],
  ])('by a key in a field, %s', async (_name, stored) => {
    holding(stored(pem(rsa.privateKey)));
    const { signed, signature } = parts(await bearerOf(authenticatorOf({ key: { secretArn, field: 'key' } })));
    expect(verify('RSA-SHA256', signed, rsa.publicKey, signature)).toBe(true);
  });
});

test('an assertion is kept, and signed anew ahead of its end', async () => {
  const authenticator = authenticatorOf({ lifetimeSeconds: 600 });
  const first = await bearerOf(authenticator);
  now += 539_000;
  expect(await bearerOf(authenticator)).toBe(first);
  now += 2_000;
  expect(parts(await bearerOf(authenticator)).claims).toMatchObject({ iat: ISSUED + 541, exp: ISSUED + 1141 });
});

test('a rotated key is read anew', async () => {
  const authenticator = authenticatorOf();
  await bearerOf(authenticator);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  holding(pem(other.privateKey));
  authenticator.invalidate();
  const { signed, signature } = parts(await bearerOf(authenticator));
  expect(verify('RSA-SHA256', signed, other.publicKey, signature)).toBe(true);
});

test('assertion and key are known to the redactor', async () => {
  const jwt = await bearerOf(authenticatorOf());
  expect(redactor.redact(`${jwt} ${pem(rsa.privateKey).trim()}`)).toBe('*** ***');
});

test('another origin gets none', async () => {
  const elsewhere = get('https://other.example.com/');
  expect(await authenticatorOf().apply(elsewhere)).toEqual(elsewhere);
});

describe('exchanged at a token endpoint', () => {
  const exchanging = (spec: Partial<JwtSpec> = {}) => authenticatorOf({ tokenUrl: endpoint.url, issuer: 'me', ...spec });

  test('it is the grant, made out to the endpoint, and the token is what the API gets', async () => {
    expect(await bearerOf(exchanging({ scopes: ['a', 'b'] }))).toBe('token-1');
    const { assertion, ...form } = endpoint.form();
    expect(form).toEqual({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', scope: 'a b' });
    const { claims, signed, signature } = parts(assertion);
    expect(verify('RSA-SHA256', signed, rsa.publicKey, signature)).toBe(true);
    expect(claims).toMatchObject({ iss: 'me', aud: endpoint.url, jti: expect.any(String) });
  });

  test('the token is kept as long as it is good, not as long as the assertion', async () => {
    const authenticator = exchanging();
    await bearerOf(authenticator);
    now += 3000_000;
    expect(await bearerOf(authenticator)).toBe('token-1');
  });

  test('each exchange has an assertion of its own', async () => {
    const authenticator = exchanging();
    await bearerOf(authenticator);
    authenticator.invalidate();
    await bearerOf(authenticator);
    expect(new Set([0, 1].map((n) => parts(endpoint.form(n).assertion).claims.jti)).size).toBe(2);
  });

  test('a refusal shows no assertion that it echoes', async () => {
    endpoint.answers.push((request, ...rest) => status(400, {}, `bad ${new URLSearchParams(request.body).get('assertion')}`)(request, ...rest));
    const error = await failureOf(bearerOf(exchanging()));
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', message: expect.stringMatching(/: bad \*\*\*$/) });
  });
});

describe('a key that cannot sign', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const locked = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string;

  test.each<[string, JwtSpec['algorithm'], string, RegExp]>([
    ['no key', 'RS256', 'c2VjcmV0LWtleQ', /no private key in PEM/],
    ['a public key', 'RS256', rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string, /no private key in PEM/],
    ['a locked key', 'RS256', locked, /without a passphrase/],
    ['an EC key for RS256', 'RS256', pem(ec.privateKey), /no RSA key of 2048 bits/],
    ['a small key', 'RS256', pem(small), /no RSA key of 2048 bits/],
    ['an RSA key for ES256', 'ES256', pem(rsa.privateKey), /no EC key on the curve P-256/],
    ['another curve', 'ES256', pem(p384), /no EC key on the curve P-256/],
    ['a short secret', 'HS256', 'k'.repeat(31), /shorter than the 32 bytes/],
  ])('%s', async (_name, algorithm, secret, message) => {
    holding(secret);
    const error = await failureOf(bearerOf(authenticatorOf({ algorithm })));
    expect(error).toMatchObject({ code: 'SECRET_UNUSABLE', retryable: false, message: expect.stringMatching(message) });
    expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(secret.split('\n').at(1) ?? secret);
    expect(error.message).toContain(`${secretArn} `);
  });
});
