import { setTimeout as sleep } from 'node:timers/promises';
import { ParentSpec, SourceSpec } from '../../../src/spec';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, json, status } from '../../support/hostile-server';
import { issuesAsked, repo, ReposApi } from '../../support/repos-api';
import { TestLake } from '../../support/test-lake';

const PAGES = 12;
const ANSWER_MS = 25;
const BY_PAGE = { type: 'pageNumber', param: 'page', stablePages: true } as const;
const PARENT: ParentSpec = { source: 'repos', reads: 'newest', bind: { name: '$.name' }, include: { _repos_name: '$.name' } };

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

/** Counts the requests that wait for their answers, each a little while. */
class SlowApi {
  most = 0;
  readonly arrivals: number[] = [];
  private waiting = 0;

  constructor(private readonly answer: Behaviour, private readonly answerMs = ANSWER_MS) {}

  readonly behaviour: Behaviour = async (...args) => {
    this.arrivals.push(performance.now());
    this.most = Math.max(this.most, ++this.waiting);
    await sleep(this.answerMs);
    this.waiting--;
    return this.answer(...args);
  };
}

const pageOf = (url: string) => Number(new URL(url, 'http://localhost').searchParams.get('page'));
const pages: Behaviour = (request, ...rest) => {
  const page = pageOf(request.url);
  return json({ results: page <= PAGES ? [{ id: page * 2 - 1 }, { id: page * 2 }] : [] })(request, ...rest);
};
const WHOLE = Array.from({ length: PAGES * 2 }, (_none, i) => `{"id":${i + 1}}`);

const asked = (server: HostileServer) => server.received.map(({ url }) => pageOf(url)).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_none, i) => i + 1);
const run = (server: HostileServer, spec: Partial<SourceSpec>, options: ExtractOptions = {}) =>
  extract(lake, server.origin, { ...options, spec: { pagination: BY_PAGE, ...spec } });

async function slowPages(answer = pages, answerMs?: number): Promise<{ slow: SlowApi; server: HostileServer }> {
  const slow = new SlowApi(answer, answerMs);
  return { slow, server: await startApi([slow.behaviour]) };
}

test.each([1, 2, 5])('concurrency %i: so many requests wait at a time, every page is asked for once and stored in its place', async (concurrency) => {
  const { slow, server } = await slowPages();
  expect(await run(server, { concurrency })).toMatchObject({ done: true, records: PAGES * 2, pages: PAGES + 1 });
  expect(slow.most).toBe(concurrency);
  expect(lake.lines('users')).toEqual(WHOLE);
  expect(asked(server)).toEqual(upTo(PAGES + concurrency)); // the empty page ends the run: beyond it others were under way
});

test('no page beyond maxPages is asked for', async () => {
  const { server } = await slowPages();
  await run(server, { concurrency: 4, pagination: { ...BY_PAGE, maxPages: 6 } });
  expect(asked(server)).toEqual(upTo(6));
});

test('an answer that failed ahead of its turn is tried again in its turn', async () => {
  const failed = new Set<number>();
  const { server } = await slowPages((request, ...rest) => {
    const page = pageOf(request.url);
    const fails = page % 3 === 0 && !failed.has(page);
    failed.add(page);
    return (fails ? status(503) : pages)(request, ...rest);
  });
  expect(await run(server, { concurrency: 4 })).toMatchObject({ done: true, records: PAGES * 2 });
  expect(lake.lines('users')).toEqual(WHOLE);
});

test('what fails for good fails the run with the error of its page, and nothing is in the table', async () => {
  const { server } = await slowPages((request, ...rest) => (pageOf(request.url) === 4 ? status(404) : pages)(request, ...rest));
  await expect(run(server, { concurrency: 4 })).rejects.toMatchObject({ code: 'HTTP_404', retryable: false });
  expect(lake.lines('users')).toEqual([]);
});

test('a run whose time ends with answers under way goes on where it was', async () => {
  const { server } = await slowPages(pages, 100); // five rounds of three answers: more than one invocation's time
  let result = await run(server, { concurrency: 3 }, { runId: 'one', timeMs: 200 });
  expect(result.done).toBe(false);
  for (let calls = 0; !result.done && calls < 20; calls++) {
    result = await run(server, { concurrency: 3 }, { runId: 'one', timeMs: 200 });
  }
  expect(result).toMatchObject({ done: true, records: PAGES * 2 });
  expect(lake.lines('users')).toEqual(WHOLE);
}, 20_000);

test('the rate limit holds for all requests together', async () => {
  const { slow, server } = await slowPages();
  await run(server, { concurrency: 6, rateLimit: { requests: 20, perMs: 1000 } });
  const gaps = slow.arrivals.slice(1).map((at, i) => at - slow.arrivals[i]);
  expect(slow.arrivals.length).toBeGreaterThan(PAGES);
  // One request each 50 ms, one at once; timers and sockets may bring two a little closer.
  expect(slow.arrivals.at(-1)! - slow.arrivals[0]).toBeGreaterThanOrEqual((slow.arrivals.length - 1) * 50 - 25);
  expect(Math.min(...gaps)).toBeGreaterThan(10);
});

describe('a child source', () => {
  const REPOS = [repo('a', 3), repo('b', 0), repo('c', 5), repo('d', 1), repo('e', 2), repo('f', 1)];

  async function issues(spec: Partial<SourceSpec>, repos = REPOS) {
    const api = new ReposApi(repos);
    const slow = new SlowApi(api.behaviour);
    const server = await startApi([slow.behaviour]);
    await extract(lake, `${server.origin}/repos`, { spec: { source: 'repos' } });
    server.received.splice(0);
    slow.most = 0;
    await extract(lake, `${server.origin}/repos/{name}/issues`, { spec: { source: 'issues', parent: PARENT, pagination: BY_PAGE, ...spec } });
    return { api, slow, asked: issuesAsked(server.received) };
  }

  test('asks for the first pages of the parents that follow, and stores all in order', async () => {
    const one = await issues({});
    expect(one.slow.most).toBe(1);
    const four = await issues({ concurrency: 4 });
    expect(four.slow.most).toBe(4);
    expect([...four.asked].sort()).toEqual([...one.asked].sort());
    expect(lake.lines('issues')).toEqual(four.api.table());
  });

  test('asks once for parents that are there twice', async () => {
    const { asked: requests, api } = await issues({ concurrency: 4 }, [repo('a', 1), repo('a', 1), repo('b', 1), repo('a', 1), repo('b', 1), repo('c', 1)]);
    expect([...requests].sort()).toEqual(['a 1', 'a 2', 'b 1', 'b 2', 'c 1', 'c 2']);
    expect(lake.lines('issues')).toEqual(api.table([repo('a', 1), repo('b', 1), repo('c', 1)]));
  });
});
