import { runWorkflow, StateError } from '../../../cli/workflow';
import { PlannedBackfill, SourcePlan } from '../../../src/spec';
import { workflowDefinition } from '../../../src/workflow/definition';

const PLAN: SourcePlan = {
  source: 'orders',
  functionArn: 'fn',
  url: 'https://api.example.com/orders',
  logGroup: '/aws/lambda/orders',
  database: 'db',
  table: 'orders',
  bucket: 'lake',
  prefix: 'raw/orders/',
  workgroup: 'pipeline',
  catalogue: { strategy: 'crawlOnSchemaChange', crawlerName: 'crawler', addPartition: 'ADD PARTITION' },
  backfill: 'time',
  transforms: [],
};

const ID = 'backfill-0123456789ab';
const TIME = '2026-11-20T06:00:00.000Z';
const PLANNED: PlannedBackfill = {
  id: ID,
  scheduledTime: TIME,
  concurrency: 2,
  total: 12,
  windows: [3, 4, 5, 12].map((n) => ({ n, from: `from-${n}`, to: `to-${n}` })),
};
const resultOf = (runId: string, more: object = {}) => ({
  source: 'orders', runId, done: true, records: 5, quarantined: 0, bytes: 1, parts: 1, pages: 1, schemaChanged: false, schemaHash: 'h', partition: 'ingestion_date=2026-11-20', ...more,
});

/** Of all tasks together: whether each takes them is checked where the definition is checked. */
const ARGUMENTS = [
  'FunctionName', 'Payload', 'Bucket', 'Key', 'Body', 'ContentType', 'IfMatch', 'IfNoneMatch', 'ExecutionArn', 'Name', 'QueryString', 'WorkGroup',
  'QueryExecutionContext', 'Entries', 'TopicArn', 'Subject', 'Message', 'Namespace', 'MetricData',
];

type Answer = (args: any) => unknown;
interface Call { readonly name: string; readonly args: any }

const DEFAULTS: Record<string, Answer> = {
  'planBackfill': () => PLANNED,
  'sumUpBackfill': () => ({ result: resultOf(ID, { records: 60 }) }),
  'findRun': ({ runId }) => resultOf(runId),
  'extract': ({ runId }) => resultOf(runId),
  'inspect': () => ({ hasData: true, current: true }),
  'lineage': () => ({}),
  'aws-sdk:s3:putObject': () => ({ ETag: '"1"' }),
  'athena:startQueryExecution.sync': () => ({}),
  'events:putEvents': () => ({ FailedEntryCount: 0 }),
  'sns:publish': () => ({ MessageId: '1' }),
  'aws-sdk:cloudwatch:putMetricData': () => ({}),
};
const OTHERS = ['aws-sdk:s3:getObject', 'aws-sdk:sfn:describeExecution', 'aws-sdk:glue:getCrawler', 'aws-sdk:glue:startCrawler'];

async function run(input: object, answers: Record<string, Answer> = {}, plan: Partial<SourcePlan> = {}) {
  const calls: Call[] = [];
  const task = (name: string) => async ({ arguments: args }: { arguments: any }) => {
    const functions: Record<string, string> = { fn: 'extract', catalog: args.Payload?.action, lineage: 'lineage' };
    const called = name === 'lambda:invoke' ? functions[args.FunctionName] : name;
    const call = { name: called, args: name === 'lambda:invoke' ? args.Payload : args };
    calls.push(call);
    const answer = answers[called] ?? DEFAULTS[called];
    if (!answer) {
      throw new Error(`unexpected ${called}`);
    }
    const result = answer(call.args);
    return name === 'lambda:invoke' ? { Payload: result } : result;
  };
  const definition = workflowDefinition({
    partition: 'aws', pipelineName: 'App/Shop', catalogFunctionArn: 'catalog', lineageFunctionArn: 'lineage', topicArn: 'topic', plans: [{ ...PLAN, ...plan }],
  });
  const names = ['lambda:invoke', ...OTHERS, ...Object.keys(DEFAULTS).filter((name) => name.includes(':'))];
  const integrations = Object.fromEntries(names.map((name) => [name, { required: [], optional: ARGUMENTS, run: task(name) }]));
  const outcome = await runWorkflow({
    definition,
    machineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:flow',
    name: 'execution',
    input,
    integrations,
    pace: () => 0,
  });
  const named = (name: string) => calls.filter((call) => call.name === name).map(({ args }) => args);
  return { outcome, named, names: calls.map(({ name }) => name) };
}

const fails = (error: string, message: string) => () => {
  throw new StateError(error, JSON.stringify({ errorType: error, errorMessage: message }));
};
const BACKFILL = { from: '2026-01-01', to: '2026-01-13', step: '1d' };

