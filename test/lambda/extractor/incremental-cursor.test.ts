import { randomBytes } from 'node:crypto';
import { CursorIncrementalSpec, SourceSpec } from '../../../src/spec';
import { ApiOptions, ChangingApi, cursorSpec as specOf, iso, query, Row, Switch } from '../../support/changing-api';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { HostileServer, json, raw, status } from '../../support/hostile-server';
import { randomNumbers } from '../../support/scan';
import { TestLake } from '../../support/test-lake';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const MINUTE = 60_000;

let lake: TestLake;
let server: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

async function start(options: ApiOptions = {}) {
  const api = new ChangingApi(options);
  const control = new Switch(api.serve);
  server = await startApi([control.serve]);
  return { api, control };
}

const run = (spec: Partial<SourceSpec>, options: ExtractOptions = {}) => extract(lake, server!.origin, { ...options, spec });
const lines = () => lake.lines('users').sort();
const since = () => server!.received.map((request) => query(request, 'since'));
const watermark = () => lake.state('users').watermark as { cursor: string };
const rows = (from: number, count: number, at: (i: number) => number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, at: at(i) }));

describe('what is new', () => {
  test('is read from the watermark on, and added', async () => {
    const { api } = await start();
    api.put(...rows(1, 25, (i) => NOON + i * MINUTE));
    const first = await run(specOf());
    api.put(...rows(26, 15, (i) => NOON + (25 + i) * MINUTE));
    const second = await run(specOf());

    expect([first.records, second.records, second.skipped]).toEqual([25, 15, 1]);
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
    expect([...new Set(since())]).toEqual([null, '2026-11-20T12:24:00.000Z']);
  });

  test('begins at the start that the source names', async () => {
    const { api } = await start();
    api.put(...rows(1, 10, (i) => NOON + i * MINUTE));
    await run(specOf({ start: '2026-11-20T12:05:00Z' }));
    expect(lines()).toEqual(rows(6, 5, (i) => NOON + (5 + i) * MINUTE).map((row) => api.line(row)).sort());
    expect(since()).toEqual(['2026-11-20T12:05:00Z']);
  });

  test('nothing new leaves everything as it is', async () => {
    const { api } = await start();
    api.put(...rows(1, 5, () => NOON));
    await run(specOf());
    const before = lake.state('users').watermark;
    const again = await run(specOf());
    expect(again).toMatchObject({ records: 0, skipped: 5 });
    expect(lake.state('users').watermark).toEqual(before);
    expect(lines()).toHaveLength(5);
  });

  test('is told apart by key when the API cannot filter', async () => {
    const { api } = await start();
    api.put(...rows(1, 25, (i) => NOON + i * MINUTE));
    await run(specOf({ target: undefined }));
    api.put(...rows(26, 5, (i) => NOON + (24 + i) * MINUTE));
    await run(specOf({ target: undefined }));
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
    expect(since().every((value) => value === null)).toBe(true);
  });

  test('an update is another record, a deletion takes nothing away', async () => {
    const { api } = await start();
    api.put(...rows(1, 5, (i) => NOON + i * MINUTE));
    const old = api.rows.map((row) => api.line(row));
    await run(specOf());
    api.put({ id: 2, at: NOON + 10 * MINUTE, version: 2 });
    api.delete(3, 5);
    await run(specOf());
    expect(lines()).toEqual([...old, '{"id":2,"at":"2026-11-20T12:10:00.000Z","version":2}'].sort());
  });
});

