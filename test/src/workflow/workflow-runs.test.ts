import { CrawlPlan, SourcePlan } from '../../../src/spec';
import { DefinitionParts, workflowDefinition } from '../../../src/workflow/definition';
import { EXECUTION_ARN, runWorkflow, TaskCall, TaskError } from '../../support/run-workflow';

const PLAN: SourcePlan = {
  source: 'users',
  functionArn: 'fn',
  logGroup: '/aws/lambda/users',
  database: 'db',
  table: 'users',
  bucket: 'lake',
  prefix: 'raw/users/',
  workgroup: 'pipeline',
  catalogue: { strategy: 'crawlOnSchemaChange', crawlerName: 'users-crawler', addPartition: "ADD PARTITION '{{ingestion_date}}' -- {{run_id}}" },
  transforms: [],
};

const RESULT = { source: 'users', done: true, pages: 4, records: 40, partition: 'ingestion_date=2026-11-23', schemaHash: 'h', schemaChanged: false };
const SUCCEEDED = { State: 'READY', LastCrawl: { StartTime: '2026-11-23T15:50:00Z', Status: 'SUCCEEDED' } };

type Answers = Record<string, (args: any, nth: number) => unknown>;

/** Runs the workflow of the plan over answers by task, or by the catalogue function's action. */
async function run(answers: Answers = {}, input: object = { source: 'users' }, plan: Partial<SourcePlan> = {}, parts: Partial<DefinitionParts> = {}) {
  const definition = workflowDefinition({ partition: 'aws', pipelineName: 'App/Users', catalogFunctionArn: 'catalog', topicArn: 'topic', plans: [{ ...PLAN, ...plan }], ...parts });
  const asked = new Map<string, number>();
  return runWorkflow(definition, input, (call: TaskCall) => {
    const name = call.args.FunctionName === 'catalog' ? call.args.Payload.action : call.args.FunctionName === 'lineage' ? 'lineage' : call.task;
    const nth = asked.get(name) ?? 0;
    asked.set(name, nth + 1);
    const answer = answers[name] ?? DEFAULTS[name];
    if (answer === undefined) {
      throw new Error(`unexpected ${name}`);
    }
    return answer(call.args, nth);
  });
}

const payload = (Payload: object) => ({ Payload });
const fails = (error: string, cause?: string) => () => {
  throw new TaskError(error, cause);
};

const DEFAULTS: Answers = {
  'aws-sdk:s3:putObject': () => ({ ETag: '"1"' }),
  'lambda:invoke': ({ Payload: { runId } }) => payload({ ...RESULT, runId }),
  'inspect': () => payload({ hasData: true, current: true }),
  'reconcile': () => payload({ added: [], changed: [], partitions: 0 }),
  'athena:startQueryExecution.sync': () => ({}),
  'aws-sdk:glue:startCrawler': () => ({}),
  'aws-sdk:glue:getCrawler': (_args, nth) => ({ Crawler: nth === 0 ? { State: 'READY' } : SUCCEEDED }),
  'events:putEvents': () => ({ FailedEntryCount: 0 }),
  'sns:publish': () => ({ MessageId: '1' }),
  'aws-sdk:cloudwatch:putMetricData': () => ({}),
};

const METRICS = 'aws-sdk:cloudwatch:putMetricData';

/** What a run did, its metrics aside. */
const tasksOf = ({ calls }: { calls: readonly TaskCall[] }) => calls.filter(({ task }) => task !== METRICS).map(({ task, args }) => (args.FunctionName === 'catalog' ? args.Payload.action : task));

test('a run claims, extracts, adds the partition and tells of it', async () => {
  const outcome = await run();
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { source: 'users', result: { records: 40 } } });
  expect(tasksOf(outcome)).toEqual(['aws-sdk:s3:putObject', 'lambda:invoke', 'inspect', 'athena:startQueryExecution.sync', 'events:putEvents']);
  const [, , , athena, events] = outcome.calls;
  expect(athena.args).toMatchObject({ QueryString: `ADD PARTITION '2026-11-23' -- ${outcome.output.runId}`, WorkGroup: 'pipeline' });
  expect(events.args.Entries[0].Detail).toMatchObject({ source: 'users', partition: 'ingestion_date=2026-11-23', records: 40 });
});

