import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Integrations, runWorkflow, StateError, TaskCall } from '../../../cli/workflow';
import { athenaTasks } from '../../../cli/workflow/tasks/athena';
import { GlueCatalog } from '../../../lambda/catalog/glue-catalog';
import { planTransform } from '../../../lambda/catalog/transform/plan-transform';
import { prepareTransform } from '../../../lambda/catalog/transform/prepare-transform';
import { LakeStore } from '../../../lambda/extractor/store';
import { QualityLevel, QualityRule, Transform, TransformMode } from '../../../src';
import { athenaQuality } from '../../../src/quality/athena-quality';
import { SourcePlan } from '../../../src/spec';
import { TransformGraph } from '../../../src/transform/transform-graph';
import { workflowDefinition } from '../../../src/workflow/definition';
import { DATABASE, TestLake } from '../../cli/athena/lake';

const DATE = '2026-11-23';
const RESULT = { source: 'users', done: true, pages: 1, records: 2, partition: `ingestion_date=${DATE}`, schemaHash: 'h', schemaChanged: false };

let lake: TestLake;

beforeEach(() => { lake = new TestLake(); });
afterEach(() => lake.close());

const stored = (source: string, rows: readonly object[]) =>
  lake.partitioned(source, { id: 'string', country: 'string', n: 'int', seen: 'string' }, { [DATE]: rows.map((row) => JSON.stringify(row)) });

interface Options {
  readonly rules?: QualityRule[];
  readonly transforms?: Transform[];
  readonly runId?: string;
  readonly hasData?: boolean;
  /** Called before each statement of Athena; may fail it. */
  readonly onStatement?: (sql: string) => void;
}

/** Runs one source on the interpreter of the laptop, with its Athena and the catalogue function's own actions. */
async function run(source: string, { rules = [], transforms = [], runId = 'run-1', hasData = true, onStatement = () => undefined }: Options) {
  const sources = ['users', 'orders'];
  const graph = new TransformGraph(transforms, { databaseName: DATABASE, sources, hasTable: () => false });
  expect(graph.problems()).toEqual([]);
  const plans = sources.map((name): SourcePlan => ({
    source: name,
    functionArn: 'fn',
    logGroup: '/l',
    database: DATABASE,
    table: name,
    bucket: 'lake',
    prefix: `raw/${name}/`,
    workgroup: 'pipeline',
    catalogue: { strategy: 'crawlOnSchemaChange', crawlerName: 'c', addPartition: 'SELECT 1' },
    quality: rules.length > 0 && name === source ? athenaQuality(rules, DATABASE, name) : undefined,
    transforms: graph.plansOf(name),
  })).map((plan) => JSON.parse(JSON.stringify(plan)) as SourcePlan);
  const calls: { task: string; args: any }[] = [];
  const getTable = async ({ database, table }: { database: string; table: string }) => lake.catalog.getTable(database, table);
  const catalog = { getTable } as unknown as GlueCatalog;
  const store = { get: async (key: string) => ({ body: readFileSync(join(lake.bucketRoot, 'lake', key)) }) } as unknown as LakeStore;
  const actions: Record<string, (payload: any) => unknown> = {
    inspect: () => ({ hasData, current: true }),
    prepareTransform: (payload) => prepareTransform(payload, { catalog }),
    planTransform: (payload) => planTransform(payload, { catalog, store }),
  };
  const task = (name: string, answer: (args: any) => unknown): Integrations => ({
    [name]: { required: [], optional: ANY, run: async ({ arguments: args }: TaskCall) => (calls.push({ task: name, args }), answer(args)) },
  });
  const integrations: Integrations = {
    ...athenaTasks({ execute: async (request) => (onStatement(request.sql), lake.execute(request)) }),
    ...task('lambda:invoke', async ({ FunctionName, Payload }) => {
      if (FunctionName === 'fn') {
        return { Payload: { ...RESULT, source, runId } };
      }
      try {
        return { Payload: await actions[Payload.action](JSON.parse(JSON.stringify(Payload))) };
      } catch (error) {
        throw new StateError((error as Error).name, JSON.stringify({ errorType: (error as Error).name, errorMessage: (error as Error).message }));
      }
    }),
    ...task('aws-sdk:s3:putObject', () => ({ ETag: '"1"' })),
    ...task('aws-sdk:s3:getObject', () => { throw new Error('not asked'); }),
    ...task('aws-sdk:sfn:describeExecution', () => { throw new Error('not asked'); }),
    ...task('aws-sdk:glue:startCrawler', () => ({})),
    ...task('aws-sdk:glue:getCrawler', () => ({})),
    ...task('events:putEvents', () => ({ FailedEntryCount: 0 })),
    ...task('sns:publish', () => ({ MessageId: '1' })),
    ...task('aws-sdk:cloudwatch:putMetricData', () => ({})),
  };
  const definition = workflowDefinition({ partition: 'aws', pipelineName: 'App/Users', catalogFunctionArn: 'catalog', topicArn: 'topic', plans });
  const outcome = await runWorkflow({
    definition, integrations, machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:flow', name: 'one', input: { source, runId }, pace: () => 0,
  });
  const output: any = outcome.status === 'SUCCEEDED' ? outcome.output : undefined;
  return { outcome, output, calls, of: (name: string) => calls.filter((call) => call.task === name).map(({ args }) => args) };
}

