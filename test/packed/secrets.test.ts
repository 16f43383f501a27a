import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { AUTHS, AWS_ENVIRONMENT, grantToken, HASHED, SECRETS, secretsSeen, STORED } from './support/auths';
import { packedSuite } from './support/suite';
import { Behaviour, html, HostileServer, json, raw, Received, redirect, status } from '../support/hostile-server';
import { leaksOf } from '../support/leaks';
import { FakeSecretsManager } from '../support/secrets-manager-server';

const suite = packedSuite();
let manager: FakeSecretsManager;
let login: HostileServer;
let granted: Behaviour;

beforeEach(async () => {
  manager = await FakeSecretsManager.start(STORED);
  granted = grantToken;
  login = await suite.serve([(...args) => granted(...args)], '127.0.0.4');
});

afterEach(() => manager.close());

/** All that a request held, as an API's error page repeats it, and what it was made of. */
const requestText = ({ url, headers, body }: Received) => JSON.stringify({ url, headers, body, credentials: decodedBasic(headers.authorization) });
const decodedBasic = (header = '') => (header.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString() : undefined);

const everyChar = (text: string, write: (code: number) => string) => [...text].map((char) => (/[A-Za-z0-9]/.test(char) ? char : write(char.charCodeAt(0)))).join('');
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');

/** How APIs, proxies and frameworks write what they repeat. */
const ENCODERS: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'as PHP writes JSON': (text) => JSON.stringify(text).replace(/\//g, '\\/'),
  'as .NET writes JSON': (text) => everyChar(text, (code) => `\\u${hex(code, 4).toUpperCase()}`),
  'as Go writes JSON': (text) => JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`),
  'as JSON in JSON in JSON': (text) => JSON.stringify(JSON.stringify(JSON.stringify(text))),
  'encoded for a URL': encodeURIComponent,
  'encoded for a URL in lower case': (text) => everyChar(text, (code) => `%${hex(code, 2)}`),
  'encoded for a URL twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'encoded as a form': (text) => new URLSearchParams({ text }).toString(),
  'escaped for HTML': (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  'escaped for HTML by number': (text) => everyChar(text, (code) => `&#x${hex(code, 2).toUpperCase()};`),
  'escaped for HTML in decimals': (text) => everyChar(text, (code) => `&#${code};`),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64, a byte later': (text) => Buffer.from(`x${text}`).toString('base64'),
  'in base64, two bytes later': (text) => Buffer.from(`xy${text}`).toString('base64'),
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
};

/** Answers that make an error which repeats them. */
const ANSWERS: Record<string, (text: string) => Behaviour> = {
  'a refusal': (text) => status(403, {}, text),
  'a page of HTML': (text) => html(`<html><p>${text}</p></html>`),
};

/** All that stands in the lake, but the records. */
const lakeText = () => suite.lake.keys('').filter((key) => !key.startsWith('raw/')).map((key) => {
  const body = suite.lake.read(key);
  return `${key}\n${(key.endsWith('.gz') ? gunzipSync(body) : body).toString('utf8')}`;
}).join('\n');

async function start(auth: keyof ReturnType<typeof AUTHS>, spec = {}) {
  const state = { answer: json({}) as Behaviour };
  const api = await suite.serve([(...args) => state.answer(...args)], '127.0.0.2');
  const extractor = suite.start({
    apiUrl: `${api.origin}/users?since=1`,
    allowedHosts: ['127.0.0.2', '127.0.0.4'],
    environment: AWS_ENVIRONMENT,
    spec: { ...HASHED, auth: AUTHS(`${login.origin}/token`)[auth], retry: { maxAttempts: 1 }, ...spec },
  });
  return { api, extractor, state };
}

describe.each(Object.keys(AUTHS('')) as (keyof ReturnType<typeof AUTHS>)[])('what %s sends', (auth) => {
  test('stands in no log and no error, whatever the API repeats it in', async () => {
    const { api, extractor, state } = await start(auth);
    const leaks: string[] = [];
    let masked = 0;
    for (const [answer, behaviour] of Object.entries(ANSWERS)) {
      for (const [encoding, encode] of Object.entries(ENCODERS)) {
        state.answer = (request, ...rest) => behaviour(encode(worthRepeating(request)))(request, ...rest);
        const { said, code } = await extractor.invoke();
        expect(['HTTP_403', 'NOT_JSON']).toContain(code);
        masked += said.includes('***') ? 1 : 0;
        leaks.push(...leaksOf(`${said}\n${lakeText()}`, secretsSeen(api, login)).map((secret) => `${answer}, ${encoding}: ${secret}`));
      }
    }
    expect(leaks).toEqual([]);
    expect(masked).toBe(auth === 'none' ? 0 : Object.keys(ANSWERS).length * Object.keys(ENCODERS).length);
  });

  test('stands in no other error: malformed JSON, redirects, a body that is cut', async () => {
    const { api, extractor, state } = await start(auth);
    const answers: ((text: string) => Behaviour)[] = [
      (text) => raw(`{"results":[{"id":1,"echo":${text}`),
      (text) => raw(`{"results":[${JSON.stringify(text)} ${text}]}`),
      (text) => redirect(302, `/next/${encodeURIComponent(text)}`),
      (text) => redirect(302, `http://127.0.0.9:9/${encodeURIComponent(text)}?${encodeURIComponent(text)}`),
      (text) => status(500, {}, `${`${text} `.repeat(Math.ceil(8192 / text.length))}`),
      (text) => status(500, {}, 'x'.repeat(8192 - text.length / 2) + text),
      (text) => status(429, { 'retry-after': text }, text),
      (text) => raw('[]', { 'content-encoding': text.slice(0, 200).replace(/,/g, '') }),
    ];
    for (const answer of answers) {
      state.answer = (request, ...rest) => answer(worthRepeating(request))(request, ...rest);
      const { said } = await extractor.invoke();
      expect(leaksOf(`${said}\n${lakeText()}`, secretsSeen(api, login))).toEqual([]);
    }
  });
});

