import { randomBytes } from 'node:crypto';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, HostileServer, html, json, raw, reset, stall, status } from '../../support/hostile-server';
import { recordedPage } from '../../support/scan';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

async function serve(...behaviours: Behaviour[]): Promise<string> {
  api = await startApi(behaviours);
  return `${api.origin}/users`;
}

/** `count` records with ids from `from` on. */
const people = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: from + i, name: `person ${from + i}` }));

/** Answers `?page=N` with the N-th list, and with an empty one behind the last. */
const paged = (...pages: unknown[][]): Behaviour => (request, response, socket) => {
  const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page'));
  return json({ results: pages[page - 1] ?? [] })(request, response, socket);
};

const ids = () => lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => a - b);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const BY_PAGE = { pagination: { type: 'pageNumber', param: 'page', stablePages: true } } as const;

describe('what is stored', () => {
  test('the real pages arrive record for record, byte for byte', async () => {
    const pages = [recordedPage(1), recordedPage(2)];
    const url = await serve((request, response) => {
      const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(pages[page - 1] ?? '{"results":[]}');
    });
    const result = await extract(lake, url, { spec: BY_PAGE });

    expect(result).toMatchObject({ source: 'users', done: true, records: 1000, pages: 3, parts: 1, partition: 'ingestion_date=2026-11-23', schemaChanged: true });
    const sent = pages.flatMap((page) => (JSON.parse(page.toString()) as { results: unknown[] }).results.map((record) => JSON.stringify(record)));
    expect(lake.lines('users')).toEqual(sent);
  });

  test('integers over 2^53, trailing zeros, key order, escapes and keys that differ in case only are kept', async () => {
    const record = '{"z":1.10,"a":9007199254740993123,"Id":1,"id":"2","t":"\\u00e9 \\/ é"}';
    const result = await extract(lake, await serve(raw(`{"results":[${record}]}`)));

    expect(lake.lines('users')).toEqual([record]);
    expect(result.warnings?.join()).toMatch(/Id/);
  });

  test('a record over several lines becomes one line', async () => {
    await extract(lake, await serve(raw('{"results":[{\r\n  "id": 1,\n  "name": "a"\n}]}')));

    const [line, ...others] = lake.lines('users');
    expect(others).toEqual([]);
    expect(JSON.parse(line)).toEqual({ id: 1, name: 'a' });
  });

  test('nothing but the table, the state and the result is left behind', async () => {
    await extract(lake, await serve(json({ results: people(1, 3) })), { runId: 'one' });

    expect(lake.keys('.')).toEqual([
      '_runs/users/one.json', '_state/users.json', 'raw/users/ingestion_date=2026-11-23/0000000001-one-000001-000000.jsonl.gz',
    ]);
  });
});

describe('write modes', () => {
  test('a snapshot replaces the partition of the same day and leaves other days alone', async () => {
    const url = await serve(json({ results: people(1, 5) }), json({ results: people(101, 3) }), json({ results: people(201, 2) }));
    await extract(lake, url, { scheduledTime: '2026-11-22T04:00:00Z' });
    await extract(lake, url);
    const again = await extract(lake, url);

    expect(lake.lines('users', '2026-11-22')).toHaveLength(5);
    expect(lake.lines('users', '2026-11-23').map((line) => JSON.parse(line).id)).toEqual([201, 202]);
    expect(again.schemaChanged).toBe(false);
  });

  test('append adds up', async () => {
    const url = await serve(json({ results: people(1, 5) }), json({ results: people(6, 5) }));
    await extract(lake, url, { spec: { writeMode: { type: 'append' } } });
    await extract(lake, url, { spec: { writeMode: { type: 'append' } } });

    expect(ids()).toEqual(upTo(10));
  });

  test('a run repeated after success does nothing and returns the same', async () => {
    const url = await serve(json({ results: people(1, 5) }));
    const first = await extract(lake, url, { runId: 'same', spec: { writeMode: { type: 'append' } } });
    const second = await extract(lake, url, { runId: 'same', spec: { writeMode: { type: 'append' } } });

    expect(second).toEqual(first);
    expect(api!.received).toHaveLength(1);
    expect(ids()).toEqual(upTo(5));
  });

  test('an empty snapshot fails and keeps what was there, unless it is allowed', async () => {
    const url = await serve(json({ results: people(1, 5) }), json({ results: [] }));
    await extract(lake, url);

    await expect(extract(lake, url)).rejects.toMatchObject({ code: 'EMPTY_SNAPSHOT', retryable: false });
    expect(ids()).toEqual(upTo(5));

    await extract(lake, url, { spec: { writeMode: { type: 'snapshot', allowEmpty: true } } });
    expect(ids()).toEqual([]);
  });
});