const ANY = ['FunctionName', 'Payload', 'Bucket', 'Key', 'Body', 'ContentType', 'IfNoneMatch', 'IfMatch', 'ExecutionArn', 'Name', 'Entries', 'TopicArn', 'Subject', 'Message', 'Namespace', 'MetricData'];

const rows = async (table: string, columns: string) => (await lake.rows(`SELECT ${columns} FROM ${table}`)).map((row) => row.join(' ')).sort();

describe('the quality gate', () => {
  const latest = Transform.sql('latest', { query: "SELECT id, n, seen FROM users WHERE ingestion_date = '{{ingestion_date}}'", mode: TransformMode.fullRefresh() });

  test('a run whose rules hold goes on; the verdicts are stored, and told at the end', async () => {
    stored('users', [{ id: 'a', n: 1 }, { id: 'b', n: 200 }]);
    const rules = [QualityRule.isUnique('id'), QualityRule.between('n', 0, 100, { level: QualityLevel.WARN })];
    const { output, of } = await run('users', { rules });
    const verdicts = [
      { name: 'isUnique(id)', level: 'ERROR', passed: true, actual: '0 of 2 rows fail', expected: 'id is unique' },
      { name: 'between(n)', level: 'WARN', passed: false, actual: '1 of 2 rows fail', expected: 'n is from 0 to 100' },
    ];
    expect(output.quality).toEqual(verdicts);
    expect(of('aws-sdk:s3:putObject')[1]).toMatchObject({
      Bucket: 'lake', Key: '_quality/users/run-1.json', Body: { source: 'users', runId: 'run-1', partition: `ingestion_date=${DATE}`, rules: verdicts },
    });
    expect(of('events:putEvents')[0].Entries[0].Detail.qualityWarnings).toEqual(['between(n)']);
  });

  test('an ERROR that fails stops the run before its transforms, and says which rule, what it expected and what it found', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    await run('users', { transforms: [latest] });
    stored('users', [{ id: 'a', n: 2, seen: '2' }, { id: 'a', n: 3, seen: '3' }]);
    const { outcome, of } = await run('users', { rules: [QualityRule.isUnique('id'), QualityRule.isComplete('n')], transforms: [latest], runId: 'run-2' });
    expect(outcome).toMatchObject({
      status: 'FAILED', error: 'QUALITY_FAILED', cause: expect.stringContaining('isUnique(id) (expected: id is unique; found: 1 of 2 rows fail)'),
    });
    expect(of('sns:publish')[0].Subject).toBe('Run of users failed: quality');
    expect(await rows('latest', 'id, n, _run_id')).toEqual(['a 1 run-1']);
  });

  test('one rule alone is read as a list too, and a source without a table has nothing to check', async () => {
    stored('users', [{ id: 'a' }]);
    expect((await run('users', { rules: [QualityRule.rowCount({ min: 1 })] })).output.quality).toMatchObject([{ name: 'rowCount', passed: true, actual: '1 rows' }]);
    expect((await run('users', { rules: [QualityRule.rowCount({ min: 1 })], hasData: false })).output.quality).toEqual([]);
  });

  test('a query of Athena that fails is the step\'s failure', async () => {
    const { outcome } = await run('users', { rules: [QualityRule.isComplete('id')] });
    expect(outcome).toMatchObject({ status: 'FAILED', cause: expect.stringMatching(/step quality of run run-1 of source users: .*SCHEMA_NOT_FOUND/) });
  });
});

