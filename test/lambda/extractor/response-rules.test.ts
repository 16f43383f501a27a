import { PaginationSpec, ResponseRuleSpec } from '../../../src/spec';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, html, json, raw, status } from '../../support/hostile-server';
import { FakeSecretsManager } from '../../support/secrets-manager-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const BY_PAGE: PaginationSpec = { type: 'pageNumber', param: 'page', stablePages: true };
const page = (...ids: number[]): Behaviour => json({ results: ids.map((id) => ({ id })) });
const END = json({ results: [] });
const error = (code: number, body: unknown, headers: Record<string, string> = {}) => status(code, headers, JSON.stringify(body));
const ids = () => lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id);

async function run(behaviours: Behaviour[], responseRules: ResponseRuleSpec[], pagination: PaginationSpec = BY_PAGE, options: ExtractOptions = {}) {
  api = await startApi(behaviours);
  return extract(lake, `${api.origin}/users`, { ...options, spec: { pagination, responseRules, ...options.spec } });
}

describe('end', () => {
  test('an API that answers 404 behind its last page ends the run', async () => {
    const result = await run([page(1), page(2), status(404)], [{ when: [{ status: [404] }], action: 'end' }]);
    expect(result).toMatchObject({ done: true, records: 2 });
    expect(result.warnings).toBeUndefined();
    expect(ids()).toEqual([1, 2]);
  });

  test('without the rule the same API fails', async () => {
    await expect(run([page(1), page(2), status(404)], [])).rejects.toMatchObject({ code: 'HTTP_404' });
    expect(ids()).toEqual([]);
  });

  test('the records of a success that ends the run are kept', async () => {
    await run([page(1), json({ results: [{ id: 2 }], last: true }), page(3)], [{ when: [{ path: '$.last', equals: true }], action: 'end' }]);
    expect(ids()).toEqual([1, 2]);
  });

  test('a header ends it too', async () => {
    await run([page(1), json({ results: [{ id: 2 }] }, { 'x-last': 'yes, it is' }), page(3)], [{ when: [{ header: 'X-Last', pattern: '^yes' }], action: 'end' }]);
    expect(ids()).toEqual([1, 2]);
  });

  test('a body without records may be the end', async () => {
    await run([page(1), json({ message: 'no more' })], [{ when: [{ path: '$.message', equals: 'no more' }], action: 'end' }]);
    expect(ids()).toEqual([1]);
  });
});

describe('fail', () => {
  const NO_ERROR: ResponseRuleSpec[] = [{ when: [{ path: '$.error' }], action: 'fail', message: 'see the status page' }];

  test.each<[string, Behaviour]>([
    ['beside no records', json({ error: { code: 7, text: 'quota' } })],
    ['beside an empty list', json({ results: [], error: { code: 7, text: 'quota' } })],
    ['before a list', raw('{"error":{"code":7,"text":"quota"},"results":[{"id":9}]}')],
    ['behind records that were read already', json({ results: [{ id: 9 }], error: { code: 7, text: 'quota' } })],
    ['beside null', json({ results: null, error: { code: 7, text: 'quota' } })],
    ['behind a text in the records\' place', json({ results: 'none', error: { code: 7, text: 'quota' } })],
  ])('an error in a success %s is no page', async (_name, behaviour) => {
    const failure = run([page(1), behaviour], NO_ERROR);
    await expect(failure).rejects.toMatchObject({ code: 'RULE_FAILED', retryable: false, details: { status: 200, rule: 0 } });
    await expect(failure).rejects.toThrow(/\/users: the API answered 200, responseRules\[0\] says fail, see the status page: \$\.error is \{"code":7,"text":"quota"\}/);
    expect(ids()).toEqual([]);
  });

  test.each([['null', null], ['empty text', ''], ['an empty list', []], ['an empty object', {}]])('%s is no error', async (_name, none) => {
    await run([json({ results: [{ id: 1 }], error: none }), END], NO_ERROR);
    expect(ids()).toEqual([1]);
  });

  test('something that must be there', async () => {
    const rules: ResponseRuleSpec[] = [{ when: [{ path: '$.ok', exists: false }], action: 'fail' }];
    await expect(run([json({ results: [{ id: 1 }] })], rules)).rejects.toMatchObject({ code: 'RULE_FAILED' });
  });

  test('a status that is otherwise tried again', async () => {
    await expect(run([status(503)], [{ when: [{ status: [500, 503] }], action: 'fail' }])).rejects.toMatchObject({ code: 'RULE_FAILED' });
    expect(api.received).toHaveLength(1);
  });

  test('an error that is no object', async () => {
    const rules: ResponseRuleSpec[] = [{ when: [{ path: '$.code', equals: 'gone' }], action: 'end' }];
    await expect(run([status(400, {}, '[1,2]')], rules)).rejects.toMatchObject({ code: 'HTTP_400' });
  });
});

