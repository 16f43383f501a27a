import { gzipSync } from 'node:zlib';
import { people } from './support/paged-api';
import { RunResult, runResultKey, SourceState, stagedPartKey, checkpointKey, stateKey } from '../../src/spec';
import { Observation, Outcome, violations, violationsOfRerun } from '../support/lake-checker';
import { LakeFiles } from '../support/lake-reader';

const PAGES = people(1, 2, 2).map((page) => page.map((record) => JSON.stringify(record)));
const LINES = PAGES.flat();
const RAW = 'raw/users/ingestion_date=2026-11-23/0000000003-run-000001-000000.jsonl.gz';
const gzipped = (...lines: string[]) => gzipSync(lines.map((line) => `${line}\n`).join(''));
const jsonOf = (value: unknown) => Buffer.from(JSON.stringify(value));

const RESULT: RunResult = {
  source: 'users', runId: 'run', done: true, records: 4, quarantined: 0, pages: 3, parts: 1, bytes: 80, schemaChanged: false, schemaHash: 'h', partition: 'ingestion_date=2026-11-23',
};
const STATE: SourceState = {
  version: 1, nonce: 'n', epoch: 3, seq: 3, watermark: null, resume: null, schema: null, schemaHash: 'h', quietUntil: null, open: null, pending: null,
};
const OPEN: SourceState['open'] = {
  runId: 'next', mode: 'snapshot', date: '2026-11-23', base: null, holder: 'test', leaseUntil: '2026-11-23T04:00:00Z', committed: null,
};
const OUTCOME: Outcome = { runId: 'run', result: RESULT, tookMs: 10, deadlineMs: 1000, logs: ['{"message":"progress"}'] };
const FAILED: Outcome = { runId: 'next', error: { code: 'HTTP_503', retryable: true, text: 'the API answered 503' }, tookMs: 10, deadlineMs: 1000, logs: [] };

/** A lake in memory with one run committed, and a second one open, whose first page is staged. */
class FakeLake implements LakeFiles {
  readonly objects = new Map<string, Buffer>([
    [stateKey('users'), jsonOf({ ...STATE, open: OPEN })],
    [runResultKey('users', 'run'), jsonOf(RESULT)],
    [RAW, gzipped(...LINES)],
    [stagedPartKey('users', 'next', 3, 0), gzipped(...PAGES[0])],
    [checkpointKey('users', 'next', 3, 0), this.checkpoint(1, 2)],
  ]);

  checkpoint(pages: number, records: number): Buffer {
    return jsonOf({ version: 1, counts: { records, pages, quarantined: 0 }, parts: [{ key: stagedPartKey('users', 'next', 3, 0), etag: 'e', records: 2 }] });
  }

  keys(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => prefix === '.' || key.startsWith(prefix)).sort();
  }

  read(key: string): Buffer {
    const body = this.objects.get(key);
    if (!body) {
      throw new Error(`no object ${key}`);
    }
    return body;
  }
}

let lake: FakeLake;
beforeEach(() => {
  lake = new FakeLake();
});

const observe = (change: Partial<Observation> = {}): Observation =>
  ({ lake, table: LINES, outcomes: [OUTCOME], pages: PAGES, served: { run: 4 }, secrets: ['hush"hush'], ...change });

test('a sound lake has no violation, also with a failure that was expected', () => {
  expect(violations(observe())).toEqual([]);
  expect(violations(observe(quarantine(1, 1)))).toEqual([]);
  lake = new FakeLake();
  expect(violations(observe({ outcomes: [OUTCOME, FAILED], error: { code: 'HTTP_503', retryable: true } }))).toEqual([]);
  expect(violations(observe({ outcomes: [OUTCOME, FAILED], error: 'retryable' }))).toEqual([]);
});

