import { randomBytes } from 'node:crypto';
import { ParentSpec, RunResult, SourceSpec } from '../../../../src/spec';
import { contractSpec, quarantined } from '../../../support/contract';
import { extract, ExtractOptions } from '../../../support/extract';
import { freshLake } from '../../../support/fresh-lake';
import { HostileServer, json, raw, status } from '../../../support/hostile-server';
import { expectInvariants, Outcome } from '../../../support/lake-checker';
import { issuesAsked, repo, Repo, ReposApi } from '../../../support/repos-api';
import { TestLake } from '../../../support/test-lake';

const PAGES = { type: 'pageNumber', param: 'page', stablePages: true } as const;
const SHIFTING = { type: 'pageNumber', param: 'page' } as const;
const PARENT: ParentSpec = { source: 'repos', reads: 'newest', bind: { name: '$.name' }, include: { _repos_name: '$.name' } };
const REPOS = [repo('a', 3), repo('b', 0), repo('c', 5), repo('d', 1)];

let lake: TestLake;
let server: HostileServer;
let api: ReposApi;
let outcomes: Outcome[];

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

beforeEach(async () => {
  api = new ReposApi(REPOS);
  server = await startApi([api.behaviour]);
  outcomes = [];
});

type Spec = Partial<SourceSpec>;

/** A run of the parent that stores these repositories. */
async function commitRepos(repos: readonly Repo[] = api.repos, spec: Spec = {}, options: ExtractOptions = {}): Promise<RunResult> {
  api.repos = repos;
  const result = await extract(lake, `${server.origin}/repos`, { ...options, spec: { source: 'repos', ...spec } });
  server.received.splice(0);
  api.served = 0;
  return result;
}

/** One invocation of the child, watched for the checker. */
async function run(spec: Spec = {}, options: ExtractOptions & { path?: string } = {}): Promise<RunResult> {
  const { path = '/repos/{name}/issues', runId = 'one', ...rest } = options;
  const start = performance.now();
  const outcome = (end: Pick<Outcome, 'result' | 'error'>) =>
    outcomes.push({ runId, tookMs: performance.now() - start, deadlineMs: rest.timeMs ?? 60_000, logs: [], ...end });
  try {
    const result = await extract(lake, server.origin + path, { ...rest, runId, spec: { source: 'issues', parent: PARENT, pagination: PAGES, ...spec } });
    outcome({ result });
    return result;
  } catch (error) {
    const { code, retryable, message } = error as { code: string; retryable: boolean; message: string };
    outcome({ error: { code, retryable, text: message } });
    throw error;
  }
}

const table = () => lake.lines('issues');
const asked = () => issuesAsked(server.received);

test('asks for the pages of every parent in turn, and gives each record its parent', async () => {
  await commitRepos();
  const result = await run();
  expect(asked()).toEqual(['a 1', 'a 2', 'a 3', 'b 1', 'c 1', 'c 2', 'c 3', 'c 4', 'd 1', 'd 2']);
  expect(table()).toEqual(api.table());
  expect(result).toMatchObject({ done: true, records: 9, pages: 10 });
  await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes, served: { one: api.served } },
    { table: api.table(), run: async () => (await run({}, { runId: 'again' }), outcomes[1]) });
});

test('the fields of the parent are columns', async () => {
  await commitRepos();
  await run({ parent: { ...PARENT, include: { _repos_name: '$.name', stars: '$.stars' } } });
  expect(JSON.stringify(lake.state('issues').schema)).toMatch(/_repos_name.*stars|stars.*_repos_name/);
  expect(table()[0]).toBe('{"_repos_name":"a","stars":null,"id":"a-1"}');
});

test('transforms change what the API sent, not what the parent adds', async () => {
  await commitRepos();
  await run({ transforms: [{ type: 'rename', path: '$.id', name: 'issue' }, { type: 'drop', path: '$._repos_name' }] });
  expect(table()[0]).toBe('{"_repos_name":"a","issue":"a-1"}');
});

