import { crawlerAnswer as crawler, DeployedApp, runResult, USERS } from './support';
import { HandwrittenSource } from '../../support/handwritten-app';
import { AwsAnswer, awsError, cloudFormationError, Script } from '../../support/scripted-aws';

const app = new DeployedApp();

afterEach(async () => app.close());

const run = async (args: readonly string[], script: Script, env: Record<string, string> = {}, source: HandwrittenSource = USERS) =>
  app.run(args, script, env, source);

const operations = () => app.operations();

const result = (runId: string, more: object): AwsAnswer => ({ body: runResult('users', runId, more) });

describe('invoke', () => {
  test('calls the deployed function with one run id until it is done', async () => {
    const { code, stdout } = await run(['invoke', 'users', '--json'], {
      Invoke: ({ runId }, nth) => result(runId, nth === 0 ? { done: false, pages: 1, retryAfterSeconds: 0 } : {}),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, runs: [{ source: 'users', records: 7, pages: 2 }] });
    const [first, second] = app.inputs('Invoke');
    expect(first.name).toBe('real-usersFunction');
    expect(second).toEqual(first);
    expect(JSON.parse(stdout).runs[0].runId).toBe(first.runId);
  });

  test("shows the function's error with the end of its log, and where the rest of it is", async () => {
    const { code, stdout, stderr } = await run(['invoke'], {
      Invoke: () => ({
        headers: { 'x-amz-function-error': 'Unhandled', 'x-amz-log-result': Buffer.from('START\nERROR page 3 is cut short\nEND').toString('base64') },
        body: { errorType: 'MALFORMED_RESPONSE', errorMessage: 'page 3 is no JSON' },
      }),
      GetFunctionConfiguration: () => ({ body: { LoggingConfig: { LogGroup: '/lake/users' } } }),
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Failed: users \(MALFORMED_RESPONSE\): page 3 is no JSON\nEnd of the function's log:\nSTART\nERROR page 3 is cut short\nEND\nNext: .*aws logs tail \/lake\/users/);
  });

  test('gives up a run that comes no further', async () => {
    const { code, stdout } = await run(['invoke', '--json'], { Invoke: ({ runId }) => result(runId, { done: false }) });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'NO_PROGRESS', source: 'users' });
  });

  test('takes no answer of an older function for a result', async () => {
    const { stdout } = await run(['invoke', '--json'], { Invoke: () => result('another run', { done: undefined }) });
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'RESULT_INVALID', message: expect.stringMatching(/runId: got "another run".*\n.*done: got nothing/), hint: expect.stringContaining('deploy the stack again'),
    });
  });

  const imported = (importedFunction?: string) => ({ ...USERS, manifest: { custom: true, function: undefined, importedFunction } } as const);

  test('calls an imported function by the name it is imported by, and fills in what it leaves out', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:mine';
    const { stdout } = await run(['invoke', '--json'], {
      Invoke: ({ runId }) => ({ body: { runId, done: true, records: 7, bytes: 9, partition: 'ingestion_date=2026-01-02' } }),
    }, {}, imported(arn));
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, runs: [{ source: 'users', records: 7, quarantined: 0, pages: 0 }] });
    expect(app.inputs('Invoke').map(({ name }) => name)).toEqual([arn]);
  });

  test('says that it cannot call a function whose name is known at deployment only', async () => {
    const { stdout } = await run(['invoke', '--json'], {}, {}, imported());
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'FUNCTION_UNKNOWN', message: expect.stringContaining('known at deployment only') });
  });
});

const OLD = { Status: 'SUCCEEDED', StartTime: 1000 };
const NEW = { Status: 'SUCCEEDED', StartTime: 2000 };
const TABLE: AwsAnswer = { body: { Table: { Name: 'users', StorageDescriptor: { Columns: [{ Name: 'n', Type: 'int' }] }, PartitionKeys: [{ Name: 'ingestion_date', Type: 'string' }] } } };