/** Puts a bad record into quarantine so many times; the run's result says how many. */
function quarantine(times: number, told: number): Partial<Observation> {
  const result = { ...RESULT, records: 4, quarantined: told };
  const entry = '{"id":"1","cause":"contract","reasons":[],"contract":"0123456789abcdef","original":{"id":"x"}}';
  lake.objects.set(RAW.replace('raw', 'quarantine'), gzipped(...Array.from({ length: times }, () => entry)));
  lake.objects.set(runResultKey('users', 'run'), jsonOf(result));
  return { quarantine: ['{"id":"x"}'], outcomes: [{ ...OUTCOME, result }], served: undefined };
}

type Breakage = () => Partial<Observation> | void;

const BROKEN: [name: string, code: string, breakIt: Breakage][] = [
  ['a record is missing from the table', 'I1', () => void lake.objects.set(RAW, gzipped(...LINES.slice(1)))],
  ['an object is missing from the table', 'I1', () => void lake.objects.delete(RAW)],
  ['a committed part is neither in the table nor staged', 'I1', () => {
    lake.objects.set(RAW, gzipped(...LINES.slice(0, -1)));
    return { publishing: true };
  }],
  ['a record stands twice', 'I2', () => void lake.objects.set(RAW, gzipped(...LINES, LINES[0]))],
  ['an object stands twice', 'I2', () => void lake.objects.set(RAW.replace('3-run', '2-run'), lake.read(RAW))],
  ['a record stands twice while a commit is published', 'I2', () => {
    lake.objects.set(RAW, gzipped(...LINES, LINES[0]));
    return { publishing: true };
  }],
  ['a checkpoint names a part that is not there', 'I3', () => void lake.objects.delete(stagedPartKey('users', 'next', 3, 0))],
  ['a checkpoint counts more than its parts hold', 'I3', () => void lake.objects.set(checkpointKey('users', 'next', 3, 0), lake.checkpoint(1, 3))],
  ['a checkpoint is a page further than its parts', 'I3', () => void lake.objects.set(checkpointKey('users', 'next', 3, 0), lake.checkpoint(2, 2))],
  ['a part holds fewer records than its checkpoint says', 'I3', () => void lake.objects.set(stagedPartKey('users', 'next', 3, 0), gzipped(PAGES[0][0]))],
  ['the state commits a manifest that is not there', 'I3', () => void lake.objects.set(stateKey('users'), jsonOf({ ...STATE, pending: { runId: 'next', manifest: 'gone' } }))],
  ['a record of a run that was not committed is visible', 'I4', () => void lake.objects.set(RAW, gzipped(...LINES, '{"id":99}'))],
  ['an object is newer than the newest commit', 'I4', () => void lake.objects.set(stateKey('users'), jsonOf({ ...STATE, seq: 2 }))],
  ['an object belongs to a run that never committed', 'I4', () => {
    lake.objects.set(RAW.replace('3-run', '2-next'), gzipped('{"id":5}'));
    return { table: [...LINES, '{"id":5}'] };
  }],
  ['more was read than was written', 'I5', () => ({ served: { run: 5 } })],
  ['a quarantined record is nowhere', 'I1', () => ({ quarantine: ['{"id":"x"}'] })],
  ['a quarantined record stands twice', 'I2', () => quarantine(2, 2)],
  ['a record is in quarantine that no run has committed', 'I4', () => {
    quarantine(1, 1);
    return { quarantine: [] };
  }],
  ['the result says more quarantined than there are', 'I5', () => quarantine(1, 2)],
  ['a skipped record was never read', 'I5', () => {
    lake.objects.set(runResultKey('users', 'run'), jsonOf({ ...RESULT, skipped: 1 }));
    return { outcomes: [{ ...OUTCOME, result: { ...RESULT, skipped: 1 } }] };
  }],
  ['the result says more than the table holds', 'I5', () => {
    lake.objects.set(runResultKey('users', 'run'), jsonOf({ ...RESULT, records: 5 }));
    return { outcomes: [{ ...OUTCOME, result: { ...RESULT, records: 5 } }], served: undefined };
  }],
  ['an invocation ends after its deadline', 'I6', () => ({ outcomes: [{ ...OUTCOME, tookMs: 1001 }] })],
  ['a secret stands in a log line', 'I7', () => ({ outcomes: [{ ...OUTCOME, logs: ['token hush"hush'] }] })],
  ['a secret stands in an error, in base64', 'I7', () => ({
    outcomes: [{ ...FAILED, error: { ...FAILED.error!, text: `Basic ${Buffer.from('hush"hush').toString('base64')}` } }], error: { code: 'HTTP_503', retryable: true },
  })],
  ['a secret stands in the state, as in a URL', 'I7', () => void lake.objects.set(stateKey('users'), jsonOf({ ...STATE, watermark: { url: `?k=${encodeURIComponent('hush"hush')}` } }))],
  ['a secret stands in the name of an object', 'I7', () => void lake.objects.set('_runs/users/hush"hush.json', jsonOf(RESULT))],
  ['a run has no stored result', 'I8', () => void lake.objects.delete(runResultKey('users', 'run'))],
  ['a run returns two different results', 'I8', () => ({ outcomes: [OUTCOME, { ...OUTCOME, result: { ...RESULT, pages: 4 } }] })],
  ['an invocation ends in a result and in an error', 'I8', () => ({ outcomes: [{ ...OUTCOME, error: FAILED.error }], error: { code: 'HTTP_503', retryable: true } })],
  ['an invocation does not end', 'I8', () => ({ outcomes: [OUTCOME, { ...OUTCOME, result: undefined }] })],
  ['a run that goes on has a result', 'I8', () => void lake.objects.set(runResultKey('users', 'next'), jsonOf(RESULT))],
  ['a failure is reported twice', 'I8', () => ({
    outcomes: [{ ...FAILED, logs: ['{"level":"ERROR","code":"HTTP_503"}', '{"level":"ERROR","code":"HTTP_503"}'] }], error: { code: 'HTTP_503', retryable: true },
  })],
  ['a failure that was not expected', 'I9', () => ({ outcomes: [FAILED] })],
  ['a terminal error is called retryable', 'I9', () => ({ outcomes: [FAILED], error: { code: 'HTTP_503', retryable: false } })],
  ['an error without a code of its own', 'I9', () => ({ outcomes: [{ ...FAILED, error: { code: 'INTERNAL', text: '' } }], error: { code: 'HTTP_503', retryable: true } })],
  ['a terminal error where only retryable ones may come', 'I9', () => ({ outcomes: [{ ...FAILED, error: { ...FAILED.error!, retryable: false } }], error: 'retryable' })],
  ['the expected failure did not come', 'I9', () => ({ error: { code: 'HTTP_503', retryable: true } })],
];