describe('a backfill', () => {
  const start = { source: 'orders', backfill: BACKFILL };

  test('reads every window that is left under a name of its own, then does once what follows a run', async () => {
    const { outcome, named, names } = await run(start);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { source: 'orders', runId: ID, result: { records: 60 } } });
    expect(named('planBackfill')).toEqual([{ action: 'planBackfill', source: 'orders', bucket: 'lake', database: 'db', table: 'orders', unit: 'time', backfill: BACKFILL }]);
    expect(named('extract').sort((a, b) => (a.runId < b.runId ? -1 : 1))).toEqual([3, 4, 5, 12].map((n) => (
      { runId: `${ID}-00${n < 10 ? `0${n}` : n}`, scheduledTime: TIME, backfill: { from: `from-${n}`, to: `to-${n}` } })));
    expect(named('aws-sdk:s3:putObject')[0].Key).toBe(`_executions/orders/${ID}.json`);
    expect(names.filter((name) => !['extract', 'lineage'].includes(name))).toEqual([
      'planBackfill', 'aws-sdk:s3:putObject', 'sumUpBackfill', 'inspect', 'athena:startQueryExecution.sync', 'events:putEvents', 'aws-sdk:cloudwatch:putMetricData',
    ]);
  });

  test('with no window left does what follows', async () => {
    const { outcome, names } = await run(start, { planBackfill: () => ({ ...PLANNED, windows: [] }) });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(names).not.toContain('extract');
    expect(names).toContain('inspect');
  });

  test('notes why a window failed, reads the others, and fails by what is missing, with the input to start it again', async () => {
    const problem = '1 of 12 windows are not read';
    const broken: Answer = ({ runId }) => (runId.endsWith('4') ? fails('HTTP_500', 'the API said "no"')() : resultOf(runId));
    const { outcome, named, names } = await run(start, { extract: broken, sumUpBackfill: () => ({ problem }) });
    expect(named('extract')).toHaveLength(4);
    const [, note] = named('aws-sdk:s3:putObject');
    expect(note).toMatchObject({ Bucket: 'lake', Key: `_backfills/orders/${ID}/${ID}-0004.json`, Body: { error: 'HTTP_500', cause: 'the API said "no"' } });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BACKFILL_INCOMPLETE', cause: expect.stringContaining(problem) });
    expect(names).not.toContain('inspect');
    expect(named('sns:publish')[0].Message).toContain(`--input '${JSON.stringify(start)}'`);
  });

  test('leaves the other windows alone when more than a quarter of them fail, and still says what is missing', async () => {
    const { outcome, named } = await run(start, { extract: fails('HTTP_500', 'down'), sumUpBackfill: () => ({ problem: 'all are missing' }) });
    expect(named('extract').length).toBeLessThan(4);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BACKFILL_INCOMPLETE', cause: expect.stringContaining('all are missing') });
  });

  test('that cannot be planned ends before anything runs, and tells nobody else', async () => {
    const { outcome, names } = await run(start, { planBackfill: fails('BACKFILL_INVALID', 'to: got "x"; write a time') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BACKFILL_INVALID', cause: 'to: got "x"; write a time' });
    expect(names).toEqual(['planBackfill']);
  });

  test('of a source that cannot be asked for a part is refused', async () => {
    const { outcome, names } = await run(start, {}, { backfill: undefined });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BACKFILL_UNSUPPORTED', cause: expect.stringContaining('source orders') });
    expect(names).toEqual([]);
  });

  test('that another execution has brought to its end does nothing', async () => {
    const { outcome, names } = await run(start, {
      'aws-sdk:s3:putObject': fails('S3.S3Exception', '412'),
      'aws-sdk:s3:getObject': () => ({ Body: JSON.stringify({ executionArn: 'other' }), ETag: '"7"' }),
      'aws-sdk:sfn:describeExecution': () => ({ Status: 'SUCCEEDED' }),
    });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { runId: ID, alreadyStarted: true, heldBy: 'other' } });
    expect(names).not.toContain('extract');
  });
});

describe('a replay', () => {
  const start = { source: 'orders', replay: 'run-7' };

  test('does what follows the extraction of the stored run, and asks the API for nothing', async () => {
    const { outcome, names, named } = await run(start);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { runId: 'run-7', result: { records: 5 } } });
    expect(names).toEqual([
      'findRun', 'aws-sdk:s3:putObject', 'lineage', 'inspect', 'athena:startQueryExecution.sync', 'events:putEvents', 'lineage', 'aws-sdk:cloudwatch:putMetricData',
    ]);
    expect(named('lineage').map(({ source }) => [source.source, source.url])).toEqual([['orders', undefined], ['orders', undefined]]);
  });

  test.each(['SUCCEEDED', 'FAILED'])('takes over a run that has %s', async (Status) => {
    let tries = 0;
    const { outcome, named } = await run(start, {
      'aws-sdk:s3:putObject': () => (tries++ === 0 ? fails('S3.S3Exception', '412')() : { ETag: '"8"' }),
      'aws-sdk:s3:getObject': () => ({ Body: JSON.stringify({ executionArn: 'other' }), ETag: '"7"' }),
      'aws-sdk:sfn:describeExecution': () => ({ Status }),
    });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(named('aws-sdk:s3:putObject')[1]).toMatchObject({ IfMatch: '"7"' });
    expect(named('inspect')).toHaveLength(1);
  });

  test('of a run that is under way leaves it alone', async () => {
    const { outcome, named } = await run(start, {
      'aws-sdk:s3:putObject': fails('S3.S3Exception', '412'),
      'aws-sdk:s3:getObject': () => ({ Body: JSON.stringify({ executionArn: 'other' }), ETag: '"7"' }),
      'aws-sdk:sfn:describeExecution': () => ({ Status: 'RUNNING' }),
    });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { alreadyStarted: true } });
    expect(named('inspect')).toEqual([]);
  });

  test('of a run that is not there ends before anything runs', async () => {
    const { outcome, names } = await run(start, { findRun: fails('RUN_GONE', '2 of the 3 objects are gone') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RUN_GONE', cause: '2 of the 3 objects are gone' });
    expect(names).toEqual(['findRun']);
  });
});

test.each([
  { backfill: BACKFILL, replay: 'run-7' }, { backfill: BACKFILL, runId: 'mine' }, { replay: 'run-7', runId: 'mine' },
])('%j contradicts itself', async (input) => {
  const { outcome, names } = await run({ source: 'orders', ...input });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'INPUT_INVALID', cause: expect.stringContaining('one of runId, backfill and replay') });
  expect(names).toEqual([]);
});
