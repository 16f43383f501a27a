import { PageWithTexts, people } from './support/paged-api';
import { Row, RowsApi } from './support/rows-api';
import { DeathAfterEachWrite } from './support/s3-gate';
import { BY_PAGE, fault, Trial, TrialFacts, TrialRun } from './support/trial';
import { SourceSpec, SourceState } from '../../src/spec';
import { IncrementalSpec } from '../../src/spec/incremental-spec';
import { contractSpec, quarantined } from '../support/contract';
import { HostileServer, raw, status } from '../support/hostile-server';
import { Outcome } from '../support/lake-checker';

const BY_CURSOR = { spec: { pagination: { type: 'cursor', token: { path: '$.next' }, target: { in: 'query', name: 'page' } } } } as const;
/** Pages move when rows come and go; a key tells rows apart. */
const BY_SHIFTING_PAGE = { spec: { pagination: { type: 'pageNumber', param: 'page' }, key: ['$.id'] } } as const;

/** A record whose bytes are what matters. */
const exact = (trial: Trial, text: string) => {
  trial.api.pages = people(2, 1);
  trial.api.failAlways(1, raw(`{"results":[${text}]}`));
};

const glueType = (trial: Trial, column: string) => JSON.stringify((trial.lake.state('users').schema as { children?: object }) ?? {}).includes(column);

fault('25 repeated cursor', async (trial) => {
  trial.api.envelope = () => ({ next: '2' });
  await trial.run(BY_CURSOR);
  expect(trial.server.received).toHaveLength(2);
  await trial.expectInvariants({ error: { code: 'LOOP_DETECTED', retryable: false } });
});

fault('26 empty page with a next', async (trial) => {
  const [first, second, third] = people(2, 4, 0, 3);
  trial.api.pages = [first, second, second, third];
  trial.api.envelope = (page) => ({ next: page < 4 ? String(page + 1) : null });
  const { result } = await trial.run(BY_CURSOR);
  expect(result).toMatchObject({ records: 7, pages: 4 });
  await trial.expectInvariants({ rerun: BY_CURSOR });
});

fault('27 pages shift', async (trial) => {
  const [rows] = people(2, 10);
  // A row was put before the first one while page 2 was asked for: the last row of page 1 comes again.
  trial.api.pages = [rows.slice(0, 4), rows.slice(3, 7), rows.slice(7)];
  const runId = 'shifts';
  const { result } = await trial.run({ runId, ...BY_SHIFTING_PAGE });
  expect(result).toMatchObject({ records: 10, skipped: 1 });
  const table = rows.map((row) => JSON.stringify(row));
  await trial.expectInvariants({ table, after: table, served: { [runId]: 11 }, rerun: BY_SHIFTING_PAGE });
});

fault('28 shrink', async (trial) => {
  const [rows] = people(2, 10);
  // Between two pages all behind the sixth row was deleted; the run is then interrupted, and finds less than before.
  trial.api.pages = [rows.slice(0, 4), rows.slice(4, 6)];
  trial.api.fail(3, (_request, response) => {
    trial.api.pages = [rows.slice(0, 4), rows.slice(4, 5)];
    response.writeHead(429, { 'retry-after': '3600' }).end();
  });
  const first = await trial.run({ runId: 'shrinks', ...BY_SHIFTING_PAGE });
  expect(first.result).toMatchObject({ done: false });
  const second = await trial.run({ runId: 'shrinks', ...BY_SHIFTING_PAGE });
  expect(second.result).toMatchObject({ done: true, records: 6 });
  const read = rows.slice(0, 6).map((row) => JSON.stringify(row));
  // What was read before it was deleted is of the run; the next run has it no more.
  await trial.expectInvariants({ table: read, served: {}, pages: [], rerun: BY_SHIFTING_PAGE });
});

/** What is new since the run before, by a number that rises; rows are told apart by their id. */
const CURSOR = { type: 'cursor', path: '$.at', format: 'integer', target: { in: 'query', name: 'since' } } as const;

