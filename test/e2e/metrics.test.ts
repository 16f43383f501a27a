import { METRIC_NAMESPACE, EXTRACTOR_METRICS, RunResult } from '../../src/spec';
import { FULL_PARTS, fullPages, people } from '../faults/support/paged-api';
import { ExtractorProcess, ProcessOptions } from '../faults/support/process';
import { Trial } from '../faults/support/trial';
import { contractSpec } from '../support/contract';
import { Behaviour, json, status } from '../support/hostile-server';
import { Outcome } from '../support/lake-checker';
import { LakeReader } from '../support/lake-reader';

interface EmfLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: string[][];
      readonly Metrics: readonly { Name: string; Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

type Readings = Record<keyof typeof EXTRACTOR_METRICS, number>;

const PIPELINE = 'Shop/Pipeline';
const ZERO: Readings = { records: 0, quarantined: 0, bytes: 0, pages: 0, retries: 0, waiting: 0, failures: 0 };

const jsonLines = ({ logs }: Outcome) => logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);

/** The one line of an invocation in the embedded metric format. */
function emfLine(outcome: Outcome): EmfLine {
  const lines = jsonLines(outcome).filter((line) => '_aws' in line);
  expect(lines).toHaveLength(1);
  return lines[0] as unknown as EmfLine;
}

function readings(outcome: Outcome): Readings {
  const line = emfLine(outcome);
  return Object.fromEntries(Object.entries(EXTRACTOR_METRICS).map(([key, name]) => [key, line[name]])) as Readings;
}

const sum = (all: readonly Readings[]): Readings =>
  Object.fromEntries(Object.keys(ZERO).map((key) => [key, all.reduce((total, one) => total + one[key as keyof Readings], 0)])) as Readings;

const totalsOf = ({ records, quarantined, bytes, pages }: RunResult) => ({ records, quarantined, bytes, pages });

