import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  Auth, Contract, DataLakePipeline, HttpSourceOptions, JsonSchema, JwtAlgorithm, LineageSink, Pagination, QualityRule, RecordTransform, Source,
} from '../../src';
import { grantToken, SECRETS, secretsSeen } from '../packed/support/auths';
import { datalake, Ended } from '../support/datalake-bin';
import { newFolder } from '../support/handwritten-app';
import { Behaviour, HostileServer, json, status } from '../support/hostile-server';
import { leaksOf } from '../support/leaks';
import { newStack } from '../support/synth';

const PERSON = { id: 1, email: 'ada@example.com' };
/** Turned away by the contract. */
const STRANGER = { id: 'none', email: 'bob@example.com' };

let folder: string;
let api: HostileServer;
let login: HostileServer;
let ended: Ended[];

/** What this person's machine has in its environment: the secrets of the sources, and credentials of AWS. */
const ENVIRONMENT = { DATALAKE_SECRET_ALL: JSON.stringify(SECRETS), AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRETS.awsSecretKey, AWS_SESSION_TOKEN: SECRETS.awsSession };

const AUTHS = (secret: secretsmanager.ISecret): Record<string, Auth> => ({
  bearer: Auth.bearer(secret, { field: 'bearer' }),
  header_key: Auth.apiKey(secret, { header: 'x-api-key', field: 'headerKey' }),
  query_key: Auth.apiKey(secret, { queryParameter: 'key', field: 'queryKey' }),
  basic: Auth.basic(secret, { usernameField: 'user', passwordField: 'password' }),
  custom: Auth.customHeaders({ 'x-team': { secret, field: 'custom', prefix: 'Team ' } }),
  oauth2: Auth.oauth2ClientCredentials(secret, { tokenUrl: `${login.origin}/token`, clientIdField: 'clientId', clientSecretField: 'clientSecret' }),
  jwt: Auth.jwt(secret, { algorithm: JwtAlgorithm.HS256, field: 'signingKey', issuer: 'us' }),
  exchanged: Auth.jwt(secret, { algorithm: JwtAlgorithm.HS256, field: 'signingKey', issuer: 'us', tokenUrl: `${login.origin}/token` }),
  signed: Auth.sigV4({ service: 'aoss', statements: [new iam.PolicyStatement({ actions: ['aoss:APIAccessAll'], resources: ['*'] })] }),
  refused: Auth.bearer(secret, { field: 'bearer' }),
});

/** Two pages, whose link repeats the key of the query; `refused` gets its own request back. */
const answer: Behaviour = (request, ...rest) => {
  const [path, query] = request.url.split('?');
  const next = new URLSearchParams(query);
  next.set('page', '2');
  const page = query?.includes('page=2') ? { results: [], next: null } : { results: [PERSON, STRANGER], next: `${path}?${next.toString()}` };
  return (path === '/refused' ? status(403, {}, JSON.stringify(request)) : json(page))(request, ...rest);
};

beforeAll(async () => {
  api = await HostileServer.start([answer]);
  login = await HostileServer.start([grantToken], '127.0.0.4');
  folder = newFolder();
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const secret = new secretsmanager.Secret(stack, 'All', { secretName: 'all' });
  const options: Omit<HttpSourceOptions, 'url'> = {
    records: '$.results',
    pagination: Pagination.nextUrl({ path: '$.next' }),
    network: { allowedHosts: ['127.0.0.4'] },
    transforms: [RecordTransform.hash('$.email', secret, { field: 'hashKey' })],
    contract: Contract.freeze(JsonSchema.fromObject({ properties: { id: { type: 'integer' }, email: { type: 'string' } } }), { maxQuarantineRatio: 0.9 }),
    quality: [QualityRule.rowCount({ min: 1 })],
  };
  new DataLakePipeline(stack, 'Pipeline', {
    databaseName: 'all_db',
    sources: Object.entries(AUTHS(secret)).map(([name, auth]) => Source.http(name, { ...options, url: 'https://api.example.com/', auth })),
    lineage: { sinks: [LineageSink.http({ url: 'https://marquez.example.com/api/v1/lineage', token: secret, tokenField: 'bearer' })] },
  });
  App.of(stack)!.synth();
  const urls = Object.keys(AUTHS(secret)).flatMap((name) => ['--url', `${name}=${api.origin}/${name}`]);
  const verb = (...args: string[]) => datalake([...args, '--local', '--assembly', 'cdk.out', '--lake', 'lake'], { cwd: folder, env: ENVIRONMENT });
  ended = [await verb('run', ...urls), await verb('status'), await verb('query', '--json', 'SELECT email FROM all_db.bearer')];
}, 300_000);

afterAll(async () => {
  await Promise.all([api.close(), login.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder of the app, with its name. */
function textsBelow(name: string): { path: string; text: string }[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const body = readFileSync(path);
    return { path: path.slice(folder.length + 1), text: (path.endsWith('.gz') ? gunzipSync(body) : body).toString('utf8') };
  });
}

const leaksBelow = (name: string) => textsBelow(name)
  .flatMap(({ path, text }) => leaksOf(/asset\.[0-9a-f]+\/.*\.js$/.test(path) ? '' : text, secretsSeen(api, login)).map((secret) => `${path}: ${secret}`));

test('the runs had the secrets: each source but one was read, hashed, and partly quarantined', () => {
  const sent = (path: string) => JSON.stringify(api.received.find(({ url }) => url.startsWith(`/${path}`)));
  for (const [path, trace] of [['bearer', SECRETS.bearer], ['header_key', SECRETS.headerKey], ['custom', SECRETS.custom], ['oauth2', SECRETS.accessToken], ['exchanged', SECRETS.accessToken]]) {
    expect(sent(path)).toContain(JSON.stringify(trace).slice(1, -1));
  }
  expect(sent('query_key')).toContain(encodeURIComponent(SECRETS.queryKey));
  expect(ended[0].code).toBe(1);
  expect(ended[0].stderr).toMatch(/Failed: refused, extract \(HTTP_403\)/);
  expect(JSON.parse(ended[2].stdout).rows).toEqual([[expect.stringMatching(/^[0-9a-f]{64}$/)]]);
  const paths = textsBelow('lake').map(({ path }) => path).join('\n');
  for (const place of [/_state\/signed\.json/, /_runs\/jwt\//, /quarantine\/basic\//, /_lineage\//, /_quality\//, /runs\/refused\/.*\/history\.jsonl/, /runs\/refused\/.*\/messages\.jsonl/, /logs\/refused\//]) {
    expect(paths).toMatch(place);
  }
});

test('no file of the lake holds one: data, quarantine, states, results, lineage, quality, histories, messages, logs', () => {
  expect(leaksBelow('lake')).toEqual([]);
});

test('no file of the assembly holds one', () => {
  expect(textsBelow('cdk.out').map(({ path }) => path)).toContain('cdk.out/Test.template.json');
  expect(leaksBelow('cdk.out')).toEqual([]);
});

test('the command prints none, though one run failed with them in the API\'s answer', () => {
  expect(ended[0].stderr).toContain('***');
  expect(ended.flatMap(({ stdout, stderr }) => leaksOf(stdout + stderr, secretsSeen(api, login)))).toEqual([]);
});