describe('the identity of a run', () => {
  const runIdOf = async (input: object) => (await run({}, { source: 'users', ...input })).variables.run.runId;

  test('is the one that was given', async () => {
    expect(await runIdOf({ runId: 'redo-1' })).toBe('redo-1');
  });

  test('is its scheduled time, in whatever zone it is written', async () => {
    expect(await runIdOf({ scheduledTime: '2026-11-23T15:48:00Z' })).toBe('20261123T154800Z');
    expect(await runIdOf({ scheduledTime: '2026-11-23T16:48:00+01:00' })).toBe('20261123T154800Z');
  });

  test('is made from the start and the name of an execution without either', async () => {
    expect(await runIdOf({})).toMatch(/^20261123T154801Z-[0-9a-f]{6}$/);
  });

  test.each([{ runId: 'a/b' }, { runId: 7 }, { runId: '' }, { scheduledTime: 'today' }, { scheduledTime: '2026-11-23' }])('%j is refused', async (input) => {
    const outcome = await run({}, { source: 'users', ...input });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'INPUT_INVALID', calls: [] });
    expect(outcome.cause).toContain(JSON.stringify(input).slice(1, -1));
  });

  test.each([{ source: 'orders' }, {}])('%j names no source', async (input) => {
    expect(await run({}, input)).toMatchObject({ status: 'FAILED', error: 'SOURCE_UNKNOWN', cause: expect.stringContaining('one of: users'), calls: [] });
  });
});

describe('the claim', () => {
  const TAKEN = fails('S3.S3Exception', 'At least one of the pre-conditions you specified did not hold (Service: S3, Status Code: 412)');
  const claimOf = (executionArn: string) => () => ({ Body: JSON.stringify({ executionArn }), ETag: '"7"' });
  const heldBy = (status: string): Answers => ({
    'aws-sdk:s3:putObject': (args) => (args.IfMatch === '"7"' ? {} : TAKEN()),
    'aws-sdk:s3:getObject': claimOf('other'),
    'aws-sdk:sfn:describeExecution': () => ({ Status: status }),
  });

  test('is written under the run id, and only when there is none', async () => {
    const { calls: [claim] } = await run({}, { source: 'users', runId: 'one' });
    expect(claim.args).toEqual({
      Bucket: 'lake', Key: '_executions/users/one.json', Body: { executionArn: EXECUTION_ARN }, ContentType: 'application/json', IfNoneMatch: '*',
    });
  });

  test.each(['RUNNING', 'SUCCEEDED', 'PENDING_REDRIVE'])('held by an execution that is %s ends this one, and nothing is extracted', async (status) => {
    const outcome = await run(heldBy(status));
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { alreadyStarted: true, heldBy: 'other' } });
    expect(tasksOf(outcome)).not.toContain('lambda:invoke');
  });

  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'])('held by an execution that is %s is taken over', async (status) => {
    const outcome = await run(heldBy(status));
    expect(outcome.status).toBe('SUCCEEDED');
    expect(tasksOf(outcome)).toContain('lambda:invoke');
  });

  test('of a forgotten execution is taken over', async () => {
    const outcome = await run({ ...heldBy(''), 'aws-sdk:sfn:describeExecution': fails('Sfn.ExecutionDoesNotExistException') });
    expect(tasksOf(outcome)).toContain('lambda:invoke');
  });

  test('whose own answer was lost is found to be this execution\'s', async () => {
    const outcome = await run({ 'aws-sdk:s3:putObject': TAKEN, 'aws-sdk:s3:getObject': claimOf(EXECUTION_ARN) });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(tasksOf(outcome)).not.toContain('aws-sdk:sfn:describeExecution');
  });

  test('that cannot be written fails the run with the reason of the write', async () => {
    const outcome = await run({
      'aws-sdk:s3:putObject': fails('S3.S3Exception', 'Access Denied'), 'aws-sdk:s3:getObject': fails('S3.NoSuchKeyException', 'not there'),
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'S3.S3Exception', cause: expect.stringContaining('Access Denied') });
    expect(tasksOf(outcome)).not.toContain('lambda:invoke');
  });

  test('lost to another one at the moment of taking it over is a failure', async () => {
    expect(await run({ ...heldBy('FAILED'), 'aws-sdk:s3:putObject': TAKEN })).toMatchObject({ status: 'FAILED', error: 'S3.S3Exception' });
  });
});