describe('the metrics of the bundle', () => {
  let trial: Trial;
  beforeEach(async () => {
    trial = await Trial.start();
  });
  afterEach(() => trial.close());

  const start = (options: ProcessOptions = {}) =>
    ExtractorProcess.start(trial, { ...options, environment: { PIPELINE_NAME: PIPELINE, ...options.environment } });

  /** All pages answer after so long. */
  const slowDown = (ms: number) => trial.api.pages.forEach((page, i) => trial.api.failAlways(i + 1, async (...args) => {
    await new Promise((later) => setTimeout(later, ms));
    return json({ results: page })(...args);
  }));

  test('are one line of the embedded metric format, by pipeline and source alone', async () => {
    const line = emfLine(await (await start()).invoke('run'));
    const [directive, ...others] = line._aws.CloudWatchMetrics;

    expect(others).toEqual([]);
    expect(directive.Namespace).toBe(METRIC_NAMESPACE);
    expect(directive.Dimensions).toEqual([['pipeline', 'source']]);
    expect(directive.Metrics).toEqual([
      { Name: 'RecordsExtracted', Unit: 'Count' },
      { Name: 'RecordsQuarantined', Unit: 'Count' },
      { Name: 'BytesWritten', Unit: 'Bytes' },
      { Name: 'PagesRead', Unit: 'Count' },
      { Name: 'Retries', Unit: 'Count' },
      { Name: 'WaitingTime', Unit: 'Milliseconds' },
      { Name: 'FailedInvocations', Unit: 'Count' },
    ]);
    expect(line).toMatchObject({ pipeline: PIPELINE, source: 'users', runId: 'run' });
    expect(Math.abs(line._aws.Timestamp - Date.now())).toBeLessThan(60_000);
    expect(Object.keys(line).sort()).toEqual(['_aws', 'pipeline', 'source', 'runId', ...directive.Metrics.map(({ Name }) => Name)].sort());
  });

  test('count what a run stored', async () => {
    const outcome = await (await start()).invoke();

    expect(outcome.result).toMatchObject({ done: true, records: 10, pages: 4 });
    expect(readings(outcome)).toEqual({ ...ZERO, ...totalsOf(outcome.result!) });
  });

  test('count what breaks the contract apart', async () => {
    const contract = await contractSpec(trial.lake, { properties: { id: { maximum: 8 } } }, { maxQuarantineRatio: 0.5 });
    const outcome = await (await start({ spec: { contract } })).invoke();

    expect(outcome.result).toMatchObject({ done: true, records: 8, quarantined: 2 });
    expect(readings(outcome)).toEqual({ ...ZERO, ...totalsOf(outcome.result!) });
  });

  test('count a call repeated after success as nothing', async () => {
    const extractor = await start();
    await extractor.invoke('same');
    expect(readings(await extractor.invoke('same'))).toEqual(ZERO);
  });

  test('count every retry, and the time it waited', async () => {
    const moment: Behaviour = status(429, { 'retry-after': '1' });
    trial.api.fail(1, status(503));
    trial.api.fail(2, status(500), moment);
    const { retries, waiting, ...rest } = readings(await (await start()).invoke());

    expect(retries).toBe(3);
    expect(waiting).toBeGreaterThanOrEqual(1000);
    expect(waiting).toBeLessThan(1100); // the pauses of the test's spec are 5 ms at most
    expect(rest).toMatchObject({ records: 10, pages: 4, failures: 0 });
  });

  test('count the time that a rate limit cost, which is no retry', async () => {
    trial.api.pages = people(2, 3);
    const outcome = await (await start({ spec: { rateLimit: { requests: 1, perMs: 1000 } } })).invoke();
    const { retries, waiting } = readings(outcome);
    const logged = jsonLines(outcome).filter(({ message }) => message === 'rate limit').map(({ delayMs }) => delayMs as number);

    expect(retries).toBe(0);
    expect(waiting).toBeGreaterThan(0); // the empty page is asked for a second after the first one
    expect(waiting).toBeLessThanOrEqual(1000);
    expect(waiting).toBe(logged.reduce((all, one) => all + one, 0));
  });

  test('count the wait that is left to the workflow', async () => {
    trial.api.fail(3, status(429, { 'retry-after': '3600' }));
    const extractor = await start();
    const first = await extractor.invoke('waits');
    const second = await extractor.invoke('waits');

    expect(first.result).toMatchObject({ done: false, retryAfterSeconds: 3600, records: 8 });
    expect(readings(first)).toMatchObject({ records: 8, pages: 2, waiting: 3_600_000, retries: 0, failures: 0 });
    expect(readings(second)).toMatchObject({ records: 2, pages: 2, waiting: 0, failures: 0 });
  });

  test('of all the calls of a run add up to the run', async () => {
    trial.api.pages = people(2, ...Array(10).fill(2));
    slowDown(500);
    const extractor = await start({ timeoutSeconds: 5 });
    const outcomes: Outcome[] = [];
    while (!outcomes.at(-1)?.result?.done && outcomes.length < 10) {
      outcomes.push(await extractor.invoke('slow'));
    }
    const all = outcomes.map(readings);

    expect(all.length).toBeGreaterThan(1);
    expect(all.every(({ records }) => records > 0)).toBe(true);
    expect(sum(all)).toMatchObject({ ...totalsOf(outcomes.at(-1)!.result!), failures: 0 });
  });

  test('of a call that fails count what it left for the next one, and add up, too', async () => {
    trial.api.pages = fullPages(2, 4);
    trial.api.failAlways(4, status(403));
    const extractor = await start({ spec: { ...FULL_PARTS.spec, writeMode: { type: 'append' }, key: ['$.id'] } });
    const failed = await extractor.invoke('append');
    const safe = new LakeReader(trial.lake, 'users').checkpoints().map(({ counts }) => counts).sort((a, b) => b.pages - a.pages)[0];
    trial.api.heal();
    const ended = await extractor.invoke('append');

    expect(failed.error?.code).toBe('HTTP_403');
    expect(safe.pages).toBeGreaterThan(0);
    expect(readings(failed)).toMatchObject({ records: safe.records, pages: safe.pages, failures: 1 });
    expect(emfLine(failed)).toMatchObject({ code: 'HTTP_403', runId: 'append' });
    expect(ended.result).toMatchObject({ done: true, records: 8 });
    expect(sum([failed, ended].map(readings))).toMatchObject({ ...totalsOf(ended.result!), failures: 1 });
  });

  test('of a run that commits on its way and fails behind a commit add up', async () => {
    // Every row is newer than the one before, and each page fills a part: each is committed.
    trial.api.pages = fullPages(2, 4);
    const spec = { ...FULL_PARTS.spec, incremental: { type: 'cursor', path: '$.id', format: 'integer', target: { in: 'query', name: 'since' }, order: 'ascending' }, key: ['$.id'] } as const;
    trial.api.failAlways(4, status(403));
    const extractor = await start({ spec });
    const failed = await extractor.invoke('commits');
    const { committed } = trial.lake.state('users').open!;
    trial.api.heal();
    const ended = await extractor.invoke('commits');

    expect(committed!.pages).toBeGreaterThan(0);
    expect(readings(failed).pages).toBeGreaterThanOrEqual(committed!.pages);
    expect(ended.result).toMatchObject({ done: true, records: 8 });
    expect(sum([failed, ended].map(readings))).toMatchObject({ ...totalsOf(ended.result!), failures: 1 });
  });

  test('of a run that starts over add up', async () => {
    trial.api.pages = people(2, ...Array(8).fill(2));
    trial.api.fail(5, status(429, { 'retry-after': '3600' }));
    const extractor = await start({ spec: { pagination: { type: 'pageNumber', param: 'page' } } });
    const waiting = await extractor.invoke('over');
    const ended = await extractor.invoke('over');

    expect(jsonLines(ended).map(({ message }) => message)).toContain('starting over');
    expect(readings(waiting)).toMatchObject({ records: 8, pages: 4 });
    expect(sum([waiting, ended].map(readings))).toMatchObject(totalsOf(ended.result!));
  });

  test('count a call that an unusable environment ends', async () => {
    const outcome = await (await start({ environment: { API_URL: 'nowhere' } })).invoke();

    expect(outcome.error?.code).toBe('CONFIG_INVALID');
    expect(readings(outcome)).toEqual({ ...ZERO, failures: 1 });
    expect(emfLine(outcome)).toMatchObject({ pipeline: PIPELINE, source: 'users', code: 'CONFIG_INVALID' });
  });

  test('stand beside log lines that all name pipeline, source and run, and hold no secret', async () => {
    trial.api.fail(1, status(503, {}, `{"you sent":"${trial.secretsUsed[0]}"}`));
    trial.api.failAlways(2, status(403, {}, `{"you sent":"${trial.secretsUsed[0]}"}`));
    const outcome = await (await start()).invoke('named');
    const lines = jsonLines(outcome);

    expect(lines.map(({ level }) => level)).toEqual(expect.arrayContaining(['INFO', 'ERROR']));
    expect(lines.filter(({ message }) => message === 'retry')).toHaveLength(1);
    expect(lines.every(({ pipeline, source, runId }) => pipeline === PIPELINE && source === 'users' && runId === 'named')).toBe(true);
    expect(outcome.logs.join('\n')).not.toContain(trial.secretsUsed[0]);
    expect(outcome.logs.join('\n')).toContain('***');
  });
});
