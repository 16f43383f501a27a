import fc from 'fast-check';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, html, HostileServer, raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

let lake: TestLake;
let api: HostileServer | undefined;

const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

async function serve(...behaviours: Behaviour[]): Promise<string> {
  api = await startApi(behaviours);
  return `${api.origin}/rows`;
}

const CSV = { records: '$', format: { type: 'csv' } } as const;
const NDJSON = { records: '$', format: { type: 'ndjson' } } as const;
const CSV_TYPE = { 'content-type': 'text/csv; charset=utf-8' };
const NDJSON_TYPE = { 'content-type': 'application/x-ndjson' };
const rows = () => lake.lines('users').map((line) => JSON.parse(line) as unknown);

/** Sends the body in pieces of these sizes, one write each. */
const pieces = (body: Buffer, sizes: readonly number[], type: Record<string, string>): Behaviour => async (_request, response) => {
  response.writeHead(200, type);
  for (let at = 0, next = 0; at < body.length; next++) {
    const end = at + sizes[next % sizes.length];
    await new Promise((sent) => response.write(body.subarray(at, end), sent));
    at = end;
  }
  response.end();
};

describe('CSV', () => {
  test('rows become records of strings, page for page, with columns in the schema', async () => {
    const url = await serve(
      raw('Id,zip\r\n1,01234\r\n"2","1,5"\r\n', CSV_TYPE), raw('\ufeffId,zip,new\n3,x,"two\nlines"', CSV_TYPE), raw('Id,zip\n', CSV_TYPE),
    );
    const result = await extract(lake, url, { spec: { ...CSV, pagination: { type: 'pageNumber', param: 'page' } } });

    expect(result).toMatchObject({ records: 3, pages: 3 });
    expect(result.warnings ?? []).toEqual([]);
    expect(lake.lines('users')).toEqual(['{"Id":"1","zip":"01234"}', '{"Id":"2","zip":"1,5"}', '{"Id":"3","zip":"x","new":"two\\nlines"}']);
    expect(api!.received[0].headers.accept).toMatch(/^text\/csv/);
  });

  test('a table comes back whatever the pieces it is sent in', async () => {
    const cell = fc.string({ unit: fc.constantFrom(...',"\n\ra1é😀 '), maxLength: 10 });
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    const samples = fc.sample(fc.tuple(table, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })), { numRuns: 15, seed: 7 });
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    const behaviours = samples.map(([cells, sizes]) => pieces(Buffer.from(['a,b', ...cells.map((row) => row.map(quoted).join(','))].join('\r\n')), sizes, CSV_TYPE));
    const url = await serve(...behaviours);
    for (const [cells] of samples) {
      await extract(lake, url, { spec: CSV });
      expect(rows()).toEqual(cells.map(([a, b]) => ({ a, b })));
    }
  });

  test('names that are missing or come again are told in the run', async () => {
    const result = await extract(lake, await serve(raw('id,ID,\n1,2,3\n', CSV_TYPE)), { spec: CSV });
    expect(rows()).toEqual([{ id: '1', ID_2: '2', column_3: '3' }]);
    expect(result.warnings).toEqual([expect.stringContaining('"ID" (field 2) as "ID_2", "" (field 3) as "column_3"')]);
  });

  test('a ragged row fails with its line and ships nothing', async () => {
    const url = await serve(raw('a,b\n1,2\n3\n', CSV_TYPE));
    await expect(extract(lake, url, { spec: { ...CSV, retry: { maxAttempts: 2, baseDelayMs: 1 } } }))
      .rejects.toMatchObject({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining('line 3: ') });
    expect(api!.received).toHaveLength(2);
    expect(lake.lines('users')).toEqual([]);
  });

  test('that a server labels as HTML is read, and HTML is not', async () => {
    const url = await serve(raw('a,b\n1,2\n', { 'content-type': 'text/html' }), html('<html>log in</html>'), raw('<!doctype html>', { 'content-type': 'text/plain' }));
    await extract(lake, url, { spec: CSV });
    expect(rows()).toEqual([{ a: '1', b: '2' }]);
    for (let fault = 0; fault < 2; fault++) {
      await expect(extract(lake, url, { spec: { ...CSV, retry: { maxAttempts: 1 } } })).rejects.toMatchObject({ code: 'NOT_JSON', message: expect.stringContaining('expected CSV') });
    }
  });

  test('of more than the memory that may be held is read in parts, as other formats are', async () => {
    const line = `"${'x'.repeat(500)}","é"\r\n`;
    const url = await serve(raw('a,b\r\n' + line.repeat(25_000), CSV_TYPE));
    const result = await extract(lake, url, { spec: CSV });
    expect(result.records).toBe(25_000);
    expect(lake.lines('users')[24_999]).toBe(`{"a":"${'x'.repeat(500)}","b":"é"}`);
  });
});