describe('pagination through the whole extractor', () => {
  const next = (page: number) => (page < 3 ? `t${page + 1}` : null);
  const pageOf = (token: string | null) => Number((token ?? 't1').slice(1));

  test.each<[string, Record<string, unknown>, Behaviour]>([
    ['pageNumber', { type: 'pageNumber', param: 'page' }, paged(people(1, 3), people(4, 3), people(7, 3))],
    ['offset', { type: 'offset', param: 'skip' }, (request, ...rest) => {
      const skip = Number(new URL(request.url, 'http://localhost').searchParams.get('skip') ?? 0);
      return json({ results: people(1, 9).slice(skip, skip + 2) })(request, ...rest);
    }],
    ['cursor', { type: 'cursor', token: { path: '$.meta.next' }, target: { in: 'query', name: 'after' } }, (request, ...rest) => {
      const page = pageOf(new URL(request.url, 'http://localhost').searchParams.get('after'));
      return json({ results: people(page * 3 - 2, 3), meta: { next: next(page) } })(request, ...rest);
    }],
    ['linkHeader', { type: 'linkHeader' }, (request, ...rest) => {
      const page = pageOf(new URL(request.url, 'http://localhost').searchParams.get('p'));
      return json({ results: people(page * 3 - 2, 3) }, next(page) ? { link: `</users?p=${next(page)}>; rel="next"` } : {})(request, ...rest);
    }],
    ['nextUrl', { type: 'nextUrl', path: '$.next' }, (request, ...rest) => {
      const page = pageOf(new URL(request.url, 'http://localhost').searchParams.get('p'));
      return json({ next: next(page) && `?p=${next(page)}`, results: people(page * 3 - 2, 3) })(request, ...rest);
    }],
  ])('%s reads every record once', async (_name, pagination, behaviour) => {
    await extract(lake, await serve(behaviour), { spec: { pagination: pagination as never } });
    expect(ids()).toEqual(upTo(9));
  });

  test('maxPages ends the run', async () => {
    const url = await serve(paged(people(1, 3), people(4, 3), people(7, 3)));
    const result = await extract(lake, url, { spec: { pagination: { ...BY_PAGE.pagination, maxPages: 2 } } });
    expect(result.pages).toBe(2);
    expect(ids()).toEqual(upTo(6));
  });

  test('an API that ignores the page number is a loop, even when its envelope differs', async () => {
    let answers = 0;
    const url = await serve((...args) => json({ request: ++answers, results: people(1, 3) })(...args));

    await expect(extract(lake, url, { spec: BY_PAGE })).rejects.toMatchObject({ code: 'LOOP_DETECTED', retryable: false });
    expect(lake.lines('users')).toEqual([]);
  });

  test('a token that comes again is a loop', async () => {
    let answers = 0;
    const url = await serve((...args) => json({ next: 'same', results: people(++answers * 10, 3) })(...args));
    const pagination = { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'after' } } as const;

    await expect(extract(lake, url, { spec: { pagination } })).rejects.toMatchObject({ code: 'LOOP_DETECTED' });
  });
});

describe('faults of the API', () => {
  const GOOD = json({ results: people(1, 4) });

  test.each<[string, Behaviour]>([
    ['429 with Retry-After', status(429, { 'retry-after': '0' })],
    ['500', status(500)],
    ['a reset connection', reset()],
    ['a reset in the middle of the body', reset('{"results":[{"id":1},')],
    ['truncated JSON', raw('{"results":[{"id":77},{"id":78}')],
    ['a body shorter than its length', raw('{"results":[{"id":77}]}', { 'content-length': '500' })],
    ['malformed JSON', raw('{"results":[{"id":77},{id:78}]}')],
    ['200 with HTML', html('<html>maintenance</html>')],
  ])('%s is tried again and leaves no trace', async (_name, fault) => {
    const retries: unknown[] = [];
    const result = await extract(lake, await serve(fault, GOOD), { log: (message, fields) => message === 'retry' && retries.push(fields) });

    expect(retries).toHaveLength(1); // the fault did happen
    expect(result).toMatchObject({ records: 4, pages: 1 });
    expect(ids()).toEqual(upTo(4));
  });

  test('a stalled body is given up after the idle time', async () => {
    await extract(lake, await serve(stall('{"results":[{"id":77},'), GOOD), { spec: { timeouts: { idleMs: 300 } } });
    expect(ids()).toEqual(upTo(4));
  });

  test('a schema seen only in a page that failed is forgotten', async () => {
    await extract(lake, await serve(raw('{"results":[{"id":1,"ghost":true},{]}'), GOOD), { runId: 'a' });
    expect(JSON.stringify(lake.state('users').schema)).not.toContain('ghost');
  });

  test.each<[string, Behaviour, string]>([
    ['endless 503', status(503), 'HTTP_503'],
    ['404', status(404), 'HTTP_404'],
    ['endless HTML', html('<html></html>'), 'NOT_JSON'],
    ['a missing records path', json({ data: [] }), 'RECORDS_PATH_MISSING'],
  ])('%s fails with a clear code and keeps what was stored', async (_name, fault, code) => {
    const url = await serve(GOOD, fault);
    await extract(lake, url);

    await expect(extract(lake, url, { spec: { retry: { maxAttempts: 3, baseDelayMs: 1 } } })).rejects.toMatchObject({ code });
    expect(ids()).toEqual(upTo(4));
  });
});

