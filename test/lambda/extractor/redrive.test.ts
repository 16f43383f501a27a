import { RedriveRequest, SourceSpec } from '../../../src/spec';
import { contractSpec, quarantined } from '../../support/contract';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { json, raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const STRICT = { properties: { id: { type: 'integer' } } };
const LOOSE = { properties: { id: { type: ['integer', 'string'], maxLength: 3 } } };

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

async function run(text: string, spec: Partial<SourceSpec> = {}, options: ExtractOptions = {}) {
  const { origin } = await startApi([raw(`{"results":[${text}]}`)]);
  return extract(lake, origin, { ...options, spec: { contract: await contractSpec(lake, STRICT, { maxQuarantineRatio: 1 }), ...spec } });
}

const redrive = async (schema: unknown, request: RedriveRequest = {}, options: ExtractOptions = {}) =>
  extract(lake, 'http://127.0.0.1:9/never-asked', { ...options, redrive: request, spec: { contract: await contractSpec(lake, schema) } });

const ids = (lines: readonly string[]) => lines.map((line) => /"id":("?[^,"}]*"?)/.exec(line)![1]);
const table = (date?: string) => ids(lake.lines('users', date)).sort();
const inQuarantine = () => quarantined(lake).map(({ original }) => (original as { id: unknown }).id);

test('records that satisfy the contract now go into the table byte for byte, the others stay with new reasons', async () => {
  await run('{"id":1},{"id":"abc", "big":9007199254740993123},{"id":"abcd"}');
  const before = quarantined(lake)[1];

  const result = await redrive(LOOSE);

  expect(result).toMatchObject({ done: true, records: 1, quarantined: 1, partition: 'ingestion_date=2026-11-23', redrive: { matched: 0, more: false } });
  expect(lake.lines('users')).toEqual(['{"id":1}', '{"id":"abc", "big":9007199254740993123}']);
  expect(quarantined(lake)).toEqual([{ ...before, reasons: [expect.objectContaining({ keyword: 'maxLength' })], contract: expect.anything() }]);
});

test('a redrive repeated changes nothing, under its own run id and under another', async () => {
  await run('{"id":1},{"id":"abc"},{"id":"abcd"}');
  const first = await redrive(LOOSE, {}, { runId: 'again' });
  const keys = lake.keys('raw').concat(lake.keys('quarantine'));

  expect(await redrive(LOOSE, {}, { runId: 'again' })).toEqual(first);
  expect(lake.keys('raw').concat(lake.keys('quarantine'))).toEqual(keys);
  expect(await redrive(LOOSE)).toMatchObject({ records: 0, quarantined: 1 });
  expect([table(), inQuarantine()]).toEqual([['"abc"', '1'], ['abcd']]);
});

test('a redriven record completes its own day; the next snapshot of that day replaces it, that of another day does not', async () => {
  await run('{"id":1},{"id":"a"}', {}, { scheduledTime: '2026-11-22T04:00:00Z' });
  await run('{"id":2},{"id":"b"}');

  const first = await redrive(LOOSE);
  expect(first).toMatchObject({ partition: 'ingestion_date=2026-11-22', redrive: { more: true } });
  expect(await redrive(LOOSE, { after: '2026-11-22' })).toMatchObject({ partition: 'ingestion_date=2026-11-23', redrive: { more: false } });
  expect([table('2026-11-22'), table('2026-11-23'), inQuarantine()]).toEqual([['"a"', '1'], ['"b"', '2'], []]);

  await run('{"id":3}');
  expect([table('2026-11-22'), table('2026-11-23')]).toEqual([['"a"', '1'], ['3']]);
});

test('corrections are lines of the quarantine; what they do not satisfy is told, and the record as it was stays', async () => {
  await run('{"id":0},{"id":"one"},{"id":"two"},{"id":"three"}');
  const lines = lake.quarantineLines('users');
  const corrected = [
    lines[0].replace('{"id":"one"}', '{"id":9007199254740993123}'),
    lines[1].replace('{"id":"two"}', '{"id":null}'),
    lines[2].replace(/"id":"[0-9a-f]+"/, '"id":"0123"'),
  ];

  const result = await redrive(STRICT, { corrections: corrected });

  expect(result).toMatchObject({
    records: 1, quarantined: 2, redrive: { matched: 2, refused: [{ violations: [{ pointer: '/id', keyword: 'type', message: 'must be integer' }] }] },
  });
  expect(lake.lines('users')).toEqual(['{"id":0}', '{"id":9007199254740993123}']);
  expect(inQuarantine()).toEqual(['two', 'three']);
  expect(await redrive(STRICT, { corrections: corrected })).toMatchObject({ records: 0, redrive: { matched: 1 } });
});

test.each([
  ['no JSON', '{"id":"a","original":{'],
  ['no id', '{"original":{"id":1}}'],
  ['no record', '{"id":"a"}'],
])('a correction that has %s is an error, and nothing changes', async (_what, line) => {
  await run('{"id":0},{"id":"one"}');
  await expect(redrive(STRICT, { corrections: ['{"id":"x","original":{}}', line] })).rejects.toMatchObject({ code: 'CORRECTION_INVALID', message: expect.stringContaining('line 2') });
  expect(inQuarantine()).toEqual(['one']);
});

test('an empty quarantine is no error', async () => {
  expect(await redrive(STRICT)).toMatchObject({ done: true, records: 0, quarantined: 0 });
});

test('where the source stands at its API stays as it was', async () => {
  const incremental = { type: 'cursor', path: '$.id', format: 'integer', target: { in: 'query', name: 'since' } } as const;
  await run('{"id":1,"n":1},{"id":2,"n":"x"}', { incremental, key: ['$.id'], contract: await contractSpec(lake, { properties: { n: { type: 'integer' } } }, { maxQuarantineRatio: 1 }) });
  const before = lake.state('users');
  await redrive({});
  const { watermark, resume, whole, open } = lake.state('users');
  expect({ watermark, resume, whole, open }).toEqual({ watermark: before.watermark, resume: before.resume, whole: before.whole, open: null });
  expect(lake.lines('users')).toHaveLength(2);
});

test('the columns learn what was redriven', async () => {
  await run('{"id":1},{"id":"a","extra":true}');
  expect(await redrive(LOOSE)).toMatchObject({ schemaChanged: true });
  expect(JSON.stringify(lake.state('users').schema)).toContain('extra');
});

test('a child asks for the parents of the newest snapshot and for those that were redriven into it', async () => {
  await run('{"id":7},{"id":"a"}', { source: 'parents' }, { scheduledTime: '2026-11-22T04:00:00Z' });
  await run('{"id":1},{"id":"b"}', { source: 'parents' });
  const contract = await contractSpec(lake, LOOSE);
  for (const after of [undefined, '2026-11-22']) {
    await extract(lake, 'http://127.0.0.1:9/', { redrive: { after }, spec: { source: 'parents', contract } });
  }
  const { origin, received } = await startApi([json({ results: [{ x: 1 }] })]);
  const parent = { source: 'parents', reads: 'newest', bind: { id: '$.id' } } as const;
  await extract(lake, `${origin}/{id}`, { spec: { parent } });
  expect(received.map(({ url }) => url).sort()).toEqual(['/1', '/b']);
});