/** A source that adds up what is new, over rows that a test puts into its API. */
class NewRows {
  static async over(trial: Trial, rows: readonly Row[], incremental: IncrementalSpec = CURSOR): Promise<NewRows> {
    const api = new RowsApi(rows);
    const server = await HostileServer.start([api.behaviour]);
    trial.onClose(() => server.close());
    return new NewRows(trial, api, {
      url: `${server.origin}/rows`,
      spec: { pagination: BY_PAGE, incremental, key: ['$.id'], writeMode: { type: 'append' } },
    });
  }

  private readonly served: Record<string, number> = {};

  private constructor(private readonly trial: Trial, readonly api: RowsApi, private readonly options: TrialRun) {}

  async run(runId = this.trial.newRunId()): Promise<Outcome> {
    this.api.served = 0;
    const outcome = await this.trial.run({ ...this.options, runId });
    this.served[runId] = this.api.served;
    return outcome;
  }

  /** All rows are in the table once, beside what was there before. */
  async expectInvariants(facts: TrialFacts = {}): Promise<void> {
    const table = [...this.trial.before, ...this.api.lines()];
    await this.trial.expectInvariants({ table, after: table, served: this.served, pages: [], rerun: this.options, ...facts });
  }
}

const row = (id: number, at: number | string): Row => ({ id, at });

fault('29 unordered', async (trial) => {
  // The highest value comes first, and the run ends before the lower ones are read.
  const source = await NewRows.over(trial, [row(1, 90), row(2, 10), row(3, 50), row(4, 20), row(5, 5), row(6, 70), row(7, 1)]);
  source.api.failAlways(3, status(503));
  await source.run();
  await source.expectInvariants({
    error: { code: 'HTTP_503', retryable: true }, table: trial.before, repair: async () => source.api.heal(),
  });
});

fault('30 ties on the cursor', async (trial) => {
  const source = await NewRows.over(trial, [row(1, 4), row(2, 5), row(3, 5), row(4, 5)]);
  await source.run();
  source.api.rows = [...source.api.rows, row(5, 5), row(6, 5)];
  const { result } = await source.run();
  expect(result).toMatchObject({ records: 2, skipped: 3 });
  await source.expectInvariants();
});

fault('31 late row', async (trial) => {
  const source = await NewRows.over(trial, [row(1, 100), row(2, 95), row(3, 80)], { ...CURSOR, lag: 10 });
  await source.run();
  source.api.rows = [...source.api.rows, row(4, 92), row(5, 101)];
  const { result } = await source.run();
  expect(result).toMatchObject({ records: 2, skipped: 2 });
  await source.expectInvariants();
});

fault('32 future timestamp', async (trial) => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const source = await NewRows.over(trial, [row(1, minutesAgo(30)), row(2, '2999-01-01T00:00:00.000Z'), row(3, minutesAgo(20))], { ...CURSOR, format: 'iso8601' });
  const first = await source.run();
  expect(first.result?.warnings?.join()).toMatch(/future/);
  // Had the watermark followed the clock that is wrong, this row would never be read.
  source.api.rows = [...source.api.rows, row(4, minutesAgo(10))];
  await source.run();
  await source.expectInvariants();
});

fault('33 new column', async (trial) => {
  trial.api.pages = [[{ id: 1, version: 2, name: 'a' }, { id: 2, version: 2, name: 'b', brand_new: { deep: [1] } }]];
  const { result } = await trial.run();
  expect(result?.schemaChanged).toBe(true);
  expect(glueType(trial, 'brand_new')).toBe(true);
  await trial.expectInvariants();
});

fault('34 type change', async (trial) => {
  const before = trial.lake.state('users').schemaHash;
  // "01234" after numbers: as a number it would lose its zero.
  trial.api.pages = [[{ id: 1, version: 2, name: 'a' }, { id: '01234', version: 2, name: 'b' }]];
  const { result } = await trial.run();
  expect(result?.schemaChanged).toBe(true);
  expect(result?.schemaHash).not.toBe(before);
  expect(trial.lake.lines('users')[1]).toContain('"id":"01234"');
  await trial.expectInvariants();
});

