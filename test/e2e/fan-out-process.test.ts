import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FunctionHost, InvocationResult } from '../../cli/lambda-host';
import { RunResult, SourceSpec } from '../../src/spec';
import { extract, testSpec } from '../support/extract';
import { Behaviour, HostileServer, json } from '../support/hostile-server';
import { expectInvariants, Outcome } from '../support/lake-checker';
import { issuesAsked, Repo, ReposApi } from '../support/repos-api';
import { BUCKET, TestLake } from '../support/test-lake';

const CHILD: Partial<SourceSpec> = {
  source: 'issues',
  parent: { source: 'repos', reads: 'newest', bind: { name: '$.name' }, include: { _repos_name: '$.name' } },
  pagination: { type: 'pageNumber', param: 'page', stablePages: true },
  limits: { partBytes: 65_536 },
};

let lake: TestLake;
let server: HostileServer;
let host: FunctionHost | undefined;
let answer: Behaviour;

beforeEach(async () => {
  lake = await TestLake.start();
  server = await HostileServer.start([(...args) => answer(...args)]);
});

afterEach(async () => {
  await host?.close();
  await server.close();
  await lake.close();
});

/** Stores what the API has at `/repos` as the parent's snapshot. */
async function commitParents(format?: 'ndjson'): Promise<RunResult> {
  const result = await extract(lake, `${server.origin}/repos`, { spec: { source: 'repos', ...(format && { records: '$', format: { type: format } }) } });
  server.received.splice(0);
  return result;
}

/** One invocation of the child's bundle in a process of its own. */
async function invoke(options: { spec?: Partial<SourceSpec>; memoryMb?: number; timeoutSeconds?: number } = {}): Promise<InvocationResult> {
  host = new FunctionHost({
    onLog: () => undefined,
    codeDir: join(__dirname, '../../assets/extractor'),
    handler: 'index.handler',
    memoryMb: options.memoryMb ?? 512,
    timeoutSeconds: options.timeoutSeconds ?? 60,
    environment: {
      API_URL: `${server.origin}/repos/{name}/issues`,
      DATA_BUCKET_NAME: BUCKET,
      SOURCE_SPEC: JSON.stringify(testSpec({ ...CHILD, ...options.spec })),
      EXTRACTOR_ALLOWED_HOSTS: '127.0.0.1',
      COMMIT_LEASE_SECONDS: '1',
      COMMIT_QUIET_SECONDS: '0',
    },
    overrides: { AWS_ENDPOINT_URL_S3: lake.endpoint },
  });
  const ended = await host.invoke({ runId: 'one', scheduledTime: '2026-11-23T04:00:00Z' });
  await host.close();
  return ended;
}

const outcomeOf = (ended: InvocationResult, deadlineMs = 60_000): Outcome => ({
  runId: 'one', tookMs: ended.durationMs, deadlineMs, logs: [], ...('payload' in ended ? { result: ended.payload as RunResult } : { killed: true }),
});

/** Issues of so much noise that every page fills a part. */
function noisy(name: string, issues: number): Repo {
  const noise = (i: number) => Array.from({ length: 1_200 }, (_none, n) => createHash('sha512').update(`${name} ${i} ${n}`).digest('base64')).join('');
  return { json: JSON.stringify({ name }), issues: Array.from({ length: issues }, (_none, i) => JSON.stringify({ id: i, noise: noise(i) })) };
}

test('a run killed in the middle of a parent\'s pages, again and again, ends with every record once and goes on where it was', async () => {
  const api = new ReposApi([noisy('a', 7), noisy('b', 12), noisy('c', 1), noisy('d', 9)]);
  answer = api.behaviour;
  await commitParents();
  const kills = ['a 3', 'b 1', 'b 5', 'b 6', 'd 2', 'd 6'];
  let next = kills.shift();
  answer = (request, ...rest) => {
    if (issuesAsked([request])[0] === next) {
      next = undefined;
      return host!.close(); // SIGKILL
    }
    return api.behaviour(request, ...rest);
  };
  const outcomes: Outcome[] = [];
  const asked: number[] = [];
  for (;;) {
    const before = server.received.length;
    const ended = await invoke();
    asked.push(server.received.length - before);
    outcomes.push(outcomeOf(ended));
    if ('payload' in ended) {
      break;
    }
    expect(outcomes.length).toBeLessThan(10);
    next = kills.shift();
  }
  expect(outcomes).toHaveLength(7);
  await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes });
  expect(asked.at(-1)).toBeLessThan(10); // of 18 pages
}, 120_000);

test('a run longer than an invocation ends before each deadline and goes on in the next', async () => {
  const api = new ReposApi(Array.from({ length: 40 }, (_none, i) => ({ json: `{"name":"r${i}"}`, issues: ['{"id":1}', '{"id":2}', '{"id":3}'] })));
  answer = api.behaviour;
  await commitParents();
  answer = async (...args) => {
    await new Promise((later) => setTimeout(later, 40));
    return api.behaviour(...args);
  };
  const outcomes: Outcome[] = [];
  let done = false;
  while (!done) {
    const ended = await invoke({ timeoutSeconds: 3 });
    const outcome = outcomeOf(ended, 3_000);
    outcomes.push(outcome);
    expect(outcome.killed).toBeUndefined();
    done = outcome.result?.done ?? false;
    expect(outcomes.length).toBeLessThan(20);
  }
  expect(outcomes.length).toBeGreaterThan(1);
  await expectInvariants({ lake, source: 'issues', table: api.table(), outcomes });
  // Only the page that a deadline cut off is asked for twice.
  expect(server.received.length - new Set(issuesAsked(server.received)).size).toBeLessThan(outcomes.length);
}, 120_000);

test('100,000 parents take no more memory than a few', async () => {
  const PARENTS = 100_000;
  const filler = 'x'.repeat(1_300);
  const noise = (i: number) => createHash('sha512').update(String(i)).digest('base64') + createHash('sha512').update(`${i}+`).digest('base64');
  // One in fifty is asked for, the others are read and left out: a request each would test the patience, not the memory.
  const line = (i: number) => `{"name":${i % 50 === 0 ? `"r${i}"` : 'null'},"filler":"${filler}","noise":"${noise(i)}"}\n`;
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (let i = 0; i < PARENTS; i++) {
      response.write(line(i));
    }
    response.end();
  };
  const { records, bytes } = await commitParents('ndjson');
  expect({ records, large: bytes > 8 * 1024 * 1024 }).toEqual({ records: PARENTS, large: true });
  let asked = 0;
  answer = (...args) => {
    asked++;
    return json({ results: [{ id: 1 }] })(...args);
  };
  const ended = await invoke({ spec: { pagination: undefined, parent: { ...CHILD.parent!, unusable: 'skip' } }, memoryMb: 1024 });
  expect(outcomeOf(ended).result).toMatchObject({ done: true, records: PARENTS / 50 });
  expect(asked).toBe(PARENTS / 50);
  expect(ended.maxMemoryMb).toBeLessThan(230); // 160 MB of records pass through
}, 120_000);