describe('a run that goes on', () => {
  const WAIT = status(429, { 'retry-after': '120' });

  test.each([['stable pages', { pagination: PAGES }], ['a key', { pagination: SHIFTING, key: ['$.id'] }]])('with %s: in the middle of a parent', async (_name, spec) => {
    await commitRepos();
    api.fail('c', 3, WAIT);
    expect(await run(spec)).toMatchObject({ done: false, records: 7 });
    server.received.splice(0);
    api.heal();
    expect(await run(spec)).toMatchObject({ done: true, records: 9 });
    expect(asked()).toEqual([...('key' in spec ? ['c 2'] : []), 'c 3', 'c 4', 'd 1', 'd 2']);
    await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes });
  });

  test('whose pages may shift, without a key: where a parent begins, when time runs out', async () => {
    await commitRepos(Array.from({ length: 12 }, (_none, i) => repo(`r${i}`, 3)));
    const slow = api.behaviour;
    const slowed = await startApi([async (...args) => {
      await new Promise((later) => setTimeout(later, 60));
      return slow(...args);
    }]);
    let result: RunResult | undefined;
    let calls = 0;
    do {
      result = await extract(lake, `${slowed.origin}/repos/{name}/issues`, { runId: 'one', timeMs: 2_500, spec: { source: 'issues', parent: PARENT, pagination: SHIFTING } });
      calls++;
    } while (!result.done && calls < 10);
    expect(result).toMatchObject({ done: true, records: 36 });
    expect(calls).toBeGreaterThan(1);
    expect(table()).toEqual(api.table());
    const lastOf = issuesAsked(slowed.received).filter((page) => page.endsWith(' 1'));
    expect(lastOf.length).toBeLessThan(12 + calls * 6); // parents that were whole are not asked for again and again
  }, 30_000);

  test('whose pages may shift, without a key: where a parent begins, when the API asks to wait', async () => {
    await commitRepos();
    const keyless = { pagination: SHIFTING };
    api.fail('b', 1, WAIT);
    expect(await run(keyless)).toMatchObject({ done: false, pages: 3 });
    api.heal();
    api.fail('c', 3, WAIT);
    expect(await run(keyless)).toMatchObject({ done: false, pages: 3 });
    api.heal();
    expect(await run(keyless)).toMatchObject({ done: true, records: 9 });
    expect(asked().filter((page) => page === 'a 1')).toHaveLength(1);
    expect(asked().filter((page) => page === 'c 1')).toHaveLength(2);
    await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes });
  });

  test('between two parents, in as many invocations as it takes', async () => {
    await commitRepos();
    for (const name of ['b', 'c', 'd']) {
      api.fail(name, 1, WAIT);
      expect(await run()).toMatchObject({ done: false });
      api.heal();
    }
    expect(await run()).toMatchObject({ done: true, records: 9 });
    expect(asked().filter((page) => page === 'a 1')).toHaveLength(1);
    await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes });
  });

  test('reads the parents that it began with, though the parent has added others', async () => {
    await commitRepos(REPOS, { writeMode: { type: 'append' } });
    api.fail('c', 3, WAIT);
    const added = { parent: { ...PARENT, reads: 'added' }, writeMode: { type: 'append' } } as const;
    await run(added);
    api.heal();
    await commitRepos([...REPOS, repo('e', 2)], { writeMode: { type: 'append' } });
    expect(await run(added)).toMatchObject({ done: true, records: 9 });
    expect(table()).toEqual(api.table(REPOS));
  });

  test('starts over when a newer snapshot has replaced the parents that it began with', async () => {
    await commitRepos();
    api.fail('c', 3, WAIT);
    await run();
    api.heal();
    const newer = [repo('c', 5), repo('e', 2)];
    await commitRepos(newer);
    expect(await run()).toMatchObject({ done: true, records: 7 });
    expect(asked()[0]).toBe('c 1');
    await expectInvariants({ lake, source: 'issues', table: api.table(newer), outcomes });
  });
});