fault('35 null key', async (trial) => {
  const source = await NewRows.over(trial, [row(1, 1), row(2, 2), row(3, 3), { id: null, at: 4 }]);
  const { error } = await source.run();
  expect(error?.text).toMatch(/page 2, record 1/);
  await source.expectInvariants({
    error: { code: 'KEY_MISSING', retryable: false },
    table: trial.before,
    after: [...trial.before, ...[1, 2, 3, 4].map((n) => JSON.stringify(row(n, n)))],
    repair: async () => {
      source.api.rows = [1, 2, 3, 4].map((n) => row(n, n));
    },
  });
});

fault('36 integer over 2^53', async (trial) => {
  const record = '{"id":9007199254740993,"big":123456789012345678901234567890,"price":1.10,"version":2}';
  exact(trial, record);
  await trial.run();
  await trial.expectInvariants({ table: [record], served: { 'run-1': 1 } });
});

fault('37 giant record', async (trial) => {
  exact(trial, `{"id":1},{"id":2,"text":"${'x'.repeat(300_000)}"}`);
  await trial.run({ spec: { limits: { maxRecordBytes: 100_000 } } });
  await trial.expectInvariants({ error: { code: 'RECORD_TOO_LARGE', retryable: false } });
});

/** Poison records on each page; the run dies after a write that none before it died after, until there is none and it ends alive. */
async function expectQuarantined(trial: Trial, spec: Partial<SourceSpec>, pages: (version: number) => PageWithTexts[]): Promise<void> {
  const deaths = new DeathAfterEachWrite();
  let known = { table: trial.before, quarantine: [] as string[] };
  for (let n = 1, alive = false; !alive; n++) {
    trial.api.pages = pages(n);
    const lines = trial.api.lines();
    const next = { table: lines.filter((line) => !line.includes('poison')), quarantine: lines.filter((line) => line.includes('poison')) };
    const runId = `poisoned-${n}`;
    const seq = trial.lake.state('users').seq;
    alive = await trial.runUntilDead({ runId, spec }, deaths.next()) !== undefined;
    const state = trial.lake.state('users');
    const publishing = state.pending !== null;
    known = state.seq === seq ? known : next;
    const rerun = { spec, ...(!alive && (state.seq === seq || publishing) && { runId }) };
    await trial.expectInvariants({ ...known, publishing, served: {}, after: next.table, rerun, afterQuarantine: next.quarantine });
    await trial.editState((edited) => ({ ...edited, quietUntil: null })); // time passes
    trial.outcomes.length = 0;
    known = next;
  }
  expect(deaths.kinds).toEqual(new Set([
    'PUT _state', 'PUT _staging', 'COPY raw', 'COPY quarantine', 'DELETE raw', 'DELETE quarantine', 'DELETE _staging', 'PUT _runs',
  ]));
}

fault('38 poison record', async (trial) => {
  const contract = await contractSpec(trial.lake, { properties: { id: { type: 'integer' } } }, { maxQuarantineRatio: 0.5 });
  await expectQuarantined(trial, { contract }, (n) => people(n + 1, 3, 2).map((page) => [...page, { id: `poison ${n}` }]));
});

fault('38 poison record, a malformed line of NDJSON and one that is too long', async (trial) => {
  const contract = await contractSpec(trial.lake, {}, { maxQuarantineRatio: 0.5 });
  trial.api.render = (page) => raw((trial.api.pages[page - 1] ?? []).map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''));
  await expectQuarantined(trial, { contract, records: '$', format: { type: 'ndjson' }, limits: { maxRecordBytes: 1_000 } }, (n) => people(n + 1, 3, 3).map((page) => {
    const [first, ...rest] = page;
    return [first, `{"id":"poison ${n}`, ...rest, `{"id":"poison ${n} ${'x'.repeat(2_000)}"}`];
  }));
});