/** The part of the request that holds credentials, short enough to stand whole in an error. */
function worthRepeating(request: Received): string {
  const { authorization, 'x-api-key': apiKey, 'x-team': team, 'x-amz-security-token': session } = request.headers;
  const key = new URL(request.url, 'http://x').searchParams.get('key');
  return [authorization, decodedBasic(authorization), apiKey, team, session, key].filter((text) => text !== undefined && text !== null).join(' ') || requestText(request);
}

test.each(['oauth2ClientCredentials', 'oauth2 in the body', 'jwt exchanged'] as const)('a token endpoint that repeats what %s told it is not quoted', async (auth) => {
  const { api, extractor } = await start(auth);
  for (const encode of Object.values(ENCODERS)) {
    granted = (request, ...rest) => {
      const { authorization } = request.headers;
      return status(401, {}, encode(`${request.body} ${authorization} ${decodedBasic(authorization)}`))(request, ...rest);
    };
    const { said, code } = await extractor.invoke();
    expect({ code, leaks: leaksOf(said, secretsSeen(api, login)) }).toEqual({ code: 'TOKEN_REFUSED', leaks: [] });
  }
});

test('a run that stops halfway keeps where it stands without the key that the API puts into its links', async () => {
  const { api, extractor, state } = await start('apiKey in the query', { pagination: { type: 'nextUrl', path: '$.next' }, retry: { maxAttempts: 2 } });
  const link = (page: number) => `${api.origin}/users?page=${page}&key=${encodeURIComponent(SECRETS.queryKey)}`;
  state.answer = (request, ...rest) => (request.url.includes('page=3')
    ? status(429, { 'retry-after': '3600' })
    : json({ results: [{ id: api.received.length }], next: link(api.received.length + 1) }))(request, ...rest);

  const { result, said } = await extractor.invoke();

  expect({ said, result }).toMatchObject({ result: { done: false, records: 2 } });
  expect(api.received.every(({ url }) => url.includes(encodeURIComponent(SECRETS.queryKey)))).toBe(true);
  const kept = lakeText();
  expect(kept).toContain('page=3'); // the place to go on from
  expect(leaksOf(`${said}\n${kept}`, Object.values(SECRETS))).toEqual([]);
});

test('a key that was rotated is read anew, and the old and the new one stay secret', async () => {
  const { api, extractor, state } = await start('bearer');
  const rotated = 'rotated-7Qk/x+Zt="new"';
  const good = json({ results: [{ id: 1 }] });
  state.answer = (request, ...rest) => (request.headers.authorization === `Bearer ${rotated}` ? good : status(401, {}, requestText(request)))(request, ...rest);
  const before = await extractor.invoke();
  manager.secrets[Object.keys(STORED)[0]] = JSON.stringify({ ...SECRETS, bearer: rotated });
  const after = await extractor.invoke();
  state.answer = (request, ...rest) => status(403, {}, `${requestText(request)} ${SECRETS.bearer}`)(request, ...rest);
  const refused = await extractor.invoke();

  expect([before.code, after.result?.records, refused.code]).toEqual(['HTTP_401', 1, 'HTTP_403']);
  expect(leaksOf([before, after, refused].map(({ said }) => said).join('\n') + lakeText(), [rotated, ...secretsSeen(api)])).toEqual([]);
});

test('of a long token that the end of what is read cuts in two, no half is quoted', async () => {
  const long = createHash('sha512').update('seed').digest('hex').repeat(8);
  manager.secrets[Object.keys(STORED)[0]] = JSON.stringify({ ...SECRETS, bearer: long });
  const { extractor, state } = await start('bearer');
  for (const answer of [status(500, {}, long.repeat(10)), html(`<p>${long.slice(0, 300)}`)]) {
    state.answer = answer;
    const { said } = await extractor.invoke();
    expect(said).toContain('***');
    expect(said).not.toContain(long.slice(0, 20));
  }
});

test('a secret that is a number breaks no log line', async () => {
  manager.secrets[Object.keys(STORED)[0]] = JSON.stringify({ ...SECRETS, bearer: 1 });
  const { extractor, state } = await start('bearer');
  state.answer = json({ results: [{ id: 1 }] });
  expect(await extractor.invoke()).toMatchObject({ result: { records: 1 } });
});