describe('crawl', () => {
  test('starts the crawler, waits for the crawl it started, and shows the table', async () => {
    const states = [crawler('READY', OLD), crawler('RUNNING', OLD), crawler('READY', OLD), crawler('READY', NEW)];
    const { code, stdout } = await run(['crawl', '--json'], { GetCrawler: (_input, nth) => states[nth], StartCrawler: () => ({}), GetTable: () => TABLE });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      tables: [{ source: 'users', database: 'real_db', table: 'users', columns: [{ name: 'n', type: 'int' }, { name: 'ingestion_date', type: 'string' }] }],
    });
    expect(operations()).toEqual(['GetCrawler', 'StartCrawler', 'GetCrawler', 'GetCrawler', 'GetCrawler', 'GetTable']);
  });

  test('waits for a crawl under way, and starts another one', async () => {
    const states = [crawler('RUNNING', OLD), crawler('READY', NEW), crawler('READY', { Status: 'SUCCEEDED', StartTime: 3000 })];
    const { code, stderr } = await run(['crawl'], {
      GetCrawler: (_input, nth) => states[nth],
      StartCrawler: (_input, nth) => (nth === 0 ? awsError('CrawlerRunningException', 'it runs') : {}),
      GetTable: () => TABLE,
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/runs already: waiting for it/);
    expect(operations()).toEqual(['GetCrawler', 'StartCrawler', 'GetCrawler', 'StartCrawler', 'GetCrawler', 'GetTable']);
  });

  test("ends with 1 and Glue's reason when the crawl failed", async () => {
    const states = [crawler('READY'), crawler('READY', { Status: 'FAILED', StartTime: 5, ErrorMessage: 'Insufficient Lake Formation permission(s)', LogGroup: '/aws-glue/x', LogStream: 's' })];
    const { code, stdout } = await run(['crawl', '--json'], { GetCrawler: (_input, nth) => states[nth], StartCrawler: () => ({}) });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'CRAWL_FAILED', source: 'users', message: expect.stringMatching(/FAILED: Insufficient Lake Formation/), hint: expect.stringMatching(/\/aws-glue\/x --log-stream-names s/),
    });
  });
});

describe('a table that the template declares', () => {
  const declared = {
    ...USERS,
    manifest: { crawler: undefined, table: 'usersTable' },
  } as const;

  test('is shown as it is', async () => {
    const { code, stdout } = await run(['crawl', '--json'], { GetTable: () => TABLE }, {}, declared);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).tables).toEqual([expect.objectContaining({ database: 'lake_db', table: 'users', columns: [{ name: 'n', type: 'int' }, { name: 'ingestion_date', type: 'string' }] })]);
  });

  test('is not crawled, and the command says why', async () => {
    const { stderr } = await run(['crawl'], { GetTable: () => TABLE }, {}, declared);
    expect(stderr).toContain('table lake_db.users is declared in the template (Cataloguing.explicit())');
  });
});

const execution = (State: string, more: object = {}): AwsAnswer => ({
  body: { QueryExecution: { Status: { State, ...more }, StatementType: 'DML', Statistics: { DataScannedInBytes: 1234 } } },
});
const rows = (...values: (string | null)[][]) => values.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) }));
const META = { ColumnInfo: [{ Name: 'country', Type: 'varchar' }, { Name: 'n', Type: 'bigint' }] };