describe('the extraction', () => {
  const invocations = (...results: object[]): Answers => ({
    'lambda:invoke': ({ Payload: { runId } }, nth) => payload({ ...RESULT, runId, done: false, ...results[nth] }),
  });

  test('goes on until it is done, under one run id and time', async () => {
    const outcome = await run(invocations({ pages: 1 }, { pages: 2 }, { pages: 3, done: true }), { source: 'users', scheduledTime: '2026-11-23T15:48:00Z' });
    expect(outcome.status).toBe('SUCCEEDED');
    const sent = outcome.calls.filter(({ task, args }) => task === 'lambda:invoke' && args.FunctionName === 'fn').map(({ args }) => args.Payload);
    expect(sent).toEqual(Array(3).fill({ runId: '20261123T154800Z', scheduledTime: '2026-11-23T15:48:00Z' }));
  });

  test('waits as long as the API asked, even if no page came', async () => {
    const outcome = await run(invocations(...Array(5).fill({ pages: 1, retryAfterSeconds: 90.5 }), { done: true }));
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.waits).toEqual([91, 91, 91, 91, 91]);
  });

  test('that brings no page further is given up', async () => {
    const outcome = await run(invocations({ pages: 2 }, { pages: 2 }, { pages: 2 }, { pages: 2 }, { pages: 2 }));
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'NO_PROGRESS', cause: expect.stringContaining('page 2') });
    expect(outcome.calls.filter(({ args }) => args.FunctionName === 'fn')).toHaveLength(4);
  });

  test.each(['BUSY', 'FENCED', 'Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Runtime.ExitError'])('%s is tried again', async (error) => {
    const outcome = await run({ 'lambda:invoke': ({ Payload: { runId } }, nth) => (nth < 2 ? fails(error)() : payload({ ...RESULT, runId })) });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.waits).toHaveLength(2);
  });

  test('waits half an hour for another run of the source, not for ever', async () => {
    const outcome = await run({ 'lambda:invoke': fails('BUSY', '{"errorType":"BUSY","errorMessage":"run \\"x\\" reads"}') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'BUSY', cause: expect.stringContaining('run "x" reads') });
    const seconds = outcome.waits.reduce((sum, one) => sum + one, 0);
    expect(seconds).toBeGreaterThan(1800);
    expect(seconds).toBeLessThan(2700);
  });

  test('of a function of one\'s own needs to answer no more than five facts', async () => {
    const outcome = await run({
      'lambda:invoke': ({ Payload: { runId } }, nth) => payload({ runId, done: nth > 4, records: nth, bytes: 7, partition: 'ingestion_date=2026-11-23' }),
    });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { result: { source: 'users', records: 5, pages: 0, schemaChanged: true } } });
  });

  test.each([[null], ['done'], [{}], [{ runId: 'another' }], [{ done: 'yes' }], [{ partition: "ingestion_date=x' OR" }]])('%j is no run result', async (answer) => {
    const whole = (runId: string) => ({ ...RESULT, runId, ...answer as object });
    const outcome = await run({ 'lambda:invoke': ({ Payload: { runId } }) => ({ Payload: Object.keys(Object(answer)).length > 0 && typeof answer !== 'string' ? whole(runId) : answer }) });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'RESULT_INVALID' });
    expect(outcome.calls.filter(({ args }) => args.FunctionName === 'fn')).toHaveLength(1);
  });

  test('an error of the source is not tried again', async () => {
    const outcome = await run({ 'lambda:invoke': fails('HTTP_401', '{"errorMessage":"no","errorType":"HTTP_401"}') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'HTTP_401', waits: [] });
  });
});

