import { crawlerAnswer, DeployedApp, runResult } from './support';
import { ExecutionEvents } from '../../support/execution-history';
import { AwsAnswer, awsError, Script } from '../../support/scripted-aws';
import { cleanUp, startLake } from '../s3/support';

const app = new DeployedApp();

afterEach(async () => {
  await app.close();
  await cleanUp();
});

const LAMBDA = ['lambda', 'invoke'] as const;
const ATHENA = ['athena', 'startQueryExecution.sync'] as const;
const START_CRAWLER = ['aws-sdk:glue', 'startCrawler'] as const;

const arn = (name: string) => `arn:aws:states:eu-west-1:111111111111:execution:flow:${name}`;
const started = (): AwsAnswer => ({ body: { executionArn: arn('one'), startDate: 1_700_000_000 } });
const plan = { database: 'real_db', logGroup: '/lake/users' };

/** The run id that the command has made or was given. */
const runId = () => (JSON.parse(app.inputs('StartExecution')[0].input as string) as { runId: string }).runId;
const complete = (source = 'users', run = runId()) => runResult(source, run);

/** What GetExecutionHistory answers in the end: the run of a source whose table was crawled. */
const crawledRun = (source = 'users', run = runId()) => new ExecutionEvents()
  .pass(`Plan of ${source}`, { plan })
  .task('Extract', LAMBDA, { result: complete(source, run) })
  .task('Start the crawler', START_CRAWLER)
  .succeeded({ source, runId: run, result: complete(source, run) });

const page = (events: ExecutionEvents | readonly unknown[], nextToken?: string): AwsAnswer =>
  ({ body: { events: events instanceof ExecutionEvents ? events.events : events, nextToken } });

const run = async (args: readonly string[], script: Script) => app.run(args, { StartExecution: started, ...script });