describe('NDJSON', () => {
  test('lines are the records, byte for byte', async () => {
    const lines = ['{"id":9007199254740993123,"n":1.10}', '{"id":2,"t":"\\u00e9 é"}'];
    const url = await serve(raw(`${lines.join('\r\n\r\n')}`, NDJSON_TYPE));
    expect(await extract(lake, url, { spec: NDJSON })).toMatchObject({ records: 2, pages: 1 });
    expect(lake.lines('users')).toEqual(lines);
  });

  test('any values come back whatever the pieces they are sent in', async () => {
    const record = fc.dictionary(fc.string(), fc.jsonValue());
    const sizesOf = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    const sample = fc.tuple(fc.array(record, { minLength: 1, maxLength: 20 }), sizesOf);
    const samples = fc.sample(sample, { numRuns: 15, seed: 11 });
    const body = (records: unknown[]) => Buffer.from(records.map((value) => JSON.stringify(value)).join('\n'));
    const url = await serve(...samples.map(([records, sizes]) => pieces(body(records), sizes, NDJSON_TYPE)));
    for (const [records] of samples) {
      await extract(lake, url, { spec: NDJSON });
      expect(lake.lines('users')).toEqual(records.map((value) => Buffer.from(JSON.stringify(value)).toString()));
    }
  });

  test('a malformed line is tried again, then named', async () => {
    const url = await serve(raw('{"id":1}\n{"id":', NDJSON_TYPE), raw('{"id":1}\n{"id":2}\n', NDJSON_TYPE), raw('{"id":1}\n\n{"id":\n2}\n', NDJSON_TYPE));
    expect(await extract(lake, url, { spec: NDJSON })).toMatchObject({ records: 2 });
    await expect(extract(lake, url, { spec: { ...NDJSON, retry: { maxAttempts: 1 } } })).rejects.toMatchObject({ message: expect.stringContaining('line 3: ') });
    expect(rows()).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

describe('charsets', () => {
  test('the content type says what bytes mean, and the format more than it', async () => {
    const western = Buffer.from('{"results":[{"name":"Zoë \x80"}]}', 'latin1');
    const url = await serve(
      raw(western, { 'content-type': 'application/json; charset=ISO-8859-1' }),
      raw(western, { 'content-type': 'application/json' }),
      raw(Buffer.from('\ufeff{"results":[{"name":"日本"}]}', 'utf16le')),
    );
    await extract(lake, url);
    expect(rows()).toEqual([{ name: 'Zoë €' }]);
    await extract(lake, url, { spec: { format: { type: 'json', charset: 'windows-1252' } } });
    expect(rows()).toEqual([{ name: 'Zoë €' }]);
    await extract(lake, url);
    expect(rows()).toEqual([{ name: '日本' }]);
  });

  test('a response in another charset than it says fails, and what was stored stays', async () => {
    const url = await serve(raw('{"results":[{"id":1}]}'), raw(Buffer.from('{"results":[{"name":"Zoë"}]}', 'latin1')));
    await extract(lake, url);
    await expect(extract(lake, url, { spec: { retry: { maxAttempts: 1 } } })).rejects.toMatchObject({
      code: 'MALFORMED_RESPONSE', details: { offset: 23 }, message: expect.stringContaining("if the API sends another charset, name it in the source's format"),
    });
    expect(rows()).toEqual([{ id: 1 }]);
  });
});