describe('retry', () => {
  test('a 202 whose answer is not ready is asked for again', async () => {
    const result = await run([status(202, {}, 'please wait'), html('<html></html>'), page(1), END], [{ when: [{ status: [202] }], action: 'retry' }]);
    expect(result.records).toBe(1);
    expect(api.received).toHaveLength(4);
  });

  test('an error that is known by its body is tried again, another one is not', async () => {
    const rules: ResponseRuleSpec[] = [{ when: [{ status: [400] }, { path: '$.error.code', equals: 'LOCKED' }], action: 'retry' }];
    await run([error(400, { error: { code: 'LOCKED' } }), page(1), END], rules);
    expect(ids()).toEqual([1]);
    await api.close();
    await expect(run([error(400, { error: { code: 'BROKEN' } })], rules)).rejects.toMatchObject({ code: 'HTTP_400' });
  });

  test('records that came with an error are taken back', async () => {
    await run([json({ results: [{ id: 1 }], partial: true }), page(1, 2), END], [{ when: [{ path: '$.partial', equals: true }], action: 'retry' }]);
    expect(ids()).toEqual([1, 2]);
  });

  test('waits as long as the API says', async () => {
    const result = await run([error(409, {}, { 'retry-after': '600' })], [{ when: [{ status: [409] }], action: 'retry' }]);
    expect(result).toMatchObject({ done: false, retryAfterSeconds: 600 });
  });

  test('waits as long as the API says in a success, too', async () => {
    const behaviour = json({ results: [], busy: true }, { 'retry-after': '600' });
    const result = await run([behaviour], [{ when: [{ path: '$.busy' }], action: 'retry' }]);
    expect(result).toMatchObject({ done: false, retryAfterSeconds: 600 });
  });

  test('ends with its attempts', async () => {
    await expect(run([status(409)], [{ when: [{ status: [409] }], action: 'retry' }], BY_PAGE, { spec: { retry: { maxAttempts: 3, baseDelayMs: 1 } } }))
      .rejects.toMatchObject({ code: 'RULE_RETRY', retryable: true });
    expect(api.received).toHaveLength(3);
  });
});

describe('skip', () => {
  const SKIP: ResponseRuleSpec[] = [{ when: [{ status: [422] }], action: 'skip' }];

  test('a page that the API cannot give is left out, counted, and warned of', async () => {
    const result = await run([page(1), status(422), page(3), END], SKIP);
    expect(ids()).toEqual([1, 3]);
    expect(result).toMatchObject({ records: 2, pages: 4, skippedPages: 1, warnings: [expect.stringMatching(/^responseRules left out 1 page\(s\)/)] });
    expect(api.received.map(({ url }) => url)).toEqual(['/users?page=1', '/users?page=2', '/users?page=3', '/users?page=4']);
  });

  test('the records of a page that is skipped by its body are not stored, nor are their columns', async () => {
    await run([page(1), json({ results: [{ id: 2, ghost: true }], stale: true }), page(3), END], [{ when: [{ path: '$.stale', equals: true }], action: 'skip' }]);
    expect(ids()).toEqual([1, 3]);
    expect(JSON.stringify(lake.state('users').schema)).not.toContain('ghost');
  });

  test('an offset moves on by the limit', async () => {
    const pagination: PaginationSpec = { type: 'offset', param: 'skip', limitParam: 'limit', limit: 2, stablePages: true };
    await run([page(1, 2), status(422), page(5), END], SKIP, pagination);
    expect(api.received.map(({ url }) => url)).toEqual([0, 2, 4, 5].map((skip) => `/users?skip=${skip}&limit=2`));
  });

  test('a token in the skipped response leads on; without one the run fails', async () => {
    const pagination: PaginationSpec = { type: 'cursor', token: { header: 'x-next' }, target: { in: 'query', name: 'after' } };
    await run([status(422, { 'x-next': 'b' }), page(2)], SKIP, pagination);
    expect(ids()).toEqual([2]);
    await api.close();
    await expect(run([status(422)], SKIP, pagination)).rejects.toMatchObject({ code: 'RULE_CANNOT_SKIP', retryable: false });
  });

  test('an API that has nothing but such pages ends', async () => {
    await expect(run([status(422)], SKIP)).rejects.toMatchObject({ code: 'LOOP_DETECTED' });
  });
});