describe('the catalogue', () => {
  const BEHIND: Answers = { inspect: () => payload({ hasData: true, current: false }) };
  const crawlers = (...crawls: object[]): Answers => ({ ...BEHIND, 'aws-sdk:glue:getCrawler': (_args, nth) => ({ Crawler: crawls[Math.min(nth, crawls.length - 1)] }) });
  const ALWAYS = { catalogue: { ...PLAN.catalogue as CrawlPlan, strategy: 'crawlAlways' as const } };
  const BEFORE = { State: 'READY', LastCrawl: { StartTime: '2026-11-22T00:00:00Z', Status: 'SUCCEEDED' } };

  test('is crawled when the table is behind, for the first time too, then what was missed is added', async () => {
    const outcome = await run(BEHIND);
    expect(outcome.status).toBe('SUCCEEDED');
    expect(tasksOf(outcome).slice(2, -1)).toEqual(['inspect', 'aws-sdk:glue:getCrawler', 'aws-sdk:glue:startCrawler', 'aws-sdk:glue:getCrawler', 'reconcile']);
  });

  test('is crawled always when told so', async () => {
    const outcome = await run({}, undefined, ALWAYS);
    expect(tasksOf(outcome)).toContain('aws-sdk:glue:startCrawler');
  });

  test('is only looked at when the template declares it, and what it does not show is a warning of the run', async () => {
    const answers = { compare: () => payload({ warnings: ['late is stored and not declared'] }) };
    const explicit = { catalogue: { strategy: 'explicit' as const } };
    const outcome = await run(answers, undefined, explicit);
    expect(tasksOf(outcome).slice(2)).toEqual(['compare', 'events:putEvents']);
    expect(outcome.output.result.warnings).toEqual(['late is stored and not declared']);
    const both = await run({ ...answers, 'lambda:invoke': () => payload({ ...RESULT, runId: '20261123T154801Z-000000', warnings: ['slow'] }) }, { source: 'users', runId: '20261123T154801Z-000000' }, explicit);
    expect(both.output.result.warnings).toEqual(['slow', 'late is stored and not declared']);
    expect((await run({ compare: () => payload({ warnings: [] }) }, undefined, explicit)).output.result.warnings).toEqual([]);
  });

  test('is left alone while nothing is stored', async () => {
    const outcome = await run({ inspect: () => payload({ hasData: false, current: false }) }, undefined, ALWAYS);
    expect(tasksOf(outcome).slice(2)).toEqual(['inspect', 'events:putEvents']);
  });

  test('waits until the crawl ends, whatever Glue still shows of the one before', async () => {
    const outcome = await run(crawlers(BEFORE, BEFORE, { ...BEFORE, State: 'RUNNING' }, { ...BEFORE, State: 'STOPPING' }, SUCCEEDED));
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.waits).toEqual([15, 15, 15, 15]);
  });

  test('waits for a crawl under way, which may have passed the new objects, and crawls again', async () => {
    const outcome = await run({
      ...crawlers({ State: 'RUNNING' }, BEFORE, SUCCEEDED),
      'aws-sdk:glue:startCrawler': (_args, nth) => (nth === 0 ? fails('Glue.CrawlerRunningException')() : {}),
    });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(tasksOf(outcome).filter((task) => task === 'aws-sdk:glue:startCrawler')).toHaveLength(2);
  });

  test('waits four hours for the crawl of another, and says how to look at it and to end it', async () => {
    const outcome = await run({ ...crawlers({ State: 'RUNNING' }), 'aws-sdk:glue:startCrawler': fails('Glue.CrawlerRunningException') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'CRAWL_TIMEOUT', cause: expect.stringMatching(/get-crawler --name users-crawler, .* stop-crawler --name users-crawler$/) });
    expect(outcome.waits.reduce((sum, seconds) => sum + seconds)).toBe(4 * 3600);
    expect(outcome.path).not.toContain('Follow the crawl');
    // Step Functions ends an execution with 25,000 events; a state has at most five.
    expect(outcome.path.length * 5).toBeLessThan(25_000);
  });

  test('what it waited for another is not waited for its own crawl again', async () => {
    const outcome = await run({
      ...crawlers({ State: 'RUNNING' }),
      'aws-sdk:glue:startCrawler': (_args, nth) => (nth < 900 ? fails('Glue.CrawlerRunningException')() : {}),
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'CRAWL_TIMEOUT' });
    expect(outcome.waits.reduce((sum, seconds) => sum + seconds)).toBe(4 * 3600);
    expect(outcome.path.filter((name) => name === 'Follow the crawl')).toHaveLength(60);
  });

  test.each([[{ Status: 'FAILED', ErrorMessage: 'Access denied' }, 'Access denied'], [{ Status: 'CANCELLED' }, 'Glue gives no reason'], [{}, 'UNKNOWN']])(
    'a crawl that ended with %j fails the run', async (crawl, why) => {
      const outcome = await run(crawlers(BEFORE, { State: 'READY', LastCrawl: { StartTime: '2026-11-23T15:50:00Z', ...crawl } }));
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'CRAWL_FAILED', cause: expect.stringContaining(why) });
    });

  test('a crawl that Glue never shows fails the run', async () => {
    expect(await run(crawlers(BEFORE))).toMatchObject({ status: 'FAILED', error: 'CRAWL_FAILED', cause: expect.stringContaining('shows no crawl') });
  });

  test('a query that fails is tried again, then told by its reason', async () => {
    const outcome = await run({
      'athena:startQueryExecution.sync': fails('States.TaskFailed', '{"QueryExecution":{"Status":{"StateChangeReason":"FAILED: no such table","State":"FAILED"}}}'),
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed', cause: expect.stringMatching(/FAILED: no such table$/) });
    expect(outcome.waits).toHaveLength(3);
  });
});