test('starts over when the parents are replaced while it reads them', async () => {
  const inObjects = { limits: { partBytes: 65_536 }, pagination: PAGES };
  await commitRepos([...'abcdefgh'].map((name) => repo(name, 1, { noise: randomBytes(100_000).toString('base64') })), inObjects);
  expect(lake.keys('raw/repos').length).toBeGreaterThan(2);
  const newer = [repo('a', 1), repo('e', 2)];
  const logs: string[] = [];
  let replaced = false;
  const replacing = await startApi([async (...args) => {
    if (!replaced) {
      replaced = true;
      await commitRepos(newer);
    }
    return api.behaviour(...args);
  }]);
  const result = await extract(lake, `${replacing.origin}/repos/{name}/issues`, {
    spec: { source: 'issues', parent: PARENT, pagination: PAGES, responseRules: [{ when: [{ status: [404] }], action: 'skip' }] },
    log: (message, fields) => logs.push(`${message}: ${String(fields?.reason)}`),
  });
  expect(logs).toContain('starting over: a newer commit of the parent has replaced the records that the run was reading');
  expect(result).toMatchObject({ done: true, records: 3 });
  expect(table()).toEqual(api.table(newer));
});

describe('what the parent has', () => {
  test('nothing yet: an error that says so', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'PARENT_NOT_READ', retryable: false, message: expect.stringMatching(/"repos".*run it first/) });
  });

  test('no record: an empty snapshot needs to be allowed', async () => {
    await commitRepos([], { writeMode: { type: 'snapshot', allowEmpty: true } });
    await expect(run()).rejects.toMatchObject({ code: 'EMPTY_SNAPSHOT', message: expect.stringMatching(/parent "repos" has no record/) });
    expect(await run({ writeMode: { type: 'snapshot', allowEmpty: true } })).toMatchObject({ done: true, records: 0, pages: 0 });
    expect(server.received).toEqual([]);
  });

  test('an older day is not read for a newest one without records', async () => {
    await commitRepos(REPOS, {}, { scheduledTime: '2026-11-22T04:00:00Z' });
    await commitRepos([], { writeMode: { type: 'snapshot', allowEmpty: true } });
    expect(await run({ writeMode: { type: 'snapshot', allowEmpty: true } })).toMatchObject({ records: 0, pages: 0 });
  });

  test('days: the newest snapshot alone is read', async () => {
    await commitRepos(REPOS, {}, { scheduledTime: '2026-11-22T04:00:00Z' });
    await commitRepos([repo('e', 1)]);
    await run();
    expect(asked()).toEqual(['e 1', 'e 2']);
  });

  test('a commit that is not published: try again', async () => {
    await commitRepos();
    const state = lake.state('repos');
    const object = await lake.store.get('_state/repos.json');
    const pending = { seq: 2, manifest: 'm', etag: 'e', runId: 'r', date: '2026-11-23', mode: 'snapshot', last: true, result: {}, helped: false };
    await lake.store.put('_state/repos.json', Buffer.from(JSON.stringify({ ...state, pending })), { ifMatch: object!.etag });
    await expect(run()).rejects.toMatchObject({ code: 'PARENT_BUSY', retryable: true, retryAfterSeconds: expect.any(Number) });
  });

  test('records that came since the last run, when it appends', async () => {
    const append = { writeMode: { type: 'append' } } as const;
    const added = { ...append, parent: { ...PARENT, reads: 'added' } as const };
    await commitRepos([repo('a', 1)], append);
    await run(added);
    await commitRepos([repo('b', 1)], append);
    await commitRepos([repo('c', 1)], append);
    server.received.splice(0);
    api.repos = [repo('a', 1), repo('b', 1), repo('c', 1)];
    await run(added, { runId: 'two' });
    expect(asked()).toEqual(['b 1', 'b 2', 'c 1', 'c 2']);
    expect(await run(added, { runId: 'three' })).toMatchObject({ done: true, records: 0, pages: 0 });
    expect(table().sort()).toEqual(api.table().sort());
  });

  test('an object that is no gzip: an error that names it', async () => {
    await commitRepos();
    const [key] = lake.keys('raw/repos');
    await lake.store.put(key, Buffer.from('no gzip'), {});
    await expect(run()).rejects.toMatchObject({ code: 'PARENT_UNREADABLE', message: expect.stringContaining(key) });
  });
});

