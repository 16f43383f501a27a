import { SourceSpec } from '../../../src/spec';
import { contractSpec, quarantined } from '../../support/contract';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, json, raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const NDJSON = { records: '$', format: { type: 'ndjson' } } as const;
const CSV = { records: '$', format: { type: 'csv' } } as const;
const SMALL = { limits: { maxRecordBytes: 20_000 } } as const;
const ONCE = { retry: { maxAttempts: 1 } } as const;

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const anything = (options = {}) => contractSpec(lake, {}, { maxQuarantineRatio: 0.9, ...options });

/** Sends the body in pieces of a size, one write each. */
const pieces = (body: string, size: number): Behaviour => async (_request, response) => {
  const bytes = Buffer.from(body);
  response.writeHead(200);
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((sent) => response.write(bytes.subarray(at, at + size), sent));
  }
  response.end();
};

async function run(body: string | Behaviour, spec: Partial<SourceSpec>) {
  const { origin } = await startApi([typeof body === 'string' ? raw(body) : body]);
  return extract(lake, origin, { spec: { contract: await anything(), ...spec } });
}

const redrive = async (corrections?: string[]) =>
  extract(lake, 'http://127.0.0.1:9/never-asked', { redrive: { corrections }, spec: { contract: await anything() } });

describe.each([1, 3, 7, 100_000])('in pieces of %d bytes', (size) => {
  test('a malformed line of NDJSON goes to quarantine as it was sent, with its place and reason', async () => {
    const result = await run(pieces('{"id":1}\n\n{"id":"é\r\n{"id":3} {"id":4}\n{"id":5}', size), NDJSON);
    expect(result).toMatchObject({ records: 2, quarantined: 2 });
    expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":5}']);
    const facts = { page: 1, cause: 'format', reasons: [{ pointer: '', keyword: 'json', message: 'is no valid JSON' }] };
    expect(quarantined(lake)).toEqual([
      expect.objectContaining({ ...facts, record: 2, line: 3, original: '{"id":"é' }),
      expect.objectContaining({ ...facts, record: 3, line: 4, original: '{"id":3} {"id":4}' }),
    ]);
  });

  test('a row of CSV with another number of fields than the header does, too', async () => {
    const result = await run(pieces('id,name\r\n1\r\n2,b\r\n\r\n"3","two\r\nlines, é",""\r\n4,d', size), CSV);
    expect(result).toMatchObject({ records: 2, quarantined: 2 });
    expect(lake.lines('users')).toEqual(['{"id":"2","name":"b"}', '{"id":"4","name":"d"}']);
    expect(quarantined(lake)).toEqual([
      expect.objectContaining({ record: 1, line: 2, original: '1', reasons: [{ pointer: '', keyword: 'fields', message: 'has 1 fields where 2 are expected' }] }),
      expect.objectContaining({ record: 3, line: 5, original: '"3","two\r\nlines, é",""' }),
    ]);
  });
});

describe.each([1_000, 9_999, 10_000_000])('in pieces of %d bytes', (size) => {
  test.each([
    ['NDJSON', NDJSON, `{"id":"${'én'.repeat(100_000)}"}`, (long: string) => `{"id":"1"}\n${long}\n{"id":"3"}\n`],
    ['CSV', CSV, `"${'é\n'.repeat(100_000)}"`, (long: string) => `id\n1\n${long}\n3\n`],
  ])('of a record of %s that is too long, the beginning is kept, and its length', async (_format, spec, long, body) => {
    const result = await run(pieces(body(long), size), { ...spec, ...SMALL });
    expect(result).toMatchObject({ records: 2, quarantined: 1 });
    expect(lake.lines('users')).toEqual(['{"id":"1"}', '{"id":"3"}']);
    const [entry] = quarantined(lake);
    expect(entry).toMatchObject({
      record: 2, truncated: true, original_bytes: Buffer.byteLength(long), reasons: [{ keyword: 'maxRecordBytes', message: 'is longer than 20000 bytes' }],
    });
    const original = entry.original as string;
    expect(long.startsWith(original)).toBe(true);
    expect(8192 - Buffer.byteLength(original)).toBeLessThan(2);
  });
});

test('a malformed record of the longest length is kept whole and can be corrected', async () => {
  const text = `{"id":"${'\\"'.repeat(9_990)}`;
  await run(`{"id":1}\n${text}\n`, { ...NDJSON, ...SMALL });
  const [entry] = quarantined(lake);
  expect(entry.original).toBe(text);
  expect(entry.truncated).toBeUndefined();
  const corrected = JSON.stringify({ ...entry, original: { id: 2 } });
  expect(await extract(lake, 'http://127.0.0.1:9/', { redrive: { corrections: [corrected] }, spec: { contract: await anything(), ...SMALL } })).toMatchObject({ records: 1, quarantined: 0 });
});

test.each([
  ['NDJSON', NDJSON, '{"id":"1"}\n{"id":\n'],
  ['CSV', CSV, 'id\n1\n2,3\n'],
])('what cannot be read of %s counts in the ratio', async (_format, spec, body) => {
  await expect(run(body, { ...spec, contract: await anything({ maxQuarantineRatio: 0.4 }) })).rejects.toMatchObject({
    code: 'QUARANTINE_RATIO', details: { records: 1, quarantined: 1 },
  });
  expect([lake.lines('users'), quarantined(lake)]).toEqual([[], []]);
});