describe('a failure', () => {
  test('is told with source, run, step, cause and the commands to look further', async () => {
    const outcome = await run({ 'lambda:invoke': fails('HTTP_401', '{"errorType":"HTTP_401","errorMessage":"the API said \\"no\\"","trace":["at x"]}') },
      { source: 'users', scheduledTime: '2026-11-23T15:48:00Z' });
    const { args } = outcome.calls.find(({ task }) => task === 'sns:publish')!;
    expect(args).toMatchObject({ TopicArn: 'topic', Subject: 'Run of users failed: extract' });
    expect(args.Message.split('\n')).toEqual([
      'Source:  users',
      'Run:     20261123T154800Z',
      'Step:    extract',
      'Error:   HTTP_401',
      'Cause:   the API said "no"',
      '',
      `What the workflow did:   aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn ${EXECUTION_ARN}`,
      'What the extractor said: aws logs tail /aws/lambda/users --since 1d',
      'Run it again:            aws stepfunctions start-execution --state-machine-arn arn:aws:states:eu-west-1:111111111111:stateMachine:flow --input '
        + '\'{"source":"users","runId":"20261123T154800Z","scheduledTime":"2026-11-23T15:48:00Z"}\'',
    ]);
    expect(outcome.cause).toBe('step extract of run 20261123T154800Z of source users: the API said "no"');
  });

  test('without a cause, and with nobody to tell, still ends with the step\'s error', async () => {
    const outcome = await run({ 'inspect': fails('States.Timeout'), 'sns:publish': fails('Sns.SnsException') });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Timeout', cause: expect.stringMatching(/^step catalogue .*: no cause was given$/) });
  });

  test('to tell other pipelines is a failure: they wait', async () => {
    expect(await run({ 'events:putEvents': fails('EventBridge.FailedEntry', 'x') })).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('step notice') });
  });
});

