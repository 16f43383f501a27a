import { FormatSpec, SourceSpec } from '../../../src/spec';
import { contractSpec, quarantined } from '../../support/contract';
import { extract } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const SCHEMA = { type: 'object', properties: { id: { type: ['integer', 'string'] } }, required: ['id'] };
const NDJSON: FormatSpec = { type: 'ndjson' };
const CSV: FormatSpec = { type: 'csv' };

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

const contract = async (more: Partial<SourceSpec['contract']> = {}) => contractSpec(lake, SCHEMA, { maxQuarantineRatio: 0.9, ...more });

async function run(format: FormatSpec, body: string, spec: Partial<SourceSpec> = {}) {
  const { origin } = await startApi([raw(body, { 'content-type': 'text/plain' })]);
  return extract(lake, origin, { runId: 'one', spec: { records: '$', format, contract: await contract(), ...spec } });
}

const redrive = async (corrections: string[] = []) =>
  extract(lake, 'http://127.0.0.1:9/never-asked', { redrive: { corrections }, spec: { contract: await contract() } });

const LINES = '{"id":1}\n{"id":2,"text":"a \\"quote\\" and \n{"id":3}\n{"id":4} {"id":5}\r\n{"id":6}\n';

test('lines of NDJSON that are no JSON are kept in quarantine as texts, with what is wrong with them', async () => {
  expect(await run(NDJSON, LINES)).toMatchObject({ done: true, records: 3, quarantined: 2 });
  expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":3}', '{"id":6}']);
  expect(quarantined(lake)).toEqual([
    expect.objectContaining({
      page: 1,
      record: 2,
      cause: 'malformed',
      original: '{"id":2,"text":"a \\"quote\\" and',
      reasons: [
        { pointer: '', keyword: 'format', message: expect.stringMatching(/^line 2: the response is not valid JSON: .* at byte \d+$/) },
      ],
    }),
    expect.objectContaining({ page: 1, record: 4, original: '{"id":4} {"id":5}', reasons: [expect.objectContaining({ message: expect.stringContaining('one value a line expected') })] }),
  ]);
  expect(JSON.stringify(lake.state('users').schema)).not.toContain('text');
});

test('rows of CSV with other fields than the header are kept by name and number', async () => {
  expect(await run(CSV, 'id,name\n1,Ada\n2\n3,Bo,"x ""y"""\n4,Cy\n')).toMatchObject({ records: 2, quarantined: 2 });
  expect(lake.lines('users')).toEqual(['{"id":"1","name":"Ada"}', '{"id":"4","name":"Cy"}']);
  expect(quarantined(lake).map(({ cause, original, reasons }) => [cause, original, reasons[0].message])).toEqual([
    ['malformed', { id: '2' }, 'line 3: the response is not valid CSV: 1 fields where 2 are expected'],
    ['malformed', { id: '3', name: 'Bo', _field_3: 'x "y"' }, 'line 4: the response is not valid CSV: 3 fields where 2 are expected'],
  ]);
});

test.each<[string, FormatSpec, string]>([
  ['a last line that was cut', NDJSON, '{"id":1}\n{"id":2}\n{"id":'],
  ['a response that does not begin with a record', NDJSON, 'Service unavailable\n{"id":1}\n{"id":2}\n'],
  ['a last row that was cut', CSV, 'id,name\n1,Ada\n2'],
  ['a quote that is never closed', CSV, 'id,name\n1,Ada\n2,"Bo\n3,Cy\n'],
])('%s is an error of the response, tried again, and not of a record', async (_what, format, body) => {
  await expect(run(format, body, { retry: { maxAttempts: 2, baseDelayMs: 1 } })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE', retryable: true });
  expect([lake.lines('users'), quarantined(lake)]).toEqual([[], []]);
});

test('without a contract, and beside transforms that could not be applied to it, such a line is an error', async () => {
  await expect(run(NDJSON, LINES, { contract: undefined })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
  await expect(run(NDJSON, LINES, { transforms: [{ type: 'drop', path: '$.text' }] })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
  expect(quarantined(lake)).toEqual([]);
});

test('counts for the ratio, and fails at once under a contract that fails', async () => {
  await expect(run(NDJSON, LINES, { contract: await contract({ maxQuarantineRatio: 0.3 }) })).rejects.toMatchObject({ code: 'QUARANTINE_RATIO' });
  await expect(run(NDJSON, LINES, { contract: await contract({ mode: 'fail' }) })).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' });
  expect([lake.lines('users'), quarantined(lake)]).toEqual([[], []]);
});

test('is redriven when it was corrected, and stays as it is until then', async () => {
  await run(NDJSON, LINES);
  expect(await redrive()).toMatchObject({ records: 0, quarantined: 2 });
  const [first] = lake.quarantineLines('users');
  const corrected = JSON.stringify({ ...JSON.parse(first) as object, original: { id: 2, text: 'a "quote" and' } });
  expect(await redrive([corrected])).toMatchObject({ records: 1, quarantined: 1 });
  expect(lake.lines('users')).toContain('{"id":2,"text":"a \\"quote\\" and"}');
  expect(quarantined(lake).map(({ original }) => original)).toEqual(['{"id":4} {"id":5}']);
});
