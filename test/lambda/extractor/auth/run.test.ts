import { SourceSpec } from '../../../../src/spec';
import { extract } from '../../../support/extract';
import { Behaviour, HostileServer, json, status } from '../../../support/hostile-server';
import { FakeSecretsManager } from '../../../support/secrets-manager-server';
import { TestLake } from '../../../support/test-lake';
import { TokenEndpoint } from '../../../support/token-endpoint';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:client-AbCdEf';
const CLIENT_SECRET = 'cl1ent-s3cret';

let manager: FakeSecretsManager;
let endpoint: TokenEndpoint;
let lake: TestLake;
let api: HostileServer | undefined;

beforeEach(async () => {
  manager = await FakeSecretsManager.start({ [secretArn]: JSON.stringify({ client_id: 'id-4711', client_secret: CLIENT_SECRET }) });
  endpoint = await TokenEndpoint.start();
  lake = await TestLake.start();
});

afterEach(async () => {
  await api?.close();
  await lake.close();
  await endpoint.close();
  await manager.close();
});

const spec = (): Partial<SourceSpec> => ({
  auth: {
    type: 'oauth2ClientCredentials',
    tokenUrl: endpoint.url,
    clientId: { secretArn, field: 'client_id' },
    clientSecret: { secretArn, field: 'client_secret' },
  },
  pagination: { type: 'pageNumber', param: 'page' },
  retry: { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 2 },
});

/** Three pages of one record; `before` may act on a request, which then sees what it did. */
async function serve(before: (page: number) => void = () => undefined): Promise<string> {
  const page: Behaviour = (request, ...rest) => {
    const n = Number(new URL(request.url, 'http://x').searchParams.get('page'));
    before(n);
    return endpoint.guard(json({ results: n <= 3 ? [{ id: n }] : [] }))(request, ...rest);
  };
  api = await HostileServer.start([page]);
  return `${api.origin}/users`;
}

test('a token that ends in the middle of a run is replaced, and no page is lost or doubled', async () => {
  let revoked = false;
  const url = await serve((page) => {
    if (page === 2 && !revoked) {
      revoked = true;
      endpoint.revoke();
    }
  });
  const result = await extract(lake, url, { spec: spec() });
  expect(result).toMatchObject({ done: true, records: 3, pages: 4 });
  expect(lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2, 3]);
  expect(endpoint.issued).toEqual(['token-1', 'token-2']);
});

test('a token endpoint that is away for a moment is asked again', async () => {
  endpoint.answers.push(status(503), status(429));
  const logged: unknown[] = [];
  const log = (message: string, fields?: object) => logged.push([message, fields]);
  expect(await extract(lake, await serve(), { spec: spec(), log })).toMatchObject({ records: 3 });
  expect(JSON.stringify(logged)).toContain('TOKEN_UNAVAILABLE');
  expect(JSON.stringify(logged)).not.toMatch(/cl1ent|token-1/);
});

test('a client that is refused ends the run after one more try, and nothing is stored', async () => {
  endpoint.answers.push(...[1, 2, 3].map(() => status(401, {}, `{"error":"invalid_client","secret":"${CLIENT_SECRET}"}`)));
  const run = extract(lake, await serve(), { spec: spec() });
  await expect(run).rejects.toMatchObject({ code: 'TOKEN_REFUSED', retryable: false, message: expect.stringContaining('"invalid_client","secret":"***"') });
  expect(endpoint.received).toHaveLength(2);
  expect(lake.lines('users')).toEqual([]);
});

test('an endpoint that asks for a long wait hands the run to a later call', async () => {
  endpoint.answers.push(status(429, { 'retry-after': '600' }));
  expect(await extract(lake, await serve(), { spec: spec() })).toMatchObject({ done: false, retryAfterSeconds: 600 });
});
