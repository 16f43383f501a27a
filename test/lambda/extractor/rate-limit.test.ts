import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { HostileServer, json, status } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const BY_PAGE = { pagination: { type: 'pageNumber', param: 'page', stablePages: true } } as const;
const page = (id: number, headers: Record<string, string> = {}) => json({ results: [{ id }] }, headers);
const END = json({ results: [] });
const USED_UP = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '600' };

/** Runs and gives the waits that were logged. */
async function waitsOf(options: Parameters<typeof extract>[2]): Promise<{ waits: number[]; result: Awaited<ReturnType<typeof extract>> }> {
  const waits: number[] = [];
  const log = (message: string, fields?: Record<string, unknown>) => message === 'rate limit' && waits.push(Number(fields?.delayMs));
  return { result: await extract(lake, api.origin, { ...options, log }), waits };
}

test('every request but the first waits for its turn, attempts too', async () => {
  api = await startApi([page(1), status(503), page(2), END]);
  const { waits, result } = await waitsOf({ spec: { ...BY_PAGE, rateLimit: { requests: 10, perMs: 1000 } } });
  expect(result).toMatchObject({ done: true, records: 2 });
  expect(waits.length).toBeGreaterThanOrEqual(3);
  expect(Math.max(...waits)).toBeLessThanOrEqual(100);
});

test('an API whose requests are used up is left alone until later, and the run goes on there', async () => {
  api = await startApi([page(1, USED_UP), page(2), END]);
  const first = await waitsOf({ runId: 'paced', spec: BY_PAGE });
  expect(first.result).toMatchObject({ done: false, retryAfterSeconds: 600, records: 1 });
  expect(api.received).toHaveLength(1);

  const second = await waitsOf({ runId: 'paced', spec: BY_PAGE });
  expect(second.result).toMatchObject({ done: true, records: 2 });
  expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":2}']);
});

test('a short wait that the API asks for happens at once', async () => {
  api = await startApi([page(1, { ratelimit: '"default";r=0;t=1' }), END]);
  const { waits, result } = await waitsOf({ spec: BY_PAGE });
  expect(waits[0]).toBeGreaterThan(500);
  expect(result.done).toBe(true);
});

test('used up after the last page is nobody\'s concern', async () => {
  api = await startApi([page(1), json({ results: [] }, USED_UP)]);
  expect((await waitsOf({ spec: BY_PAGE })).result).toMatchObject({ done: true, records: 1 });
});

test.each([403, 429])('a %i whose headers say when to come back is a wait, not a failure', async (code) => {
  api = await startApi([status(code, USED_UP)]);
  expect((await waitsOf({ spec: BY_PAGE })).result).toMatchObject({ done: false, retryAfterSeconds: 600 });
  expect(api.received).toHaveLength(1);
});

test('a 403 with requests left is a failure', async () => {
  api = await startApi([status(403, { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '600' })]);
  await expect(waitsOf({ spec: BY_PAGE })).rejects.toMatchObject({ code: 'HTTP_403', retryable: false });
});