describe('lineage', () => {
  const LINEAGE = { lineageFunctionArn: 'lineage' };
  const told = ({ calls }: { calls: readonly TaskCall[] }) => calls.filter(({ args }) => args.FunctionName === 'lineage').map(({ args }) => args.Payload);
  const plan: Partial<SourcePlan> = { url: 'https://api.example.com/users' };

  test('is told at the start and at the end, with when each step was over', async () => {
    const [start, end, ...rest] = told(await run({ lineage: () => payload({}) }, undefined, plan, LINEAGE));
    expect(rest).toEqual([]);
    expect(start).toMatchObject({ eventType: 'START', source: { source: 'users', url: 'https://api.example.com/users', transforms: [] }, run: { executionArn: EXECUTION_ARN } });
    expect(end).toMatchObject({ eventType: 'COMPLETE', result: { records: 40 }, quality: [] });
    expect(end.timeline.map(({ step }: { step: string }) => step)).toEqual(['extract', 'catalogue']);
    end.timeline.forEach(({ endedAt }: { endedAt: string }) => expect(new Date(endedAt).toISOString()).toBe(endedAt));
  });

  test('is told of a failure, with the step and its cause, and what was over before', async () => {
    const outcome = await run({ 'lineage': () => payload({}), 'athena:startQueryExecution.sync': fails('Athena.InvalidRequestException', 'no such table') }, undefined, plan, LINEAGE);
    expect(outcome.status).toBe('FAILED');
    const [, end] = told(outcome);
    expect(end).toMatchObject({ eventType: 'FAIL', error: { step: 'catalogue', cause: 'no such table' } });
    expect(end.timeline.map(({ step }: { step: string }) => step)).toEqual(['extract']);
  });

  test('is told of a failure before any step was over', async () => {
    const [, end] = told(await run({ 'lineage': () => payload({}), 'lambda:invoke': fails('HTTP_401') }, undefined, plan, LINEAGE));
    expect(end).toMatchObject({ eventType: 'FAIL', error: { step: 'extract' }, timeline: [] });
  });

  test('that cannot be told fails no run', async () => {
    expect(await run({ lineage: fails('Lambda.Unknown') }, undefined, plan, LINEAGE)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run({ 'lineage': fails('Lambda.Unknown'), 'events:putEvents': fails('Events.Down') }, undefined, plan, LINEAGE))
      .toMatchObject({ status: 'FAILED', error: 'Events.Down' });
  });
});

describe('metrics', () => {
  const answering = (counts: object): Answers[string] => ({ Payload: { runId } }) => payload({ ...RESULT, runId, ...counts });
  const published = ({ calls }: { calls: readonly TaskCall[] }, by = 'source') => {
    const [{ args: { Namespace, MetricData } }] = calls.filter(({ task }) => task === METRICS);
    expect(Namespace).toBe('CdkDataLakePipeline');
    const named = MetricData.filter(({ Dimensions }: any) => Dimensions.at(-1).Name === by);
    return Object.fromEntries(named.map(({ MetricName, Value }: any) => [MetricName, Value]));
  };

  test('tell by pipeline, and by source, what a run was like', async () => {
    const outcome = await run({ 'lambda:invoke': answering({ records: 30, quarantined: 10 }) });
    for (const by of ['pipeline', 'source']) {
      const told = published(outcome, by);
      expect(told).toMatchObject({ RunsSucceeded: 1, RunsFailed: 0, EmptyRuns: 0, QuarantineRatio: 25, QualityRulesFailed: 0 });
      expect(told.RunDuration).toBeGreaterThan(0);
    }
    expect(outcome.calls.at(-1)!.args.MetricData[0].Dimensions).toEqual([{ Name: 'pipeline', Value: 'App/Users' }]);
  });

  test('of a run that brought nothing', async () => {
    const outcome = await run({ 'lambda:invoke': answering({ records: 0, quarantined: 0 }) });
    expect(published(outcome)).toMatchObject({ EmptyRuns: 1, QuarantineRatio: 0 });
  });

  test('of a run that failed', async () => {
    expect(published(await run({ 'lambda:invoke': fails('HTTP_403') }))).toEqual({ RunsFailed: 1 });
  });

  test('that CloudWatch does not take fail no run, and hide no failure', async () => {
    const down = { [METRICS]: fails('CloudWatch.InternalServiceFaultException') };
    expect(await run(down)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run({ ...down, 'lambda:invoke': fails('HTTP_403') })).toMatchObject({ status: 'FAILED', error: 'HTTP_403' });
  });
});