test('a run that died between its last page and its commit still tells the next one where it ended', async () => {
  const append = { writeMode: { type: 'append' } } as const;
  const added = { ...append, parent: { ...PARENT, reads: 'added' } as const };
  await commitRepos([repo('a', 1), repo('a', 1)], append);
  const alive = lake;
  const store = Object.create(lake.store) as TestLake['store'];
  store.put = (key, ...rest) => {
    if (key === '_state/issues.json' && issuesAsked(server.received).includes('a 2')) {
      throw new Error('dead');
    }
    return alive.store.put(key, ...rest);
  };
  lake = Object.create(lake, { store: { value: store } }) as TestLake;
  await expect(run(added)).rejects.toThrow('dead');
  lake = alive;
  expect(table()).toEqual([]);
  server.received.splice(0);
  expect(await run(added)).toMatchObject({ done: true, records: 1, warnings: [expect.stringMatching(/^1 record\(s\).*once/)] });
  expect(await run(added, { runId: 'two' })).toMatchObject({ done: true, records: 0, pages: 0 });
  expect(server.received).toEqual([]);
  expect(table()).toEqual(api.table([repo('a', 1)]));
});

test('a child may be a parent', async () => {
  await commitRepos([repo('a', 1), repo('b', 2)]);
  await run();
  const comments = await startApi([({ url }, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ results: [{ of: url }] }));
  }]);
  const parent: ParentSpec = { source: 'issues', reads: 'newest', bind: { id: '$.id', repo: '$._repos_name' }, include: { _issues_id: '$.id' } };
  await extract(lake, `${comments.origin}/{repo}/{id}`, { spec: { source: 'comments', parent } });
  expect(lake.lines('comments')).toEqual(['a/a-1', 'b/b-1', 'b/b-2'].map((path) => `{"_issues_id":"${path.slice(2)}","of":"/${path}"}`));
});

test('a store that fails while the parents are read: try again, and all is there', async () => {
  let failing = false;
  const flaky = await TestLake.start({
    onRequest: ({ operation, key }) => {
      if (failing && operation === 'GetObject' && key.startsWith('raw/repos/')) {
        throw new Error('out of order');
      }
    },
  });
  try {
    lake = flaky;
    await commitRepos();
    failing = true;
    await expect(run()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    failing = false;
    await run();
    await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes, error: 'retryable' });
  } finally {
    await flaky.close();
  }
});

describe('parents', () => {
  test('that lead to the same requests are asked for once, and the run says so', async () => {
    await commitRepos([repo('a', 1), repo('b', 1), repo('a', 1, { fork: true })]);
    const result = await run();
    expect(asked()).toEqual(['a 1', 'a 2', 'b 1', 'b 2']);
    expect(result.warnings).toEqual([expect.stringMatching(/^1 record\(s\) of the parent "repos".*once/)]);
  });

  test('that were asked for before an interruption are not asked for after it', async () => {
    await commitRepos([repo('a', 1), repo('b', 1), repo('a', 1, { fork: true })]);
    api.fail('b', 1, status(429, { 'retry-after': '120' }));
    await run();
    api.heal();
    server.received.splice(0);
    await run();
    expect(asked()).toEqual(['b 1', 'b 2']);
  });

  test.each([
    ['null', '{"name":null}', 'is null'],
    ['missing', '{"id":1}', 'is missing'],
    ['empty', '{"name":""}', 'is empty'],
    ['an object', '{"name":{"x":1}}', 'is an object'],
    ['a list', '{"name":["x"]}', 'is a list'],
    ['a step up', '{"name":".."}', 'would lead to another path'],
    ['half a character', '{"name":"\\ud800"}', 'holds half a character'],
  ])('with %s where a placeholder looks: an error that names the record, or left out', async (_name, record, why) => {
    await commitRepos([repo('a', 1), { json: record, issues: [] }, repo('b', 1)]);
    const [key] = lake.keys('raw/repos');
    await expect(run()).rejects.toMatchObject({
      code: 'PARENT_UNUSABLE', retryable: false, message: expect.stringContaining(why), details: { parent: { source: 'repos', key, record: 2 } },
    });
    const result = await run({ parent: { ...PARENT, unusable: 'skip' } });
    expect(result).toMatchObject({ done: true, records: 2, warnings: [expect.stringMatching(/^1 record\(s\) of the parent "repos" have no usable value/)] });
  });

  test('cannot change host, path or query', async () => {
    const names = ['x/../../admin', 'a?b=c', 'a#b', '%2e%2e', '@evil.example', '\\evil', 'ä ö', 'a&b=c'];
    api.repos = names.map((name) => repo(name, 1));
    await commitRepos();
    await run();
    expect(server.received.map(({ url }) => url)).toEqual(names.flatMap((name) => [1, 2].map((page) => `/repos/${encodeURIComponent(name)}/issues?page=${page}`)));
    expect(table()).toEqual(api.table());
  });

  test('that the API does not know are left out by a rule, each for itself', async () => {
    await commitRepos([...REPOS, repo('gone', 1), repo('z', 1)]);
    api.repos = [...REPOS, repo('z', 1)];
    await expect(run()).rejects.toMatchObject({ code: 'HTTP_404', message: expect.stringMatching(/record 5 of the parent "repos"/) });
    const rule = { when: [{ status: [404] }], action: 'skip' } as const;
    expect(await run({ responseRules: [rule] })).toMatchObject({ done: true, records: 10, skippedPages: 1 });
    expect(asked().filter((page) => page.startsWith('gone'))).toEqual(['gone 1', 'gone 1']);
    expect(table()).toEqual(api.table());
  });

  test('may have pages with the same records: loops are looked for within one', async () => {
    const same = [JSON.stringify({ id: 1 })];
    await commitRepos([{ ...repo('a', 0), issues: same }, { ...repo('b', 0), issues: same }]);
    expect(await run()).toMatchObject({ records: 2 });
    api.fail('a', 2, json({ results: [{ id: 1 }] }));
    await expect(run({}, { runId: 'two' })).rejects.toMatchObject({ code: 'LOOP_DETECTED', message: expect.stringMatching(/record 1 of the parent/) });
  });

  test('that a bound leaves out make a cut', async () => {
    await commitRepos();
    const result = await run({ pagination: { ...PAGES, maxRecords: 3 } });
    expect(result).toMatchObject({ done: true, records: 3, warnings: [expect.stringMatching(/maxRecords ended the run/)] });
    expect(asked()).toEqual(['a 1', 'a 2']);
  });
});