test.each(BROKEN)('%s: breaks %s', (_name, code, breakIt) => {
  const change = breakIt() ?? {};
  expect(violations(observe(change)).map((problem) => problem.slice(0, 2))).toContain(code);
});

describe('a clean rerun', () => {
  const rerun = async (change: () => void, outcome: Partial<Outcome> = {}) => violationsOfRerun(observe(), {
    table: LINES,
    run: async () => {
      lake.objects.set(stateKey('users'), jsonOf(STATE));
      change();
      return { ...OUTCOME, ...outcome };
    },
  });

  test('converges', async () => {
    expect(await rerun(() => undefined)).toEqual([]);
  });

  test.each<[string, () => void, Partial<Outcome>]>([
    ['fails', () => undefined, { result: undefined, error: FAILED.error }],
    ['does not end', () => undefined, { result: { ...RESULT, done: false } }],
    ['leaves a commit unpublished', () => lake.objects.set(stateKey('users'), jsonOf({ ...STATE, pending: { runId: 'run', manifest: checkpointKey('users', 'next', 3, 0) } })), {}],
    ['leaves the run open', () => lake.objects.set(stateKey('users'), jsonOf({ ...STATE, open: OPEN })), {}],
    ['leaves something staged', () => lake.objects.set(stagedPartKey('users', 'run', 1, 0), gzipped('{}')), {}],
    ['leaves another table', () => lake.objects.set(RAW, gzipped(...LINES.slice(1))), {}],
  ])('that %s: I10', async (_name, change, outcome) => {
    const problems = await rerun(change, outcome);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.startsWith('I10'))).toBe(true);
  });
});
