import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execute, Json, machine } from './support';
import { LocalAthena } from '../../../cli/athena';
import { crawl, LocalCatalog } from '../../../cli/catalog';
import { LocalCrawlers } from '../../../cli/glue';
import { FunctionHost } from '../../../cli/lambda-host';
import { S3Server, startS3Server } from '../../../cli/s3';
import { Integrations } from '../../../cli/workflow';
import { localTasks, Message } from '../../../cli/workflow/tasks';
import { newFolder, writeFiles } from '../../support/handwritten-app';

const CRAWLER = { logicalId: 'C', name: 'users-crawler', database: 'lake', bucket: 'bucket', prefix: 'raw/users/' };
const CODE = `exports.handler = async (event) => {
  if (event.throw) throw Object.assign(new Error('no'), { name: event.throw });
  if (event.hang) await new Promise((done) => setTimeout(done, 60000));
  return { got: event };
};`;

const folder = newFolder();
const messages: Message[] = [];
let s3: S3Server;
let host: FunctionHost;
let athena: LocalAthena;
let tasks: Integrations;
/** What holds a crawl up. */
let gate: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  const catalog = new LocalCatalog(join(folder, 'catalog'));
  mkdirSync(join(folder, 's3/bucket'), { recursive: true });
  s3 = await startS3Server({ root: join(folder, 's3') });
  host = new FunctionHost({ codeDir: writeFiles(join(folder, 'code'), { 'index.js': CODE }), handler: 'index.handler', timeoutSeconds: 1 });
  athena = await LocalAthena.open({ catalog, bucketRoot: join(folder, 's3'), database: 'lake' });
  const crawlers = new LocalCrawlers({
    crawlers: [CRAWLER],
    file: join(folder, 'crawlers.json'),
    crawl: async (crawler) => {
      await gate;
      return crawl({ ...crawler, tableLevel: 3, catalog, bucketFolder: join(folder, 's3/bucket') });
    },
  });
  tasks = localTasks({
    functions: { invoke: (name, payload) => (name === 'f' ? host.invoke(payload) : undefined) },
    glue: { catalog, crawlers },
    athena,
    s3: s3.endpoint,
    outbox: (message) => messages.push(message),
    executions: { statusOf: (arn) => (arn.endsWith(':known') ? 'FAILED' : undefined) },
  });
});

afterAll(async () => {
  await host.close();
  await athena.close();
  await s3.close();
  rmSync(folder, { recursive: true });
});

const task = (service: string, Arguments: Json, more: Json = {}): Json => ({ Type: 'Task', Resource: `arn:aws-cn:states:::${service}`, Arguments, End: true, ...more });

/** The result of one call, or its error. */
async function call(service: string, given: Json): Promise<any> {
  const { outcome } = await execute(machine({ S: task(service, given) }), {}, { integrations: tasks });
  return outcome.status === 'SUCCEEDED' ? outcome.output : outcome;
}

const put = (Key: string, Body: unknown, more: Json = {}) => call('aws-sdk:s3:putObject', { Bucket: 'bucket', Key, Body, ...more });

describe('lambda', () => {
  test('gives what the function answers', async () => {
    expect(await call('lambda:invoke', { FunctionName: 'f', Payload: { a: 1 } })).toEqual({ ExecutedVersion: '$LATEST', StatusCode: 200, Payload: { got: { a: 1 } } });
  });

  test("fails with the function's error; its cause is what Lambda answered", async () => {
    const failed = await call('lambda:invoke', { FunctionName: 'f', Payload: { throw: 'HTTP_403' } });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'HTTP_403' });
    expect(JSON.parse(failed.cause)).toMatchObject({ errorType: 'HTTP_403', errorMessage: 'no' });
  });

  test('fails as Lambda does when the function takes too long, and when there is none', async () => {
    expect(await call('lambda:invoke', { FunctionName: 'f', Payload: { hang: true } })).toMatchObject({ error: 'Sandbox.Timedout' });
    expect(await call('lambda:invoke', { FunctionName: 'g' })).toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });
});