describe('transforms', () => {
  const users = Transform.sql('users_latest', { query: 'SELECT id, country, n, seen FROM users', mode: TransformMode.merge({ key: ['id'], latestBy: 'seen' }) });
  const byCountry = Transform.sql('users_by_country', {
    query: 'SELECT country, count(*) AS users, sum(n) AS total FROM users_latest GROUP BY country', mode: TransformMode.replacePartition(), partitionBy: ['Country'],
  });
  const joined = Transform.sql('joined', { query: 'SELECT u.id, o.n FROM users_latest u JOIN orders o ON o.id = u.id', mode: TransformMode.fullRefresh() });

  test('run in the order of what they read, whatever order they were added in; a second run is the same', async () => {
    stored('users', [{ id: 'a', country: 'nl', n: 1, seen: '1' }, { id: 'a', country: 'nl', n: 5, seen: '2' }, { id: 'b', country: 'de', n: 2, seen: '1' }]);
    for (const runId of ['run-1', 'run-2']) {
      const { output } = await run('users', { transforms: [byCountry, users], runId });
      expect(output.transforms).toEqual([
        { name: 'users_latest', table: 'users_latest', rows: runId === 'run-1' ? 2 : 0 }, { name: 'users_by_country', table: 'users_by_country', rows: 2 },
      ]);
      expect(await rows('users_latest', 'id, country, n, seen, _run_id')).toEqual(['a nl 5 2 run-1', 'b de 2 1 run-1']);
      expect(await rows('users_by_country', 'country, users, total, _run_id')).toEqual([`de 1 2 ${runId}`, `nl 1 5 ${runId}`]);
    }
  });

  test('one that joins sources waits for both, and then follows each of them', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    const first = await run('users', { transforms: [users, joined] });
    expect(first.output.transforms).toEqual([{ name: 'users_latest', table: 'users_latest', rows: 1 }, { name: 'joined', table: 'joined', missing: ['orders'] }]);
    stored('orders', [{ id: 'a', n: 7 }]);
    const second = await run('orders', { transforms: [users, joined], runId: 'orders-1' });
    expect(second.output.transforms).toEqual([{ name: 'joined', table: 'joined', rows: 1 }]);
    expect(await rows('joined', 'id, n, _run_id')).toEqual(['a 7 orders-1']);
  });

  test('a new column is added, and one that is gone stays', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    const of = (columns: string) => Transform.sql('t', { query: `SELECT ${columns} FROM users`, mode: TransformMode.append() });
    await run('users', { transforms: [of('id, n')] });
    await run('users', { transforms: [of('id, seen')], runId: 'run-2' });
    expect(await rows('t', 'id, n, seen, _run_id')).toEqual(['a  1 run-2', 'a 1  run-1']);
  });

  test('a column whose type changes fails the run, and the table stays', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    const of = (n: string) => Transform.sql('t', { query: `SELECT id, ${n} AS n FROM users`, mode: TransformMode.fullRefresh() });
    await run('users', { transforms: [of('n')] });
    const { outcome } = await run('users', { transforms: [of('seen')], runId: 'run-2' });
    expect(outcome).toMatchObject({
      status: 'FAILED', error: 'TRANSFORM_INVALID', cause: expect.stringContaining(`transform t: table ${DATABASE}.t, column n: was int, the query now yields string; CAST it`),
    });
    expect(await rows('t', 'id, n, _run_id')).toEqual(['a 1 run-1']);
  });

  test('a merge of rows without a key fails before anything is written, and says how many there are', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    await run('users', { transforms: [users] });
    stored('users', [{ id: 'b', n: 2, seen: '2' }, { n: 3, seen: '3' }, { n: 4, seen: '4' }]);
    const { outcome } = await run('users', { transforms: [users], runId: 'run-2' });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'MERGE_KEY_NULL', cause: expect.stringContaining('transform users_latest: 2 rows of the query have NULL in the key (id)') });
    expect(await rows('users_latest', 'id, n')).toEqual(['a 1']);
  });

  test('other partitions than the table has fail the run, and say what to do', async () => {
    stored('users', [{ id: 'a', country: 'nl', n: 1, seen: '1' }]);
    const of = (...partitionBy: string[]) => Transform.sql('t', { query: 'SELECT id, country FROM users', mode: TransformMode.append(), partitionBy });
    await run('users', { transforms: [of('country')] });
    const { outcome } = await run('users', { transforms: [of('id')], runId: 'run-2' });
    expect(outcome).toMatchObject({
      status: 'FAILED', error: 'TRANSFORM_INVALID', cause: expect.stringContaining(`table ${DATABASE}.t is partitioned by country, partitionBy now names id`),
    });
    expect((await run('users', { transforms: [of('country')], runId: 'run-3' })).output.transforms).toEqual([{ name: 't', table: 't', rows: 1 }]);
  });

  test('a query without rows replaces no partition, which its number of rows tells', async () => {
    stored('users', [{ id: 'a', country: 'nl', n: 1, seen: '1' }]);
    const of = (where: string) => Transform.sql('t', { query: `SELECT id, country FROM users WHERE ${where}`, mode: TransformMode.replacePartition(), partitionBy: ['country'] });
    await run('users', { transforms: [of('n = 1')] });
    const { output } = await run('users', { transforms: [of('n = 2')], runId: 'run-2' });
    expect(output.transforms).toEqual([{ name: 't', table: 't', rows: 0 }]);
    expect(await rows('t', 'id, country')).toEqual(['a nl']);
  });

  test('a query that fails names its transform', async () => {
    stored('users', [{ id: 'a', n: 1, seen: '1' }]);
    const wrong = Transform.sql('wrong', { query: 'SELECT nosuch FROM users', mode: TransformMode.append() });
    const { outcome } = await run('users', { transforms: [wrong] });
    expect(outcome).toMatchObject({ status: 'FAILED', cause: expect.stringMatching(/step transforms .*: transform wrong: (?!transform).*COLUMN_NOT_FOUND.*'nosuch'/) });
  });

  test('a run that dies between any two statements, and is started again, leaves each row once', async () => {
    stored('users', [{ id: 'a', country: 'nl', n: 1, seen: '1' }, { id: 'b', country: 'de', n: 2, seen: '1' }]);
    const append = Transform.sql('all_rows', { query: 'SELECT id, n FROM users', mode: TransformMode.append() });
    const transforms = [users, byCountry, append];
    let statements = 0;
    await run('users', { transforms, onStatement: () => { statements++; } });
    const expected = await Promise.all([rows('users_latest', 'id, n'), rows('users_by_country', 'country, users'), rows('all_rows', 'id, n')]);
    for (let death = 1; death <= statements; death++) {
      await lake.close();
      lake = new TestLake();
      stored('users', [{ id: 'a', country: 'nl', n: 1, seen: '1' }, { id: 'b', country: 'de', n: 2, seen: '1' }]);
      let left = death;
      const die = () => {
        if (--left < 0) {
          throw new Error('died');
        }
      };
      await run('users', { transforms, onStatement: die }).catch((error: Error) => expect(error.message).toBe('died'));
      await run('users', { transforms });
      expect(await Promise.all([rows('users_latest', 'id, n'), rows('users_by_country', 'country, users'), rows('all_rows', 'id, n')])).toEqual(expected);
    }
  });
});