describe('query', () => {
  test('asks in the workgroup and database of the deployed pipeline, and reads every page of the results', async () => {
    const states = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
    const { code, stdout } = await run(['query', 'SELECT 1', '--json'], {
      GetCrawler: () => crawler('READY'),
      StartQueryExecution: () => ({ body: { QueryExecutionId: 'q-1' } }),
      GetQueryExecution: (_input, nth) => execution(states[nth]),
      GetQueryResults: ({ NextToken }) => (NextToken === undefined
        ? { body: { ResultSet: { ResultSetMetadata: META, Rows: rows(['country', 'n'], ['Iran', '2']) }, NextToken: 'more' } }
        : { body: { ResultSet: { Rows: rows(['country', 'n'], [null, '']) } } }),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      columns: [{ name: 'country', type: 'varchar' }, { name: 'n', type: 'bigint' }],
      rows: [['Iran', '2'], ['country', 'n'], [null, '']],
    });
    expect(app.inputs('StartQueryExecution')[0]).toMatchObject({
      QueryString: 'SELECT 1', WorkGroup: 'real-Workgroup', QueryExecutionContext: { Database: 'real_db' },
    });
  });

  test('asks a named query as it is deployed', async () => {
    await run(['query', '--named', 'how_many', '--json'], {
      GetNamedQuery: () => ({ body: { NamedQuery: { Name: 'how_many', Database: 'deployed_db', QueryString: 'SELECT deployed' } } }),
      StartQueryExecution: () => ({ body: { QueryExecutionId: 'q-1' } }),
      GetQueryExecution: () => execution('SUCCEEDED'),
      GetQueryResults: () => ({ body: { ResultSet: { ResultSetMetadata: META, Rows: rows(['country', 'n']) } } }),
    });
    expect(app.inputs('GetNamedQuery')[0]).toEqual({ NamedQueryId: 'real-CountQuery' });
    expect(app.inputs('StartQueryExecution')[0]).toMatchObject({
      QueryString: 'SELECT deployed', QueryExecutionContext: { Database: 'deployed_db' },
    });
  });

  test("ends with 1 and Athena's reason when it fails", async () => {
    const { code, stdout, stderr } = await run(['query', 'SELECT x'], {
      GetCrawler: () => crawler('READY'),
      StartQueryExecution: () => ({ body: { QueryExecutionId: 'q-1' } }),
      GetQueryExecution: () => execution('FAILED', { StateChangeReason: "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved" }),
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Error: Athena: COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved/);
  });

  test('passes on what Athena says of a query it does not start', async () => {
    const { code, stderr } = await run(['query', 'SELEC'], {
      GetCrawler: () => crawler('READY'), StartQueryExecution: () => awsError('InvalidRequestException', "line 1:1: mismatched input 'SELEC'"),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: cannot start the query: line 1:1: mismatched input 'SELEC'/);
  });
});

test("console prints the address in the stack's region", async () => {
  const { code, stdout } = await run(['console', '--json'], { GetCrawler: () => crawler('READY') });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).consoles).toEqual([{
    pipeline: 'Lake/Pipeline',
    region: 'eu-west-1',
    workgroup: 'real-Workgroup',
    database: 'real_db',
    url: 'https://eu-west-1.console.aws.amazon.com/athena/home?region=eu-west-1#/query-editor',
  }]);
});

describe('says what is missing', () => {
  test('when the stack is not deployed', async () => {
    const { code, stderr } = await run(['invoke'], { DescribeStackResources: () => cloudFormationError('Stack with id Lake does not exist') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Failed: users \(STACK_NOT_DEPLOYED\): stack "Lake" is not deployed .*\nNext: deploy it with `npx cdk deploy Lake`/);
  });

  test('when the deployed stack is older than the app', async () => {
    const { stderr } = await run(['invoke'], { DescribeStackResources: () => cloudFormationError('Resource usersFunction does not exist for stack Lake') });
    expect(stderr).toMatch(/STACK_OUTDATED/);
  });

  test('when there are no credentials', async () => {
    const { code, stderr } = await run(['invoke'], {}, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/NO_CREDENTIALS\): cannot look up usersFunction .*\nNext: sign in/);
  });

  test('when no region is set', async () => {
    const { code, stderr } = await run(['query', 'SELECT 1'], {}, { AWS_REGION: '' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no AWS region is set[\s\S]*Next: set AWS_REGION/);
  });
});
