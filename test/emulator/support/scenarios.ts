import { TaskCall, TaskError, Tasks } from '../../support/run-workflow';

/** Answers by what is asked, or by the name of the state that asks; `nth` counts the calls that the answer has had. */
export type Answers = Readonly<Record<string, (args: any, nth: number) => unknown>>;

export interface Scenario {
  readonly input?: object;
  readonly answers?: Answers;
  /** What makes the scenario the one that its name says. */
  readonly reaches: readonly string[];
  readonly ends: 'SUCCEEDED' | string;
}

export const payload = (Payload: object | string) => ({ StatusCode: 200, Payload });
export const fails = (error: string, cause = `{"errorType":"${error}","errorMessage":"it said \\"no\\""}`) => () => {
  throw new TaskError(error, cause);
};
const nth = <T>(...answers: T[]) => (_args: unknown, n: number) => answers[Math.min(n, answers.length - 1)];

export const RESULT = {
  source: 'users', done: true, pages: 4, records: 40, quarantined: 2, bytes: 4096, partition: 'ingestion_date=2026-11-23', schemaHash: 'h', schemaChanged: false,
};
const extracted = (...results: object[]): Answers[string] => ({ runId }, n) =>
  payload({ ...RESULT, runId, ...results[Math.min(n, results.length - 1)] });
const SOME_RULES = 8;
const rows = (verdict: (i: number) => string) => ({
  UpdateCount: 0,
  ResultSet: {
    Rows: Array.from({ length: SOME_RULES }, (_none, i) => ({ Data: [{ VarCharValue: String(i) }, { VarCharValue: verdict(i) }, { VarCharValue: `${i} rows` }] })),
    ResultSetMetadata: { ColumnInfo: [{ Name: 'id', Type: 'varchar', Precision: 2147483647, Scale: 0 }, { Name: 'n', Type: 'decimal', Precision: 10, Scale: 2 }] },
  },
});
const crawler = (State: string, LastCrawl?: object) => ({ Crawler: { Name: 'c', State, LastCrawl } });
const BEFORE = { StartTime: '2026-11-22T00:00:00Z', Status: 'SUCCEEDED' };
const AFTER = { StartTime: '2026-11-23T15:50:00Z', Status: 'SUCCEEDED' };
const BEHIND: Answers = { inspect: () => payload({ hasData: true, current: false }) };
const TAKEN = fails('S3.S3Exception', 'At least one of the pre-conditions you specified did not hold (Service: S3, Status Code: 412)');
const heldBy = (status: string): Answers => ({
  'Claim the run': TAKEN,
  'Look at the holder': () => ({ ExecutionArn: 'other', Status: status }),
});

/** A run in which all goes well. */
const WELL: Answers = {
  'aws-sdk:s3:putObject': () => ({ ETag: '"1"' }),
  'aws-sdk:s3:getObject': () => ({ Body: '{"executionArn":"other"}', ETag: '"7"' }),
  'aws-sdk:sfn:describeExecution': () => ({ ExecutionArn: 'other', Status: 'RUNNING' }),
  'extract': extracted({}),
  'inspect': () => payload({ hasData: true, current: true }),
  'compare': (_request, n) => payload({ warnings: n === 0 ? ['column x is not declared'] : [] }),
  'reconcile': () => payload({ added: [], changed: [], partitions: 0 }),
  'prepareTransform': ({ transform }) => payload({
    ready: true, columns: `SELECT * FROM (${transform.query}) LIMIT 0`, ...transform.partitionBy.length > 0 ? { counts: 'SELECT count(*)' } : {},
  }),
  'planTransform': ({ transform, columns, partitions }) => payload({ statements: [`CREATE ${transform.name}`, `INSERT ${columns.length} ${partitions} {{run_id}}`], rows: 'SELECT count(*)' }),
  'findRun': ({ runId }) => payload({ ...RESULT, runId }),
  'lineage': () => payload({}),
  'athena:startQueryExecution.sync': ({ QueryString }) => ({ QueryExecution: { QueryExecutionId: `q-${QueryString.length}`, Status: { State: 'SUCCEEDED' } } }),
  'aws-sdk:athena:getQueryResults': () => rows(() => 'true'),
  'Read the counts': () => ({ ResultSet: { Rows: [{ Data: [] }, { Data: [{ VarCharValue: '3' }, { VarCharValue: '0' }] }] } }),
  'aws-sdk:glue:startCrawler': () => ({}),
  'aws-sdk:glue:getCrawler': nth(crawler('READY', BEFORE), crawler('READY', AFTER)),
  'events:putEvents': () => ({ FailedEntryCount: 0, Entries: [] }),
  'sns:publish': () => ({ MessageId: '1' }),
  'aws-sdk:cloudwatch:putMetricData': () => ({}),
};

