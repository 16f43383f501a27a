import { createAuthenticator, SecretReader, withFreshSecrets } from '../../../../lambda/extractor/auth';
import { PageRequest } from '../../../../lambda/extractor/http';
import { Redactor } from '../../../../lambda/extractor/redact';
import { SigV4Spec } from '../../../../src/spec/auth-spec';
import { HostileServer, json, Received, redirect, status } from '../../../support/hostile-server';
import { expectedSignature, signatureOf } from '../../../support/sigv4-verifier';
import { clientFor, failureOf, get, read } from '../http/support';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', AWS_SESSION_TOKEN: 'session/token==' };
const NOW = Date.UTC(2026, 10, 23, 12, 36, 1, 500);

let before: NodeJS.ProcessEnv;
let api: HostileServer;
let other: HostileServer;
let redactor: Redactor;

beforeEach(async () => {
  before = { ...process.env };
  Object.assign(process.env, KEYS, { AWS_REGION: 'eu-west-1' });
  api = await HostileServer.start([json([1])]);
  other = await HostileServer.start([json([])], '127.0.0.2');
  redactor = new Redactor();
});

afterEach(async () => {
  process.env = before;
  await other.close();
  await api.close();
});

const authenticatorOf = (spec: Partial<SigV4Spec> = {}) => createAuthenticator({ type: 'sigV4', service: 'execute-api', ...spec }, {
  secrets: new SecretReader(), redactor, apiOrigin: api.origin, now: () => NOW,
});

async function send(request: PageRequest, authenticator = authenticatorOf()): Promise<Received> {
  const client = clientFor(api.origin, { redact: (text) => redactor.redact(text) });
  try {
    await withFreshSecrets(authenticator, async () => read(await client.open(await authenticator.apply(request))));
  } finally {
    await client.close();
  }
  return api.received.at(-1)!;
}

const verified = (request: Received, secretKey = KEYS.AWS_SECRET_ACCESS_KEY) =>
  expect(signatureOf(request.headers.authorization!).signature).toBe(expectedSignature(request, secretKey));