describe('s3', () => {
  test('writes an object as JSON, text as it is, and reads both', async () => {
    const { ETag } = await put('a/b c+ä.json', { v: 1 });
    await put('text', 'plain');
    expect(await call('aws-sdk:s3:getObject', { Bucket: 'bucket', Key: 'a/b c+ä.json' })).toMatchObject({ Body: '{"v":1}', ETag, ContentLength: 7 });
    expect(await call('aws-sdk:s3:getObject', { Bucket: 'bucket', Key: 'text' })).toMatchObject({ Body: 'plain' });
    expect(await call('aws-sdk:s3:headObject', { Bucket: 'bucket', Key: 'text' })).toMatchObject({ ContentLength: 5, LastModified: expect.stringMatching(/^20.*Z$/) });
  });

  test('a conditional write has one winner', async () => {
    const { ETag } = await put('claim', 'first', { IfNoneMatch: '*' });
    expect(await put('claim', 'second', { IfNoneMatch: '*' })).toMatchObject({ error: 'S3.S3Exception', cause: expect.stringMatching(/Status Code: 412/) });
    expect(await put('claim', 'third', { IfMatch: ETag })).toMatchObject({ ETag: expect.not.stringMatching(ETag) });
    expect(await put('claim', 'fourth', { IfMatch: ETag })).toMatchObject({ error: 'S3.S3Exception' });
    expect(await call('aws-sdk:s3:getObject', { Bucket: 'bucket', Key: 'claim' })).toMatchObject({ Body: 'third' });
  });

  test.each(['getObject', 'headObject'])('%s of nothing', async (operation) => {
    expect(await call(`aws-sdk:s3:${operation}`, { Bucket: 'bucket', Key: 'nope' })).toMatchObject({ error: 'S3.NoSuchKeyException' });
  });

  test('no bucket, and no server', async () => {
    expect(await call('aws-sdk:s3:getObject', { Bucket: 'nope', Key: 'a' })).toMatchObject({ error: 'S3.NoSuchBucketException' });
    const { outcome } = await execute(machine({ S: task('aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' }) }), {}, { integrations: localTasks({ s3: 'http://127.0.0.1:1' } as Parameters<typeof localTasks>[0]) });
    expect(outcome).toMatchObject({ error: 'S3.SdkClientException', cause: expect.stringMatching(/Unable to execute HTTP request/) });
  });

  test('lists keys and folders, page by page', async () => {
    for (const key of ['l/1', 'l/2', 'l/x/3', 'l/ä&']) {
      await put(key, 'v');
    }
    expect(await call('aws-sdk:s3:listObjectsV2', { Bucket: 'bucket', Prefix: 'l/', Delimiter: '/' })).toMatchObject({
      KeyCount: 4, IsTruncated: false, Contents: [{ Key: 'l/1', Size: 1 }, { Key: 'l/2' }, { Key: 'l/ä&' }], CommonPrefixes: [{ Prefix: 'l/x/' }],
    });
    const first = await call('aws-sdk:s3:listObjectsV2', { Bucket: 'bucket', Prefix: 'l/', MaxKeys: 3 });
    expect(first.IsTruncated).toBe(true);
    const second = await call('aws-sdk:s3:listObjectsV2', { Bucket: 'bucket', Prefix: 'l/', ContinuationToken: first.NextContinuationToken });
    expect(second.Contents.map(({ Key }: { Key: string }) => Key)).toEqual(['l/ä&']);
  });
});

test.each([[60_000, 'READY'], [5, 'RUNNING']])('an answer about a crawl under way waits for its end, %d ms at most', async (patienceMs, state) => {
  let open: (value?: unknown) => void = () => undefined;
  const crawlers = new LocalCrawlers({
    crawlers: [CRAWLER], file: join(folder, `crawlers-${patienceMs}.json`), crawl: () => new Promise((done) => { open = done; }), patienceMs,
  });
  crawlers.start(CRAWLER.name);
  const timer = setTimeout(() => open(), 100);
  expect((await crawlers.get(CRAWLER.name)).State).toBe(state);
  clearTimeout(timer);
  open();
  await crawlers.close();
});