fault('38 poison record, a row of CSV with a field too many', async (trial) => {
  const contract = await contractSpec(trial.lake, {}, { maxQuarantineRatio: 0.5 });
  trial.api.render = (page) => raw(['id,name', ...(trial.api.pages[page - 1] ?? []).map((record) => (typeof record === 'string' ? record : Object.values(record).join(','))), ''].join('\n'));
  await expectQuarantined(trial, { contract, records: '$', format: { type: 'csv' } }, (n) =>
    [1, 2].map((page) => [{ id: `${page}1`, name: `version ${n}` }, `${page},poison ${n},x`, { id: `${page}2`, name: `version ${n}` }]));
});

fault('37 giant record, a line under a contract', async (trial) => {
  trial.api.render = () => raw(`{"id":1}\n{"id":2,"text":"${'x'.repeat(300_000)}"}\n`);
  const spec = { records: '$', format: { type: 'ndjson' }, limits: { maxRecordBytes: 100_000 }, pagination: { type: 'none' } } as const;
  const contract = await contractSpec(trial.lake, {}, { maxQuarantineRatio: 0.5 });
  expect((await trial.run({ spec: { ...spec, contract } })).result).toMatchObject({ records: 1, quarantined: 1 });
  const [entry] = quarantined(trial.lake);
  expect(entry).toMatchObject({ truncated: true, original_bytes: 300_018 });
  const table = ['{"id":1}'];
  await trial.expectInvariants({
    table, after: table, quarantine: [JSON.stringify(entry.original)], served: { 'run-1': 2 }, pages: [], rerun: { spec: { ...spec, contract } },
  });
});

/** What waits for a dead process waits no longer. */
const timePasses = (state: SourceState): SourceState =>
  ({ ...state, quietUntil: null, open: state.open && { ...state.open, leaseUntil: new Date(0).toISOString() } });

fault('38 poison record, redriven under a contract that accepts it', async (trial) => {
  const [strict, loose] = [await contractSpec(trial.lake, { properties: { id: { type: 'integer' } } }, { maxQuarantineRatio: 0.5 }), await contractSpec(trial.lake, {})];
  const deaths = new DeathAfterEachWrite();
  // The redrive dies after each of its writes; redriven again, under its own or another run id, it neither loses nor doubles.
  for (let n = 1, alive = false; !alive; n++) {
    trial.api.pages = people(n + 1, 3, 2).map((page) => [...page, { id: `poison ${n}` }]);
    await trial.run({ runId: `poisoned-${n}`, spec: { contract: strict } });
    const [lines, seq, runId] = [trial.api.lines(), trial.lake.state('users').seq, `redrive-${n}`];
    const poison = lines.filter((line) => line.includes('poison'));
    alive = await trial.runUntilDead({ runId, redrive: {}, spec: { contract: loose } }, deaths.next()) !== undefined;
    const state = trial.lake.state('users');
    const publishing = state.pending !== null;
    const committed = state.seq > seq;
    const rerun = { redrive: {}, spec: { contract: loose }, ...(n % 2 === 0 && (!committed || publishing) && { runId }) };
    await trial.expectInvariants({
      table: committed ? lines : lines.filter((line) => !poison.includes(line)),
      quarantine: committed ? [] : poison,
      publishing,
      served: {},
      after: lines,
      afterQuarantine: [],
      repair: () => trial.editState(timePasses),
      rerun,
    });
    await trial.editState(timePasses);
    trial.outcomes.length = 0;
  }
  expect(deaths.kinds).toEqual(new Set(['PUT _state', 'PUT _staging', 'COPY raw', 'DELETE quarantine', 'DELETE _staging', 'PUT _runs']));
});

fault('39 zero rows', async (trial) => {
  const full = trial.api.pages;
  trial.api.pages = [];
  await trial.run();
  trial.api.pages = full;
  await trial.expectInvariants({ error: { code: 'EMPTY_SNAPSHOT', retryable: false } });
});