test('the first rule that holds decides', async () => {
  const rules: ResponseRuleSpec[] = [
    { when: [{ status: [400] }, { header: 'x-kind', equals: 'end' }], action: 'end' },
    { when: [{ status: [400] }, { header: 'x-kind' }], action: 'retry' },
    { when: [{ status: [400] }], action: 'fail' },
  ];
  await run([status(400, { 'x-kind': 'other' }), page(1), status(400, { 'x-kind': 'end' })], rules);
  expect(ids()).toEqual([1]);
  await api.close();
  await expect(run([status(400)], rules)).rejects.toMatchObject({ code: 'RULE_FAILED', details: { rule: 2 } });
});

test('a rule that waits for the body is not overtaken by a later one', async () => {
  const rules: ResponseRuleSpec[] = [{ when: [{ path: '$.error', equals: 'done' }], action: 'end' }, { when: [{ header: 'x-error' }], action: 'fail' }];
  await run([page(1), json({ error: 'done' }, { 'x-error': '1' })], rules);
  expect(ids()).toEqual([1]);
});

describe('refreshAuth', () => {
  const ARN = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:api-abcdef';
  const spec = { auth: { type: 'bearer', token: { secretArn: ARN } } } as const;
  const RULES: ResponseRuleSpec[] = [{ when: [{ path: '$.error', equals: 'token expired' }], action: 'refreshAuth' }];
  let secrets: FakeSecretsManager;

  beforeEach(async () => {
    secrets = await FakeSecretsManager.start({ [ARN]: 'old-token' });
  });

  afterEach(() => secrets.close());

  /** Answers a success with an error in it, and records, until the token is the new one. */
  const expiring: Behaviour = (request, ...rest) => {
    const fresh = request.headers.authorization === 'Bearer new-token';
    secrets.secrets[ARN] = 'new-token';
    return json({ results: [{ id: 1 }], error: fresh ? null : 'token expired' })(request, ...rest);
  };

  test('a token that expired without a 401 is read anew, and the records beside the error are not doubled', async () => {
    await run([expiring], RULES, { type: 'none' }, { spec });
    expect(ids()).toEqual([1]);
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old-token', 'Bearer new-token']);
    expect(secrets.asked).toHaveLength(2);
  });

  test('fails when the new token does no better, and names neither', async () => {
    const failure = await run([json({ error: 'token expired', token: 'old-token' })], RULES, { type: 'none' }, { spec }).catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code: 'RULE_REFRESH_AUTH', retryable: false });
    expect(api.received).toHaveLength(2);
    expect(String(failure)).not.toContain('old-token');
  });
});

test('a secret that an error repeats is not shown', async () => {
  const secretArn = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:api-abcdef';
  const secrets = await FakeSecretsManager.start({ [secretArn]: 'hidden-token' });
  try {
    const failure = await run([json({ error: 'bad token hidden-token' })], [{ when: [{ path: '$.error' }], action: 'fail' }], { type: 'none' },
      { spec: { auth: { type: 'bearer', token: { secretArn } } } }).catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code: 'RULE_FAILED', message: expect.stringContaining('bad token ***') });
  } finally {
    await secrets.close();
  }
});