describe('the boundary', () => {
  test('rows that come later with the value of the watermark are neither lost nor doubled', async () => {
    const { api } = await start();
    api.put(...rows(1, 15, () => NOON));
    await run(specOf());
    api.put(...rows(16, 15, () => NOON));
    await run(specOf());
    api.put(...rows(31, 5, () => NOON), { id: 40, at: NOON + 1 });
    await run(specOf());
    await run(specOf());
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('newer rows before those of the watermark, in any order, double nothing', async () => {
    const { api } = await start();
    api.put(...rows(1, 12, () => NOON));
    await run(specOf());
    api.rows = [...rows(100, 12, (i) => NOON + (i + 1) * MINUTE), ...api.rows];
    await run(specOf());
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('late rows within the lag are found, and nothing in it is doubled', async () => {
    const { api } = await start();
    const spec = specOf({ lag: 10 * MINUTE });
    api.put(...rows(1, 30, (i) => NOON + i * MINUTE));
    await run(spec);
    api.put({ id: 50, at: NOON + 22.5 * MINUTE }, { id: 51, at: NOON + 40 * MINUTE });
    await run(spec);
    api.put({ id: 52, at: NOON + 31 * MINUTE });
    await run(spec);
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
    expect([...new Set(since())]).toEqual([null, '2026-11-20T12:19:00Z', '2026-11-20T12:30:00Z']);
  });

  test('a time in the future is stored once and does not move the watermark', async () => {
    const { api } = await start();
    api.put(...rows(1, 5, (i) => NOON + i * MINUTE), { id: 99, at: Date.parse('2099-01-01T00:00:00Z') });
    const first = await run(specOf());
    expect(first.warnings?.join()).toMatch(/1 records have a \$\.at in the future/);
    expect(watermark().cursor).toBe('2026-11-20T12:04:00.000Z');
    api.put(...rows(6, 5, (i) => NOON + (5 + i) * MINUTE));
    await run(specOf());
    await run(specOf());
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
    expect(watermark().cursor).toBe('2026-11-20T12:09:00.000Z');
  });

  test('nothing but times in the future is stored once, too', async () => {
    const { api } = await start();
    api.put(...rows(1, 3, () => Date.parse('2099-01-01T00:00:00Z')));
    await run(specOf());
    await run(specOf());
    expect(lines()).toHaveLength(3);
  });
});

describe('formats', () => {
  test.each<[string, Partial<CursorIncrementalSpec>, (i: number) => string, string]>([
    ['seconds', { format: 'epochSeconds' }, (i) => String(1_763_640_000 + i), '1763640009'],
    ['seconds with a fraction', { format: 'epochSeconds' }, (i) => `1763640000.${String(i).padStart(6, '0')}`, '1763640000.000009'],
    ['milliseconds as text', { format: 'epochMilliseconds' }, (i) => `"${1_763_640_000_000 + i}"`, '1763640000009'],
    ['integers over 2^53', { format: 'integer' }, (i) => `900719925474099312${i}`, '9007199254740993129'],
    ['integers with a lag', { format: 'integer', lag: 3 }, (i) => `900719925474099312${i}`, '9007199254740993126'],
    ['microseconds', {}, (i) => `"2026-11-20T12:00:00.00000${i}+01:00"`, '2026-11-20T12:00:00.000009+01:00'],
    ['times without a zone', { lag: 60_000 }, (i) => `"2026-11-20 12:00:0${i}"`, '2026-11-20 11:59:09'],
    ['dates', { format: 'date' }, (i) => `"2026-11-20T12:00:0${i}Z"`, '2026-11-20'],
  ])('%s are compared exactly and sent as the API writes them', async (_name, cursor, write, sent) => {
    const { api } = await start({ write, from: () => 0 }); // the API gives more than it was asked for
    api.put(...rows(1, 9, (i) => i));
    await run(specOf(cursor));
    api.put({ id: 10, at: 9 }, { id: 11, at: 8 });
    await run(specOf(cursor));
    await run(specOf(cursor));
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
    expect(since()[since().length - 1]).toBe(sent);
  });
});

describe('a cursor that cannot be trusted', () => {
  const good = (id: number, at: number) => ({ id, at: new Date(at).toISOString() });

  test.each<[string, Partial<CursorIncrementalSpec>, object[], string, RegExp]>([
    ['missing', {}, [good(8, NOON), { id: 9 }], 'CURSOR_MISSING', /page 1, record 2: the cursor \$\.at is missing/],
    ['null', {}, [{ id: 9, at: null }], 'CURSOR_MISSING', /page 1, record 1: the cursor \$\.at is null/],
    ['of another format', {}, [good(8, NOON), { id: 9, at: 1763640000 }], 'CURSOR_INVALID', /page 1, record 2: .*1763640000, which is not of the format iso8601/],
    ['no time at all', {}, [{ id: 9, at: '2026-02-30T00:00:00Z' }], 'CURSOR_INVALID', /2026-02-30/],
    ['backwards', { order: 'ascending' }, [good(8, NOON + 12), good(9, NOON + 11)], 'CURSOR_BACKWARDS', /record 2: .*breaks the ascending order/],
    ['forwards', { order: 'descending' }, [good(8, NOON + 11), good(9, NOON + 12)], 'CURSOR_BACKWARDS', /record 2: .*breaks the descending order/],
    ['without its key', {}, [{ at: new Date(NOON + 9).toISOString() }], 'KEY_MISSING', /page 1, record 1: the key \$\.id is missing/],
  ])('%s fails with page and record and keeps the last good state', async (_name, cursor, bad, code, message) => {
    const { api, control } = await start({ order: cursor.order });
    api.put(...rows(1, 5, (i) => NOON + i));
    await run(specOf(cursor));
    const before = { lines: lines(), watermark: watermark() };

    control.now = json({ next: null, results: bad });
    await expect(run(specOf(cursor))).rejects.toMatchObject({ code, retryable: false, message: expect.stringMatching(message) });
    expect({ lines: lines(), watermark: watermark() }).toEqual(before);

    control.now = api.serve;
    api.put({ id: 6, at: NOON + 6 });
    await run(specOf(cursor));
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('another cursor than the state holds is refused', async () => {
    const { api } = await start();
    api.put(...rows(1, 5, (i) => NOON + i));
    await run(specOf());
    await expect(run(specOf({ path: '$.version', format: 'integer' }))).rejects.toMatchObject({ code: 'WATERMARK_MISMATCH', retryable: false });
  });
});

describe('order', () => {
  test('descending stops at the first row below the watermark', async () => {
    const { api } = await start({ order: 'descending' });
    const spec = specOf({ order: 'descending', target: undefined });
    api.put(...rows(1, 100, (i) => NOON + i * MINUTE));
    await run(spec);
    expect(server!.received).toHaveLength(10);
    api.put(...rows(101, 12, (i) => NOON + (100 + i) * MINUTE));
    await run(spec);
    expect(server!.received).toHaveLength(12);
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  const bulky = (from: number, count: number) => rows(from, count, (i) => NOON + i * MINUTE).map((row) => ({ ...row, version: from }));
  /** Pages large enough to fill a part each; the fourth page is missing. */
  async function brokenOff(order: 'ascending' | 'unknown') {
    const { api, control } = await start({ order: 'ascending', size: 40 });
    const spec = specOf({ order }, { limits: { partBytes: 65_536 } });
    const fat = new Map<number, string>();
    api.line = ({ id, at }) => {
      fat.set(id, fat.get(id) ?? randomBytes(2048).toString('hex'));
      return `{"id":${id},"at":${iso(at)},"text":"${fat.get(id)}"}`;
    };
    api.put(...bulky(1, 200));
    control.now = (request, ...rest) => (query(request, 'skip') === '120' ? status(404)(request, ...rest) : api.serve(request, ...rest));
    await expect(run(spec)).rejects.toMatchObject({ code: 'HTTP_404' });
    control.now = api.serve;
    return { api, spec };
  }

  test('ascending commits on its way, and the next run goes on from there', async () => {
    const { api, spec } = await brokenOff('ascending');
    const stored = lines().length;
    expect(stored).toBeGreaterThanOrEqual(40);
    const asked = server!.received.length;

    const result = await run(spec);
    expect(result).toMatchObject({ done: true, records: 200 - stored });
    expect(query(server!.received[asked], 'since')).not.toBeNull();
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('the same run goes on as well', async () => {
    const { api, spec } = await brokenOff('ascending');
    const { runId } = lake.state('users').open!;
    const result = await run(spec, { runId });
    expect(result).toMatchObject({ done: true, records: 200 });
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('in unknown order nothing is committed before the end', async () => {
    const { api, spec } = await brokenOff('unknown');
    expect(lines()).toEqual([]);
    expect(lake.state('users').watermark).toBeNull();
    await run(spec);
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });

  test('ascending with a bound goes on behind it run by run', async () => {
    const { api } = await start({ order: 'ascending' });
    const base = specOf({ order: 'ascending' });
    const spec = { ...base, pagination: { ...base.pagination!, maxRecords: 12 } } as Partial<SourceSpec>;
    api.put(...rows(1, 30, (i) => NOON + Math.floor(i / 4) * MINUTE)); // ties over the bounds
    const counts = [];
    for (let i = 0; i < 4; i++) {
      counts.push((await run(spec)).records);
    }
    expect(counts).toEqual([12, 12, 6, 0]);
    expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
  });
});

test('an interrupted run goes on where it was, with what it knew', async () => {
  const { api, control } = await start();
  api.put(...rows(1, 5, () => NOON));
  await run(specOf());
  api.put(...rows(6, 33, () => NOON + MINUTE)); // the next run meets those of both calls again
  control.now = (request, ...rest) => (query(request, 'skip') === '20' ? status(429, { 'retry-after': '120' })(request, ...rest) : api.serve(request, ...rest));
  const first = await run(specOf(), { runId: 'two-calls' });
  expect(first).toMatchObject({ done: false, records: 15 });
  control.now = api.serve;
  const second = await run(specOf(), { runId: 'two-calls' });
  expect(second).toMatchObject({ done: true, records: 33, skipped: 5 });
  expect(await run(specOf())).toMatchObject({ records: 0, skipped: 33 });
  expect(lines()).toEqual(api.rows.map((row) => api.line(row)).sort());
});

test('the value travels in a JSON body exactly', async () => {
  server = await startApi([raw('{"results":[{"id":1,"n":9007199254740993123}]}')]);
  const spec: Partial<SourceSpec> = {
    request: { method: 'POST', body: { filter: { kind: 'x' } } },
    incremental: { type: 'cursor', path: '$.n', format: 'integer', target: { in: 'body', name: '$.filter.from' } },
    key: ['$.id'],
  };
  await run(spec);
  await run(spec);
  expect(server.received.map(({ body }) => body)).toEqual(['{"filter":{"kind":"x"}}', '{"filter":{"kind":"x","from":9007199254740993123}}']);
});

test.each([1, 2, 3])('rows that come, change, tie, come late and go between runs: the lake has each version once (seed %i)', async (seed) => {
  const random = randomNumbers(seed);
  const { api } = await start({ size: 7 });
  const spec = specOf({ lag: 10 * MINUTE });
  const truth = new Set<string>();
  let [clock, id] = [NOON, 0];
  for (let round = 0; round < 8; round++) {
    for (let i = random(30); i > 0; i--) {
      clock += random(3) * MINUTE; // ties
      // Never later than the lag behind the run before, whose watermark is at most the clock.
      const late = random(4) === 0 ? random(9) * MINUTE : 0;
      const change = id > 3 && random(3) === 0;
      api.put({ id: change ? 1 + random(id) : ++id, at: clock - late, version: change ? round * 100 + i : 1 });
    }
    if (id > 5) {
      api.delete(1 + random(id));
    }
    api.rows.sort(() => random(2) - 0.5);
    api.rows.forEach((row) => truth.add(api.line(row)));
    await run(spec);
    expect(lines()).toEqual([...truth].sort());
  }
});