describe('is an error of the page', () => {
  test.each([
    ['a last line without a line feed, which may be cut', NDJSON, '{"id":1}\n{"id":', 'line 2: '],
    ['a last row without a line feed', CSV, 'a,b\n1,2\n3', 'line 3: '],
    ['a response without one line that can be read', NDJSON, 'Service\nUnavailable\n', 'line 1: '],
    ['a file without one row that can be read', CSV, 'a,b\n1\n2\n', 'line 2: '],
    ['a quote that is never closed', CSV, 'a,b\n1,2\n"3,4\n5,6\n', 'line 3: '],
    ['bytes that are no UTF-8', NDJSON, '{"id":1}\n{"id":"\xff"}\n', 'UTF-8'],
    ['malformed JSON in a document', {}, '{"results":[{"id":1},{"id":}]}', 'byte'],
  ] as const)('%s', async (_what, spec, body, message) => {
    await expect(run(raw(Buffer.from(body, 'latin1')), { ...spec, ...ONCE })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining(message) });
    expect([lake.lines('users'), quarantined(lake)]).toEqual([[], []]);
  });

  test.each([
    ['without a contract', async () => ({ contract: undefined })],
    ['under a contract that fails', async () => ({ contract: await anything({ mode: 'fail' }) })],
    ['where a transform keeps something out of the lake', async () => ({ transforms: [{ type: 'drop', path: '$.secret' } as const] })],
  ])('what cannot be read, %s', async (_where, spec) => {
    for (const [body, format] of [['{"id":1}\n{"secret":1,\n{}\n', NDJSON], ['id\nx,secret\n1\n', CSV]] as const) {
      await expect(run(body, { ...format, ...ONCE, ...await spec() })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining('line 2: ') });
    }
    expect(quarantined(lake)).toEqual([]);
  });
});

test('where transforms only rename, it goes to quarantine', async () => {
  const result = await run('{"id":1}\n{"id":\n', { ...NDJSON, transforms: [{ type: 'rename', path: '$.id', name: 'key' }] });
  expect(result).toMatchObject({ records: 1, quarantined: 1 });
});

test('the place in an API and the record limit count it as any other record', async () => {
  const pages = ['{"id":1}\n{"id":\n', '{"id":3}\n{"id":4}\n'];
  const { origin, received } = await startApi([(request, ...rest) => {
    const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
    return raw(pages[offset / 2] ?? '')(request, ...rest);
  }]);
  const pagination = { type: 'offset', param: 'offset', stablePages: true } as const;
  const result = await extract(lake, origin, { spec: { ...NDJSON, pagination, contract: await anything() } });
  expect(result).toMatchObject({ records: 3, quarantined: 1 });
  expect(received.map(({ url }) => new URL(url, 'http://x').searchParams.get('offset'))).toEqual(['0', '2', '4']);
});

test('a child tells the parent of what it could not read', async () => {
  const parents = await startApi([json({ results: [{ id: 9007199254740993n.toString() }] })]);
  await extract(lake, parents.origin, { spec: { source: 'parents' } });
  const { origin } = await startApi([raw('{"n":1}\n{"n":\n')]);
  const parent = { source: 'parents', reads: 'newest', bind: { id: '$.id' }, include: { parent_id: '$.id' } } as const;
  await extract(lake, `${origin}/{id}`, { spec: { ...NDJSON, parent, contract: await anything() } });
  expect(quarantined(lake)).toEqual([expect.objectContaining({ parent: { parent_id: '9007199254740993' }, original: '{"n":' })]);
});

describe('redriven', () => {
  beforeEach(async () => {
    await run('{"id":1}\n{"id":2\n{"id":\n', NDJSON);
  });

  test('as it is, it stays and is told', async () => {
    const before = lake.quarantineLines('users');
    expect(await redrive()).toMatchObject({ records: 0, quarantined: 2, redrive: { needCorrection: 2 } });
    expect(lake.quarantineLines('users')).toEqual(before);
  });

  test('corrected, it goes into the table byte for byte', async () => {
    const [line] = lake.quarantineLines('users');
    const result = await redrive([line.replace(/"original":.*\}$/, '"original":{"id":9007199254740993123}}')]);
    expect(result).toMatchObject({ records: 1, quarantined: 1, redrive: { matched: 1, refused: [], needCorrection: 1 } });
    expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":9007199254740993123}']);
  });

  test('a text is no correction, the same or another', async () => {
    const [line] = lake.quarantineLines('users');
    for (const text of [line, line.replace(/"original":.*\}$/, '"original":"{\\"id\\":2}"}')]) {
      const result = await redrive([text]);
      expect(result).toMatchObject({ records: 0, quarantined: 2, redrive: { refused: [{ violations: [{ message: expect.stringContaining('still the text') }] }] } });
    }
    expect(lake.lines('users')).toEqual(['{"id":1}']);
  });
});