describe('running out of time', () => {
  /** Page after page of ten records, each after 100 ms. */
  const slow = (pages: number): Behaviour => async (request, ...rest) => {
    const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page'));
    await new Promise((later) => setTimeout(later, 100));
    return json({ results: page <= pages ? people(page * 10 - 9, 10) : [] })(request, ...rest);
  };

  test('a run goes on where it was, over as many invocations as it needs', async () => {
    const url = await serve(slow(12));
    let result = await extract(lake, url, { runId: 'long', timeMs: 800, spec: BY_PAGE });
    expect(result).toMatchObject({ done: false, runId: 'long' });
    expect(result.records).toBeGreaterThan(0);
    expect(lake.lines('users')).toEqual([]); // nothing uncommitted is visible

    for (let calls = 1; !result.done && calls < 20; calls++) {
      result = await extract(lake, url, { runId: 'long', timeMs: 800, spec: BY_PAGE });
    }
    expect(result).toMatchObject({ done: true, records: 120, pages: 13 });
    expect(ids()).toEqual(upTo(120));
    const asked = api!.received.map(({ url: path }) => path);
    expect(asked.filter((path) => path.endsWith('page=1'))).toHaveLength(1); // it did not start over
  });

  test('a Retry-After beyond the time left is handed to the caller', async () => {
    const url = await serve(json({ results: people(1, 3) }), status(429, { 'retry-after': '120' }), json({ results: people(4, 3) }), json({ results: [] }));
    const first = await extract(lake, url, { runId: 'wait', spec: BY_PAGE });
    expect(first).toMatchObject({ done: false, retryAfterSeconds: 120, records: 3 });

    const second = await extract(lake, url, { runId: 'wait', spec: BY_PAGE });
    expect(second).toMatchObject({ done: true, records: 6 });
    expect(ids()).toEqual(upTo(6));
  });

  test('a Retry-After before the first page is handed to the caller too', async () => {
    const first = await extract(lake, await serve(status(429, { 'retry-after': '120' })), { runId: 'wait' });
    expect(first).toMatchObject({ done: false, retryAfterSeconds: 120, records: 0 });
  });

  test('a page that no invocation can finish is an error, not an endless loop', async () => {
    const url = await serve(stall('{"results":[{"id":1},'));
    await expect(extract(lake, url, { timeMs: 600 })).rejects.toMatchObject({ code: 'PAGE_EXCEEDS_TIME' });
  });
});

describe('a page too large to hold in memory', () => {
  const big = (from: number, count: number) => people(from, count).map((person) => ({ ...person, text: randomBytes(400).toString('hex') }));
  const LARGE = 14_000; // records of about 1 kB: more than the 8 MiB that may wait

  test('is stored in several parts, and what came before it is safe first', async () => {
    const url = await serve(paged(people(1, 3), big(4, LARGE)));
    const result = await extract(lake, url, { spec: { ...BY_PAGE, limits: { partBytes: 1024 * 1024 } } });

    expect(result.records).toBe(LARGE + 3);
    expect(result.parts).toBeGreaterThan(2);
    expect(ids()).toEqual(upTo(LARGE + 3));
  });

  test('that breaks off is read again from its start, and nothing is doubled', async () => {
    const body = JSON.stringify({ results: big(4, LARGE) });
    const url = await serve(
      json({ results: people(1, 3) }), raw(body.slice(0, -5_000), { 'content-length': String(body.length) }), raw(body), json({ results: [] }),
    );
    const result = await extract(lake, url, { spec: { ...BY_PAGE, limits: { partBytes: 1024 * 1024 } } });

    expect(api!.received).toHaveLength(4); // it did break off
    expect(result.records).toBe(LARGE + 3);
    expect(ids()).toEqual(upTo(LARGE + 3));
  });
});