describe('glue, then athena', () => {
  const getCrawler = () => call('aws-sdk:glue:getCrawler', { Name: 'users-crawler' });
  const ready = async (): Promise<any> => {
    const answer = await getCrawler();
    return answer.Crawler.State === 'READY' ? answer.Crawler : new Promise((done) => setTimeout(() => done(ready()), 10));
  };
  const table = { DatabaseName: 'lake', Name: 'users' };
  const query = (QueryString: string) => call('athena:startQueryExecution.sync', { QueryString, WorkGroup: 'w', QueryExecutionContext: { Database: 'lake' } });

  test('a crawler that never ran has no last crawl, and its table is not there', async () => {
    expect((await getCrawler()).Crawler).toEqual(expect.not.objectContaining({ LastCrawl: expect.anything() }));
    expect(await call('aws-sdk:glue:getTable', table)).toMatchObject({ error: 'Glue.EntityNotFoundException' });
    expect(await call('aws-sdk:glue:startCrawler', { Name: 'nope' })).toMatchObject({ error: 'Glue.EntityNotFoundException' });
  });

  test('a crawl runs, refuses a second one, and then shows how it ended', async () => {
    await fetch(`${s3.endpoint}/bucket/raw/users/ingestion_date%3D2026-01-02/1.jsonl.gz`, { method: 'PUT', body: gzipSync('{"n":1,"who":"a"}\n{"n":2}\n') });
    let open: (value?: unknown) => void = () => undefined;
    gate = new Promise((done) => { open = done; });
    expect(await call('aws-sdk:glue:startCrawler', { Name: 'users-crawler' })).toEqual({});
    expect((await getCrawler()).Crawler.State).toBe('RUNNING');
    expect(await call('aws-sdk:glue:startCrawler', { Name: 'users-crawler' })).toMatchObject({ error: 'Glue.CrawlerRunningException' });
    open();
    expect(await ready()).toMatchObject({ LastCrawl: { Status: 'SUCCEEDED', StartTime: expect.stringMatching(/Z$/) } });
    expect((await call('aws-sdk:glue:getTable', table)).Table.StorageDescriptor.Columns).toEqual([{ Name: 'n', Type: 'int' }, { Name: 'who', Type: 'string' }]);
  });

  test('a crawl that fails says why', async () => {
    gate = Promise.reject(new Error('a broken file'));
    gate.catch(() => undefined);
    await call('aws-sdk:glue:startCrawler', { Name: 'users-crawler' });
    expect(await ready()).toMatchObject({ LastCrawl: { Status: 'FAILED', ErrorMessage: 'a broken file' } });
    gate = Promise.resolve();
  });

  test('a table is changed only in the version that was read', async () => {
    const { Table: { VersionId, ...read } } = await call('aws-sdk:glue:getTable', table);
    const update = (Parameters: Json) => call('aws-sdk:glue:updateTable', { DatabaseName: 'lake', TableInput: { ...read, Parameters }, VersionId });
    expect(await update({ a: '1' })).toEqual({});
    expect(await update({ a: '2' })).toMatchObject({ error: 'Glue.VersionMismatchException' });
    expect((await call('aws-sdk:glue:getTable', table)).Table.Parameters).toEqual({ a: '1' });
  });

  test('partitions are made once, listed with the columns of the table, and missing ones are told', async () => {
    const input = (date: string) => ({ Values: [date], StorageDescriptor: { Location: `s3://bucket/raw/users/ingestion_date=${date}/` } });
    const where = { DatabaseName: 'lake', TableName: 'users' };
    expect(await call('aws-sdk:glue:batchCreatePartition', { ...where, PartitionInputList: [input('2026-01-02'), input('2026-01-03')] })).toEqual({
      Errors: [expect.objectContaining({ PartitionValues: ['2026-01-02'], ErrorDetail: expect.objectContaining({ ErrorCode: 'AlreadyExistsException' }) })],
    });
    const first = await call('aws-sdk:glue:getPartitions', { ...where, MaxResults: 1 });
    expect(first.Partitions).toMatchObject([{ Values: ['2026-01-02'], StorageDescriptor: { Columns: [{ Name: 'n' }, { Name: 'who' }] } }]);
    const second = await call('aws-sdk:glue:getPartitions', { ...where, NextToken: first.NextToken });
    expect(second.Partitions.map(({ Values }: { Values: string[] }) => Values)).toEqual([['2026-01-03']]);
    const update = (date: string) => ({ PartitionValueList: [date], PartitionInput: input(date) });
    expect((await call('aws-sdk:glue:batchUpdatePartition', { ...where, Entries: [update('2026-01-03'), update('2026-01-04')] })).Errors).toMatchObject([{ PartitionValueList: ['2026-01-04'] }]);
  });

  test('a query runs to its end; its rows follow the names of the columns', async () => {
    const states = {
      S: task('athena:startQueryExecution.sync', { QueryString: 'SELECT n, who FROM users ORDER BY n', QueryExecutionContext: { Database: 'lake' } }, { End: undefined, Next: 'R', Output: '{% $states.result.QueryExecution %}' }),
      R: task('aws-sdk:athena:getQueryResults', { QueryExecutionId: '{% $states.input.QueryExecutionId %}' }, { Output: ['{% $states.input.Status.State %}', '{% $states.result.ResultSet %}'] }),
    };
    const { outcome } = await execute(machine(states), {}, { integrations: tasks });
    expect(outcome).toMatchObject({
      status: 'SUCCEEDED',
      output: ['SUCCEEDED', {
        Rows: [{ Data: [{ VarCharValue: 'n' }, { VarCharValue: 'who' }] }, { Data: [{ VarCharValue: '1' }, { VarCharValue: 'a' }] }, { Data: [{ VarCharValue: '2' }, {}] }],
        ResultSetMetadata: { ColumnInfo: [{ Name: 'n', Type: 'integer' }, { Name: 'who', Type: 'varchar' }] },
      }],
    });
  });

  test('a statement that writes tells how many rows; one that only describes has no header', async () => {
    const { QueryExecution: { QueryExecutionId, StatementType } } = await query('SHOW TABLES');
    expect(StatementType).toBe('UTILITY');
    expect((await call('aws-sdk:athena:getQueryResults', { QueryExecutionId })).ResultSet.Rows).toEqual([{ Data: [{ VarCharValue: 'users' }] }]);
    const added = await query("ALTER TABLE users ADD IF NOT EXISTS PARTITION (ingestion_date = '2026-01-09')");
    expect(added.QueryExecution).toMatchObject({ StatementType: 'DDL', Status: { State: 'SUCCEEDED' } });
    expect((await call('aws-sdk:glue:getPartition', { DatabaseName: 'lake', TableName: 'users', PartitionValues: ['2026-01-09'] })).Partition.StorageDescriptor.Location)
      .toMatch(/ingestion_date=2026-01-09/);
  });

  test('results come page by page', async () => {
    const { QueryExecution: { QueryExecutionId, StatementType } } = await query('SELECT n FROM users ORDER BY n');
    expect(StatementType).toBe('DML');
    const first = await call('aws-sdk:athena:getQueryResults', { QueryExecutionId, MaxResults: 2 });
    const second = await call('aws-sdk:athena:getQueryResults', { QueryExecutionId, MaxResults: 2, NextToken: first.NextToken });
    expect([first, second].map(({ ResultSet }) => ResultSet.Rows.map(({ Data }: any) => Data[0].VarCharValue))).toEqual([['n', '1'], ['2']]);
    expect(second.NextToken).toBeUndefined();
  });

  test('a query that fails is a task that fails, with its reason', async () => {
    const failed = await query('SELECT nope FROM users');
    expect(failed).toMatchObject({ error: 'States.TaskFailed' });
    expect(JSON.parse(failed.cause)).toMatchObject({ StatementType: 'DML', Status: { State: 'FAILED', AthenaError: { Retryable: false }, StateChangeReason: expect.stringMatching(/^COLUMN_NOT_FOUND/) } });
    expect(await call('aws-sdk:athena:getQueryResults', { QueryExecutionId: 'nope' })).toMatchObject({ error: 'Athena.InvalidRequestException' });
  });
});

test('another execution is known, or not', async () => {
  expect(await call('aws-sdk:sfn:describeExecution', { ExecutionArn: 'arn:x:known' })).toMatchObject({ Status: 'FAILED', Name: 'known' });
  expect(await call('aws-sdk:sfn:describeExecution', { ExecutionArn: 'arn:x:nope' })).toMatchObject({ error: 'Sfn.ExecutionDoesNotExistException' });
});

test('what is told to the outside is kept', async () => {
  await call('sns:publish', { TopicArn: 't', Subject: 's', Message: 'm' });
  expect(await call('events:putEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }] })).toMatchObject({ FailedEntryCount: 0 });
  await call('aws-sdk:cloudwatch:putMetricData', { Namespace: 'n', MetricData: [{ MetricName: 'Records', Value: 1 }] });
  expect(messages).toEqual([
    { to: 'sns', topic: 't', subject: 's', text: 'm' },
    { to: 'events', source: 's', detailType: 'd', detail: { a: 1 }, bus: 'default' },
    { to: 'cloudwatch', namespace: 'n', metrics: [{ MetricName: 'Records', Value: 1 }] },
  ]);
});