/** Runs of every kind, for any definition. The first source is one with rules and transforms. */
export const scenariosOf = ([source, ...others]: readonly string[]): Record<string, Scenario> => ({
  ...Object.fromEntries(others.map((other) => [`all well with ${other}`, { input: { source: other }, reaches: [`Plan of ${other}`], ends: 'SUCCEEDED' }])),
  'all well': { reaches: ['Add the partition', 'Check the quality', 'Run the statement', 'Publish metrics'], ends: 'SUCCEEDED' },
  'started by a schedule': { input: { source, scheduledTime: '2026-11-23T16:48:00+01:00' }, reaches: ['Succeeded'], ends: 'SUCCEEDED' },
  'started with a run id': { input: { source, runId: 'redo-1' }, reaches: ['Succeeded'], ends: 'SUCCEEDED' },
  'no such source': { input: { source: 'nobody' }, reaches: ['Unknown source'], ends: 'SOURCE_UNKNOWN' },
  'a time that is none': { input: { source, scheduledTime: 'today' }, reaches: ['Invalid input'], ends: 'INPUT_INVALID' },
  'a replay': { input: { source, replay: 'stored-1' }, reaches: ['Find the run', 'Take the stored run'], ends: 'SUCCEEDED' },
  'a replay of no run': {
    input: { source, replay: 'nobody' }, answers: { findRun: fails('RUN_UNKNOWN') }, reaches: ['Refused'], ends: 'RUN_UNKNOWN',
  },
  'a replay under another id': { input: { source, replay: 'stored-1', runId: 'other' }, reaches: ['Invalid input'], ends: 'INPUT_INVALID' },
  'a backfill of what has no windows': { input: { source, backfill: {} }, reaches: ['No backfill'], ends: 'BACKFILL_UNSUPPORTED' },
  'goes on until it is done': {
    answers: { extract: extracted({ done: false, pages: 1 }, { done: false, pages: 2 }, {}) }, reaches: ['Extract', 'Succeeded'], ends: 'SUCCEEDED',
  },
  'the API asks for pauses': {
    answers: { extract: extracted({ done: false, pages: 1, retryAfterSeconds: 90.5 }, { done: false, pages: 1, retryAfterSeconds: 7 }, {}) },
    reaches: ['Wait as the API asked'],
    ends: 'SUCCEEDED',
  },
  'no page further': { answers: { extract: extracted({ done: false, pages: 2 }) }, reaches: ['No progress'], ends: 'NO_PROGRESS' },
  'no run result': { answers: { extract: () => payload('done') }, reaches: ['No run result'], ends: 'RESULT_INVALID' },
  'no data': {
    answers: { extract: extracted({ records: 0, quarantined: 0 }), inspect: () => payload({ hasData: false, current: false }) }, reaches: ['Publish metrics'], ends: 'SUCCEEDED',
  },
  'a crawl': { answers: BEHIND, reaches: ['Start the crawler', 'Add what the crawler missed'], ends: 'SUCCEEDED' },
  'the first crawl': {
    answers: { ...BEHIND, 'aws-sdk:glue:getCrawler': nth(crawler('READY'), crawler('RUNNING'), crawler('READY', AFTER)) }, reaches: ['Add what the crawler missed'], ends: 'SUCCEEDED',
  },
  'a crawl under way': {
    answers: { ...BEHIND, 'Start the crawler': (_args, n) => (n === 0 ? fails('Glue.CrawlerRunningException')() : {}), 'Look at the crawler': () => crawler('RUNNING', BEFORE), 'Follow the crawl': () => crawler('READY', AFTER) },
    reaches: ['Wait for the crawl under way', 'Add what the crawler missed'],
    ends: 'SUCCEEDED',
  },
  'a crawl that fails': {
    answers: { ...BEHIND, 'Follow the crawl': () => crawler('READY', { ...AFTER, Status: 'FAILED', ErrorMessage: 'Access denied' }) }, reaches: ['The crawl failed'], ends: 'CRAWL_FAILED',
  },
  'a crawl of another that does not end': {
    answers: { ...BEHIND, 'Start the crawler': fails('Glue.CrawlerRunningException'), 'Look at the crawler': () => crawler('RUNNING', BEFORE) },
    reaches: ['Wait for the crawl under way', 'The crawl does not end'],
    ends: 'CRAWL_TIMEOUT',
  },
  'a crawl that does not end': {
    answers: { ...BEHIND, 'Look at the crawler': () => crawler('READY', BEFORE), 'Follow the crawl': () => crawler('RUNNING', BEFORE) }, reaches: ['The crawl does not end'], ends: 'CRAWL_TIMEOUT',
  },
  'a crawl that never shows': { answers: { ...BEHIND, 'aws-sdk:glue:getCrawler': () => crawler('READY', BEFORE) }, reaches: ['No crawl'], ends: 'CRAWL_FAILED' },
  'fired twice': { answers: heldBy('RUNNING'), reaches: ['Already started'], ends: 'SUCCEEDED' },
  'taken over': { answers: heldBy('FAILED'), reaches: ['Take the run over', 'Succeeded'], ends: 'SUCCEEDED' },
  'taken over from a forgotten one': {
    answers: { ...heldBy(''), 'Look at the holder': fails('Sfn.ExecutionDoesNotExistException') }, reaches: ['Take the run over'], ends: 'SUCCEEDED',
  },
  'a claim that cannot be written': {
    answers: { 'Claim the run': fails('S3.S3Exception', 'Access Denied'), 'Read the claim': fails('S3.NoSuchKeyException') }, reaches: ['Read the claim'], ends: 'S3.S3Exception',
  },
  'the gate stops it': {
    answers: { 'Read the verdicts': () => rows((i) => (i === 1 ? 'false' : 'true')) }, reaches: ['The quality does not hold'], ends: 'QUALITY_FAILED',
  },
  'an input of a transform is missing': {
    answers: { prepareTransform: () => payload({ ready: false, missing: ['orders'] }) }, reaches: ['Leave it out'], ends: 'SUCCEEDED',
  },
  'a partitioned transform': {
    answers: { prepareTransform: () => payload({ ready: true, columns: 'SELECT 1', counts: 'SELECT 2' }) }, reaches: ['Count partitions and keys', 'Read the counts'], ends: 'SUCCEEDED',
  },
  'a transform that fails': { answers: { planTransform: fails('TRANSFORM_INVALID') }, reaches: ['The transform failed'], ends: 'TRANSFORM_INVALID' },
  'a failure that nobody can be told of': { answers: { 'extract': fails('HTTP_401'), 'sns:publish': fails('Sns.SnsException') }, reaches: ['Failed'], ends: 'HTTP_401' },
});

/** A task that fails the first times it is tried. */
export interface Fault {
  readonly state: string;
  readonly error: string;
  readonly times: number;
}

/** The tasks of one run. */
export function tasksOf(answers: Answers, fault?: Fault): Tasks {
  const given = { ...WELL, ...answers };
  const counts = new Map<string, number>();
  let failed = 0;
  return ({ task, args, state }: TaskCall) => {
    if (state === fault?.state && failed++ < fault.times) {
      fails(fault.error)();
    }
    const { action, eventType } = args.Payload ?? {};
    const asked = task === 'lambda:invoke' ? action ?? (eventType === undefined ? 'extract' : 'lineage') : task;
    const name = Object.hasOwn(given, state) ? state : asked;
    const n = counts.get(name) ?? 0;
    counts.set(name, n + 1);
    return given[name](task === 'lambda:invoke' ? args.Payload : args, n);
  };
}