test('an endpoint that lacks a placeholder is an error at the start', async () => {
  await commitRepos();
  await expect(run({}, { path: '/issues' })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/parent\.bind\.name: got "\$\.name", write \{name\} into url/) });
  await expect(run({}, { path: '/{name}/{id}' })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/API_URL: got "\{id\}", add "id"/) });
  expect(server.received).toEqual([]);
});

describe('a child record', () => {
  test('that has the name of a parent\'s field already fails with page, record and field', async () => {
    await commitRepos([{ ...repo('a', 0), issues: ['{"id":1}', '{"_repos_name":"x"}'] }]);
    await expect(run()).rejects.toMatchObject({ code: 'PARENT_FIELD_COLLISION', details: { page: 1, record: 2, field: '_repos_name', parent: { record: 1 } } });
  });

  test('that is empty or no object gets its parent as well', async () => {
    await commitRepos([repo('a', 0)]);
    api.fail('a', 1, raw('{"results":[{}, { } ,5,"x",{"n":9007199254740993123}]}'));
    await run();
    expect(table()).toEqual(['{"_repos_name":"a"}', '{"_repos_name":"a" }', '{"_repos_name":"a","value": 5}', '{"_repos_name":"a","value": "x"}', '{"_repos_name":"a","n":9007199254740993123}']);
    expect(table().map((line) => JSON.parse(line) as unknown)).toHaveLength(5);
  });

  test('is judged by a contract together with its parent\'s fields, which a closed schema need not declare', async () => {
    await commitRepos([{ ...repo('a', 0), issues: ['{"id":1}', '{"id":"x"}'] }, { ...repo('b', 0), issues: ['{"id":2,"new":true}', '{"id":3}'] }]);
    const contract = await contractSpec(lake, { properties: { id: { type: 'integer' } } }, { mode: 'freeze', maxQuarantineRatio: 1 });
    const result = await run({ contract });
    expect(result).toMatchObject({ records: 2, quarantined: 2 });
    expect(table()).toEqual(['{"_repos_name":"a","id":1}', '{"_repos_name":"b","id":3}']);
    const rejected = ['{"_repos_name":"a","id":"x"}', '{"_repos_name":"b","id":2,"new":true}'];
    expect(quarantined(lake, 'issues').map(({ original }) => JSON.stringify(original))).toEqual(rejected);
    await expectInvariants({ lake, source: 'issues', table: table(), quarantine: rejected, outcomes, served: { one: api.served } });
  });
});