describe('run', () => {
  test('starts the state machine, tells of each step, and ends with the run', async () => {
    const { code, stderr, stdout } = await run(['run', 'users'], { GetExecutionHistory: () => page(crawledRun()) });
    expect(code).toBe(0);
    const [start] = app.inputs('StartExecution');
    expect(start).toMatchObject({ stateMachineArn: 'real-StateMachine', input: JSON.stringify({ source: 'users', runId: runId() }) });
    expect(start.name).toMatch(new RegExp(`^${runId()}-[0-9a-f]{6}$`));
    expect(app.operations()).toEqual(['StartExecution', 'GetExecutionHistory']);
    expect(stderr.split('\n').slice(0, 5)).toEqual([
      `users: execution ${arn('one')}, which goes on in AWS when this command is stopped`,
      `users: extract (run ${runId()})`,
      'users: 7 records from 2 pages, 9 B stored, 5.0 s',
      'users: catalogue',
      'users: crawled',
    ]);
    expect(stdout).toMatch(/users .* 7 .* 2 .* real_db\.users .*ingestion_date=2026-01-02/);
  });

  test('the document is that of a run on a laptop', async () => {
    const { stdout } = await run(['run', '--json'], { GetExecutionHistory: () => page(crawledRun()) });
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      runs: [{
        source: 'users',
        runId: runId(),
        records: 7,
        quarantined: 0,
        bytes: 9,
        parts: 1,
        pages: 2,
        durationMs: expect.any(Number),
        partition: 'ingestion_date=2026-01-02',
        database: 'real_db',
        table: 'users',
        catalogue: 'crawled',
      }],
    });
  });

  test('follows a long execution page by page, and reads each event once', async () => {
    const { stderr, code } = await run(['run', '--run-id', 'mine'], {
      GetExecutionHistory: ({ nextToken }, nth) => {
        const { events } = new ExecutionEvents()
          .pass('Plan of users', { plan })
          .task('Extract', LAMBDA, { result: { ...complete(), done: false, pages: 1, records: 3, retryAfterSeconds: 90 } })
          .entered('Wait', 'Wait as the API asked').exited('Wait', 'Wait as the API asked')
          .task('Extract', LAMBDA, { result: complete() })
          .entered('Task', 'Add the partition').scheduled(...ATHENA)
          .succeeded({ result: complete() });
        const known = [4, 10, 10][nth] ?? events.length;
        return nextToken === undefined ? page(events.slice(0, Math.min(known, 6)), known > 6 ? 'second' : undefined) : page(events.slice(6, known));
      },
    });
    expect(code).toBe(0);
    expect(app.inputs('GetExecutionHistory').map(({ nextToken }) => nextToken)).toEqual([undefined, undefined, 'second', 'second']);
    expect(stderr.match(/users: .*/g)).toEqual([
      expect.stringContaining('execution'),
      'users: extract (run mine)',
      'users: 1 page, 3 records, 9 B',
      'users: waiting 1 min 30 s: the API asked for it',
      expect.stringMatching(/^users: 7 records from 2 pages/),
    ]);
  });

  test('a task that is tried again is told once, in its own words', async () => {
    const busy = JSON.stringify({ errorType: 'BUSY', errorMessage: 'another run holds the source' });
    const { stderr } = await run(['run'], {
      GetExecutionHistory: () => page(new ExecutionEvents()
        .entered('Task', 'Extract')
        .scheduled(...LAMBDA).failed('BUSY', busy)
        .scheduled(...LAMBDA).failed('BUSY', busy)
        .scheduled(...LAMBDA).exited('Task', 'Extract', { result: complete() })
        .succeeded({ result: complete() })),
    });
    expect(stderr.match(/.*trying again.*/g)).toEqual(['users: BUSY, trying again: another run holds the source']);
  });

  test('ends with 1, the step, its error and cause, and what to type next', async () => {
    const error = { step: 'extract', error: 'HTTP_403', cause: 'page 3: the API refuses' };
    const script = {
      GetExecutionHistory: () => page(new ExecutionEvents()
        .pass('Plan of users', { plan })
        .entered('Task', 'Extract').scheduled(...LAMBDA).failed('HTTP_403', '{}').exited('Task', 'Extract', { error })
        .task('Tell of the failure', ['sns', 'publish'])
        .endedWith('ExecutionFailed', { error: 'HTTP_403', cause: 'step extract of run r of source users: page 3: the API refuses' })),
    };
    const text = await run(['run'], script);
    expect(text.code).toBe(1);
    expect(text.stdout).toBe('');
    expect(text.stderr).toMatch(/Failed: users, extract \(HTTP_403\): page 3: the API refuses\nNext: look further with `aws logs tail \/lake\/users --since 1d`, then go on with `datalake run users --run-id \S+`/);
    await app.close();
    const document = JSON.parse((await run(['run', '--json'], script)).stdout);
    expect(document).toMatchObject({ ok: false, error: { source: 'users', code: 'HTTP_403', message: 'page 3: the API refuses', details: { step: 'extract', runId: runId(), executionArn: arn('one') } } });
  });

  test.each([
    ['was stopped', 'ExecutionAborted', {}, /users, extract \(ABORTED\): the execution ended with ABORTED/],
    ['ran out of time', 'ExecutionTimedOut', { error: 'States.Timeout' }, /users, extract \(States\.Timeout\): the execution ended with TIMED_OUT/],
    ['got an input that is none', 'ExecutionFailed', { error: 'INPUT_INVALID', cause: 'got 7' }, /users, extract \(INPUT_INVALID\): got 7/],
  ] as const)('tells of an execution that %s', async (_how, type, details, said) => {
    const { code, stderr } = await run(['run'], {
      GetExecutionHistory: () => page(new ExecutionEvents().entered('Task', 'Extract').scheduled(...LAMBDA).endedWith(type, details)),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
    expect(stderr).toContain(`aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn ${arn('one')}`);
  });

  test('follows the execution that runs the run id already', async () => {
    const { code, stderr, stdout } = await run(['run', 'users', '--run-id', 'again', '--json'], {
      GetExecutionHistory: ({ executionArn }) => page(executionArn === arn('one')
        ? new ExecutionEvents().succeeded({ source: 'users', runId: 'again', alreadyStarted: true, heldBy: arn('first') })
        : crawledRun()),
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/run again is another execution's, which is followed instead: .*:first/);
    expect(JSON.parse(stdout).runs).toEqual([expect.objectContaining({ runId: 'again', records: 7 })]);
  });

  test('a child is started by its parent\'s run, and followed', async () => {
    const lake = await startLake();
    const child = { name: 'issues', url: 'https://api.example.com/', parent: 'users', manifest: { followsParent: true } } as const;
    const ended = await app.run(['run', '--json'], {
      StartExecution: started,
      GetCrawler: () => crawlerAnswer('READY'),
      GetExecutionHistory: async ({ executionArn }) => {
        if (executionArn === arn('child')) {
          return page(crawledRun('issues', 'event-1'));
        }
        await lake.put('_executions/issues/event-1.json', JSON.stringify({ executionArn: arn('child') }));
        return page(crawledRun());
      },
    }, { AWS_ENDPOINT_URL_S3: lake.server.endpoint }, { name: 'users', url: 'https://api.example.com/' }, child);
    expect(ended.code).toBe(0);
    expect(app.inputs('StartExecution')).toHaveLength(1);
    expect(JSON.parse(ended.stdout).runs).toMatchObject([{ source: 'users' }, { source: 'issues', runId: 'event-1' }]);
  });

  test('a table that the template declares needs nothing after the extraction', async () => {
    const declared = { name: 'users', url: 'https://api.example.com/', manifest: { crawler: undefined, table: 'usersTable' } } as const;
    const { stdout } = await app.run(['run', '--json'], {
      StartExecution: started,
      GetExecutionHistory: () => page(new ExecutionEvents().task('Extract', LAMBDA, { result: complete() }).succeeded({ result: complete() })),
    }, {}, declared);
    expect(JSON.parse(stdout).runs).toEqual([expect.objectContaining({ records: 7, catalogue: 'declared', database: 'lake_db' })]);
  });

  test('a failed start is said as it is', async () => {
    const { code, stderr } = await run(['run'], { StartExecution: () => awsError('AccessDeniedException', 'not authorized to perform: states:StartExecution') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Failed: users \(AccessDeniedException\): cannot start the workflow of users: not authorized/);
  });

  test.each([
    ['of several sources', ['run', '--run-id', 'x'], /name one source/],
    ['on this machine', ['run', 'users', '--local', '--run-id', 'x'], /for a deployed stack/],
    ['that is none', ['run', 'users', '--run-id', 'a/b'], /1 to 80 letters/],
  ])('a run id %s is wrong usage', async (_what, args, said) => {
    const { code, stderr } = await app.run(args, {}, {}, { name: 'users', url: 'https://a.example/' }, { name: 'orders', url: 'https://a.example/' });
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
    expect(app.operations()).toEqual([]);
  });
});

describe('status', () => {
  const table: AwsAnswer = { body: { Table: { Name: 'users' } } };
  const state = (leaseUntil: string) => JSON.stringify({ open: { runId: 'cut-off', leaseUntil } });

  async function status(script: Script, ...args: string[]) {
    const lake = await startLake();
    await lake.put('_executions/users/old.json', JSON.stringify({ executionArn: arn('old') }));
    await lake.put('_runs/users/old.json', JSON.stringify({ runId: 'old', records: 5, partition: 'ingestion_date=2026-01-01' }));
    await lake.put('_state/users.json', state('2026-01-01T00:00:00Z'));
    await lake.put('quarantine/users/ingestion_date=2026-01-01/a.jsonl.gz', 'x');
    return app.run(['status', ...args], { GetCrawler: () => crawlerAnswer('READY'), GetTable: () => table, ...script }, { AWS_ENDPOINT_URL_S3: lake.server.endpoint });
  }

  test('tells what the status of a laptop tells', async () => {
    const { code, stdout } = await status({ DescribeExecution: () => ({ body: { status: 'SUCCEEDED', stopDate: 1_700_000_100 } }) }, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      lake: 's3://lake',
      sources: [{
        source: 'users',
        pipeline: 'Lake/Pipeline',
        database: 'real_db',
        table: 'users',
        catalogued: true,
        quarantineObjects: 1,
        openRun: 'cut-off',
        lastRun: { runId: 'old', records: 5, partition: 'ingestion_date=2026-01-01', finishedAt: expect.stringMatching(/Z$/) },
        lastExecution: { runId: 'old', status: 'SUCCEEDED', endedAt: '2023-11-14T22:15:00.000Z', history: arn('old') },
      }],
    });
  });

  test('names the step of a run that failed', async () => {
    const { stdout } = await status({
      DescribeExecution: () => ({ body: { status: 'FAILED', stopDate: 1_700_000_100, error: 'X', cause: 'step quality of ...' } }),
      GetExecutionHistory: () => page([...new ExecutionEvents().pass('q', { error: { step: 'quality', error: 'QUALITY_FAILED', cause: 'isUnique' } }).events].reverse()),
    });
    expect(app.inputs('GetExecutionHistory')).toEqual([expect.objectContaining({ executionArn: arn('old'), reverseOrder: true })]);
    expect(stdout).toMatch(/failed in quality \(QUALITY_FAILED\)/);
  });

  test('a run that is under way is not called interrupted', async () => {
    const { stdout } = await status({ DescribeExecution: () => ({ body: { status: 'RUNNING' } }), GetTable: () => awsError('EntityNotFoundException', 'no table') });
    expect(stdout).toMatch(/is under way/);
    expect(stdout).toMatch(/real_db\.users \(not catalogued\)/);
    expect(stdout).not.toMatch(/cut-off/);
  });

  test('a source that never ran has nothing to tell', async () => {
    const lake = await startLake();
    const { code, stdout } = await app.run(['status', '--json'], { GetCrawler: () => crawlerAnswer('READY'), GetTable: () => table }, { AWS_ENDPOINT_URL_S3: lake.server.endpoint });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).sources).toEqual([{ source: 'users', pipeline: 'Lake/Pipeline', database: 'real_db', table: 'users', catalogued: true, quarantineObjects: 0 }]);
  });
});