describe('the verifier of these tests', () => {
  const vector = (url: string, signature: string): Received => ({
    method: 'GET',
    url,
    headers: {
      'host': 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      'authorization': 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, '
        + `SignedHeaders=host;x-amz-date, Signature=${signature}`,
    },
    body: '',
  });

  test.each([
    ['get-vanilla', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-vanilla-query-order-key-case', '/?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
  ])('computes what AWS computed in its test suite: %s', (_name, url, signature) => {
    expect(expectedSignature(vector(url, signature), KEYS.AWS_SECRET_ACCESS_KEY)).toBe(signature);
  });
});

describe('a signed request', () => {
  test('names key, day, region and service, and signs host, time and session', async () => {
    const received = await send(get(`${api.origin}/prod/users`));
    expect(signatureOf(received.headers.authorization!)).toMatchObject({
      accessKey: 'AKIDEXAMPLE',
      scope: ['20261123', 'eu-west-1', 'execute-api', 'aws4_request'],
      signedHeaders: ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
    });
    expect(received.headers).toMatchObject({ 'x-amz-date': '20261123T123601Z', 'x-amz-security-token': 'session/token==' });
    verified(received);
  });

  test.each([
    ['/prod/users?page=2&size=10'],
    ['/prod/users?b=2&a=1&b=1&a='],
    ['/prod/users?q=a+b%20c&list=1,2&$filter=x%20eq%20(1)*!\''],
    ['/prod/users?caf%C3%A9=%F0%9F%98%80'],
    ['/prod/a%20b/c:d,e/caf%C3%A9?x'],
  ])('is valid as it arrives: %s', async (path) => {
    verified(await send(get(api.origin + path)));
  });

  test('keeps the meaning of its query', async () => {
    const { url } = await send(get(`${api.origin}/?q=a+b%20c&$filter=x%20eq%20(1)&n=1&n=2`));
    expect([...new URL(url, api.origin).searchParams]).toEqual([['q', 'a b c'], ['$filter', 'x eq (1)'], ['n', '1'], ['n', '2']]);
    expect(url).toBe('/?q=a%20b%20c&%24filter=x%20eq%20%281%29&n=1&n=2');
  });

  test('covers the body', async () => {
    const received = await send({ method: 'POST', url: `${api.origin}/`, headers: { 'x-amz-target': 'Insights.Get' }, body: '{"größe":1}' });
    expect(signatureOf(received.headers.authorization!).signedHeaders).toContain('x-amz-target');
    verified(received);
    expect(expectedSignature({ ...received, body: '{}' }, KEYS.AWS_SECRET_ACCESS_KEY)).not.toBe(signatureOf(received.headers.authorization!).signature);
  });

  test('for S3 has its path encoded once', async () => {
    const received = await send(get(`${api.origin}/bucket/a%20b/c:d(1).json`), authenticatorOf({ service: 's3' }));
    expect(received.url).toBe('/bucket/a%20b/c%3Ad%281%29.json');
    verified(received);
  });

  test('is signed for the region it was told', async () => {
    const received = await send(get(`${api.origin}/`), authenticatorOf({ region: 'us-west-2', service: 'ce' }));
    expect(signatureOf(received.headers.authorization!).scope.slice(1)).toEqual(['us-west-2', 'ce', 'aws4_request']);
    verified(received);
  });

  test('has no session token when the credentials have none', async () => {
    delete process.env.AWS_SESSION_TOKEN;
    const received = await send(get(`${api.origin}/`));
    expect(received.headers).not.toHaveProperty('x-amz-security-token');
    verified(received);
  });

  test('takes the place of an authorization header', async () => {
    verified(await send(get(`${api.origin}/`, { Authorization: 'Bearer stale' })));
  });
});

test('another origin gets no signature, not by a next link and not by a redirect', async () => {
  const elsewhere = get(`${other.origin}/`);
  expect(await authenticatorOf().apply(elsewhere)).toEqual(elsewhere);

  await api.close();
  api = await HostileServer.start([redirect(302, `${other.origin}/`)]);
  await send(get(`${api.origin}/`));
  expect(api.received[0].headers.authorization).toMatch(/^AWS4/);
  expect(Object.keys(other.received[0].headers).filter((name) => /^(authorization|x-amz-)/.test(name))).toEqual([]);
});

test('credentials that were replaced are read anew after a refusal', async () => {
  await api.close();
  api = await HostileServer.start([status(403), json([1])]);
  const authenticator = authenticatorOf();
  await authenticator.apply(get(`${api.origin}/`));
  process.env.AWS_SECRET_ACCESS_KEY = 'another/key';
  await send(get(`${api.origin}/`), authenticator);
  verified(api.received[0]);
  verified(api.received[1], 'another/key');
});

test('an API that echoes what it got shows no credentials', async () => {
  await api.close();
  api = await HostileServer.start([(request, response) => void response.writeHead(403).end(`${request.headers['x-amz-security-token']} ${KEYS.AWS_SECRET_ACCESS_KEY}`)]);
  expect(await failureOf(send(get(`${api.origin}/`)))).toMatchObject({ code: 'HTTP_403', message: expect.stringMatching(/: \*\*\* \*\*\*$/) });
});

test('no credentials at all is an error that says so', async () => {
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_'))) {
    delete process.env[name];
  }
  Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-west-1' });
  expect(await failureOf(authenticatorOf().apply(get(`${api.origin}/`)))).toMatchObject({ code: 'AWS_CREDENTIALS_MISSING', retryable: false });
});

test('no region is an error that says so', async () => {
  delete process.env.AWS_REGION;
  expect(await failureOf(authenticatorOf().apply(get(`${api.origin}/`)))).toMatchObject({ code: 'CONFIG_INVALID', retryable: false });
});
