import { ContractSpec, SourceSpec } from '../../../src/spec';
import { contractSpec, quarantined } from '../../support/contract';
import { extract, ExtractOptions } from '../../support/extract';
import { freshLake } from '../../support/fresh-lake';
import { Behaviour, json, raw } from '../../support/hostile-server';
import { TestLake } from '../../support/test-lake';

const SCHEMA = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' } },
  required: ['id'],
};
const ALL = { maxQuarantineRatio: 1 };

let lake: TestLake;
const { startApi } = freshLake((fresh) => {
  lake = fresh;
});

interface Given {
  readonly schema?: unknown;
  readonly contract?: Partial<ContractSpec>;
  readonly spec?: Partial<SourceSpec>;
  readonly options?: ExtractOptions;
}

async function run(behaviours: Behaviour[], { schema = SCHEMA, contract = ALL, spec, options }: Given = {}) {
  const { origin } = await startApi(behaviours);
  return extract(lake, origin, { ...options, spec: { ...spec, contract: await contractSpec(lake, schema, contract) } });
}

const GOOD = '{"id":1,"name":"Ada"}';
const BAD = '{"id" : "two", "name":"B\\u00e9a","big":9007199254740993123}';

test('a record that breaks the contract goes to the quarantine, whole, with reason, run and position; the others into the table', async () => {
  const result = await run([raw(`{"results":[${GOOD},\n${BAD},{"id":3}]}`)], { options: { runId: 'one' } });

  expect(lake.lines('users')).toEqual([GOOD, '{"id":3}']);
  expect(result).toMatchObject({ done: true, records: 2, quarantined: 1, parts: 1 });
  const [line] = lake.quarantineLines('users');
  expect(line.endsWith(`"original":${BAD}}`)).toBe(true);
  expect(quarantined(lake)).toEqual([expect.objectContaining({
    run_id: 'one', page: 1, record: 2, cause: 'contract', reasons: [{ pointer: '/id', keyword: 'type', message: 'must be integer' }],
  })]);
  expect(lake.keys('quarantine')).toEqual(['quarantine/users/ingestion_date=2026-11-23/0000000001-one-000001-000001.jsonl.gz']);
});

test('the columns are those of the records that were accepted', async () => {
  await run([json({ results: [{ id: 1 }, { id: 'x', only_here: true }] })]);

  expect(JSON.stringify(lake.state('users').schema)).not.toContain('only_here');
  expect(JSON.stringify(lake.state('users').schema)).toContain('id');
});

test('evolve lets new properties in', async () => {
  expect(await run([json({ results: [{ id: 1, nick: 'a' }] })])).toMatchObject({ records: 1, quarantined: 0 });
});

test('freeze quarantines what the schema does not declare, at any depth and beside compositions', async () => {
  const schema = {
    properties: { id: {}, free: { type: 'object' }, open: { properties: { a: {} }, additionalProperties: true }, list: { items: { $ref: '#/$defs/item' } } },
    allOf: [{ properties: { more: {} } }],
    $defs: { item: { properties: { a: {} } } },
  };
  const records = [
    { id: 1, more: 2, free: { any: 1 }, open: { a: 1, b: 2 }, list: [{ a: 1 }] },
    { id: 2, extra: 'private value' },
    { id: 3, list: [{ a: 1, b: 2 }] },
  ];
  await run([json({ results: records })], { schema, contract: { ...ALL, mode: 'freeze' } });

  expect(lake.lines('users').map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1]);
  expect(quarantined(lake).map(({ reasons }) => reasons)).toEqual([
    [{ pointer: '/extra', keyword: 'unevaluatedProperties', message: 'is not declared in the schema' }],
    [{ pointer: '/list/0/b', keyword: 'unevaluatedProperties', message: 'is not declared in the schema' }],
  ]);
});

test('fail ends the run at the first bad record, names its violations and no value, and commits nothing', async () => {
  const failing = run([json({ results: [{ id: 1 }, { id: 'secret value', extra: 1 }] })], { contract: { mode: 'fail' } });

  await expect(failing).rejects.toMatchObject({
    code: 'CONTRACT_VIOLATED',
    retryable: false,
    message: expect.stringMatching(/page 1, record 2 .*\/id must be integer; \/extra is not declared/),
    details: { page: 1, record: 2 },
  });
  await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining('secret value') });
  expect([lake.keys('raw'), lake.keys('quarantine')]).toEqual([[], []]);
});

test('more bad records than the ratio allows fail the run, which tells the most frequent reasons and commits nothing', async () => {
  const results = [...Array.from({ length: 8 }, (_, id) => ({ id })), { id: 'a' }, { id: 'b' }];
  await expect(run([json({ results })], { contract: {} })).rejects.toMatchObject({
    code: 'QUARANTINE_RATIO', retryable: false, message: expect.stringMatching(/2 of 10 records .* at most 10% may \(2x \/id must be integer\)/),
  });
  expect([lake.keys('raw'), lake.keys('quarantine')]).toEqual([[], []]);

  expect(await run([json({ results: results.slice(0, 9).concat({ id: 11 }) })], { contract: {} })).toMatchObject({ records: 9, quarantined: 1 });
});

test('a new snapshot takes the quarantine of the one before along, and that of another day stays', async () => {
  await run([json({ results: [{ id: 'a' }, { id: 1 }] })], { options: { scheduledTime: '2026-11-22T04:00:00Z' } });
  await run([json({ results: [{ id: 'b' }, { id: 1 }] })]);
  await run([json({ results: [{ id: 'c' }, { id: 2 }] })]);

  expect(quarantined(lake).map(({ original }) => original)).toEqual([{ id: 'a' }, { id: 'c' }]);
  expect(lake.lines('users', '2026-11-23')).toEqual(['{"id":2}']);
});

test('append adds to the quarantine', async () => {
  const append = { spec: { writeMode: { type: 'append' } } } as const;
  await run([json({ results: [{ id: 'a' }, { id: 1 }] })], append);
  await run([json({ results: [{ id: 'b' }] })], append);

  expect(quarantined(lake).map(({ original }) => original)).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('a page that fails takes its quarantined records back', async () => {
  const bad = '{"id":"x"}';
  await run([raw(`{"results":[{"id":1},${bad}`), raw(`{"results":[{"id":1},${bad}]}`)]);

  expect(lake.quarantineLines('users')).toHaveLength(1);
});

test('positions count the pages of the whole run, and a snapshot of bad records only is no empty one', async () => {
  const pagination = { type: 'pageNumber', param: 'page' } as const;
  const pages = [json({ results: [{ id: 1 }] }), json({ results: [{ id: 2 }, { id: 'x' }] }), json({ results: [] })];
  await run(pages, { spec: { pagination } });
  expect(quarantined(lake)).toEqual([expect.objectContaining({ page: 2, record: 2 })]);

  await expect(run([json({ results: [{ id: 'y' }] })])).rejects.toMatchObject({ code: 'EMPTY_SNAPSHOT', message: expect.stringContaining('all 1 records break the contract') });
});

test('a record is judged as it is stored: transformed, and wrapped when it is no object', async () => {
  const schema = { properties: { name: { const: '***' }, value: { type: 'integer' } } };
  await run([json({ results: [{ name: 'Ada' }, 5, 'five'] })], { schema, spec: { transforms: [{ type: 'mask', path: '$.name' }] } });

  expect(lake.lines('users')).toEqual(['{"name":"***"}', '{"value": 5}']);
  expect(quarantined(lake).map(({ original }) => original)).toEqual(['five']);
});

test('a run is gone on with under the contract that began it, and started over under another', async () => {
  const pagination = { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'after' } } as const;
  const first = json({ results: [{ id: 1 }, { id: 'x' }], next: 'b' });
  const last = json({ results: [{ id: 2 }] });
  const options = { runId: 'one' };
  const wait: Behaviour = (_request, response) => {
    response.writeHead(429, { 'retry-after': '120' }).end();
  };
  const given = { spec: { pagination }, options };
  expect(await run([first, wait], given)).toMatchObject({ done: false, records: 1, quarantined: 1 });
  expect(await run([last], given)).toMatchObject({ done: true, records: 2, quarantined: 1, pages: 2 });

  const again = { ...given, options: { runId: 'two' } };
  expect(await run([first, wait], again)).toMatchObject({ done: false });
  expect(await run([first, last], { ...again, schema: { properties: { id: {} } } })).toMatchObject({ done: true, records: 3, quarantined: 0 });
});

test('a schema that is gone, or another than was deployed, ends the run', async () => {
  await expect(run([json({ results: [] })], { contract: { schema: 's3://assets/none.json' } })).rejects.toMatchObject({ code: 'CONTRACT_MISSING' });
  await expect(run([json({ results: [] })], { contract: { sha256: 'a'.repeat(64) } })).rejects.toMatchObject({ code: 'CONTRACT_CHANGED' });
});

test('a record whose field cannot take its new name is quarantined, masked; only a correction brings it back', async () => {
  const transforms = [{ type: 'rename', path: '$.a', name: 'b' }, { type: 'mask', path: '$.secret' }] as const;
  const result = await run([json({ results: [{ id: 1, a: 1 }, { id: 2, a: 1, b: 2, secret: 'hush' }] })], { spec: { transforms } });

  expect(result).toMatchObject({ records: 1, quarantined: 1 });
  expect(quarantined(lake)).toEqual([expect.objectContaining({
    cause: 'transform', original: { id: 2, a: 1, b: 2, secret: '****' }, reasons: [expect.objectContaining({ keyword: 'rename' })],
  })]);
  const spec = { contract: await contractSpec(lake, SCHEMA) };
  expect(await extract(lake, 'http://127.0.0.1:9/', { redrive: {}, spec })).toMatchObject({ records: 0, quarantined: 1 });
  const corrections = lake.quarantineLines('users').map((line) => line.replace('"a":1,', ''));
  expect(await extract(lake, 'http://127.0.0.1:9/', { redrive: { corrections }, spec })).toMatchObject({ records: 1, quarantined: 0 });
  expect(lake.lines('users')).toEqual(['{"id":1,"b":1}', '{"id":2,"b":2,"secret":"****"}']);
});

test('a frozen contract knows the fields that a child takes from its parent', async () => {
  const { origin } = await startApi({ '/parents': [json({ results: [{ id: 1 }] })], '/1': [json({ results: [{ id: 2 }, { id: 3, x: 1 }] })] });
  const parent = { source: 'parents', reads: 'newest', bind: { id: '$.id' }, include: { _parents_id: '$.id' } } as const;
  await extract(lake, `${origin}/parents`, { spec: { source: 'parents' } });
  await extract(lake, `${origin}/{id}`, { spec: { parent, contract: await contractSpec(lake, SCHEMA, { ...ALL, mode: 'freeze' }) } });

  expect(lake.lines('users')).toEqual(['{"_parents_id":1,"id":2}']);
  expect(quarantined(lake).map(({ original }) => original)).toEqual([{ _parents_id: 1, id: 3, x: 1 }]);
});
