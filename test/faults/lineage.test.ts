import { fault, SECRET, SECRET_ARN, Trial } from './support/trial';
import type { RunEvent } from '../../lambda/lineage/events/open-lineage';
import { createHandler } from '../../lambda/lineage/handler';
import { LineageConfig, LineageReport, LineageRequest } from '../../src/spec/lineage-spec';
import { SourcePlan } from '../../src/spec/workflow-plan';
import { workflowDefinition } from '../../src/workflow/definition';
import { HostileServer, json, status } from '../support/hostile-server';
import { runWorkflow, TaskCall, TaskError, WorkflowOutcome } from '../support/run-workflow';
import { BUCKET } from '../support/test-lake';

const PLAN: SourcePlan = {
  source: 'users',
  functionArn: 'extractor',
  logGroup: '/lake/users',
  database: 'db',
  table: 'users',
  bucket: BUCKET,
  prefix: 'raw/users/',
  workgroup: 'pipeline',
  catalogue: { strategy: 'crawlOnSchemaChange', crawlerName: 'users', addPartition: 'ADD PARTITION' },
  transforms: [],
};

const DEFINITION = workflowDefinition({
  partition: 'aws', pipelineName: 'Users', catalogFunctionArn: 'catalog', lineageFunctionArn: 'lineage', topicArn: 'topic', plans: [PLAN],
});

/** The function that tells lineage, to the lake and to one sink that wants a token. */
function lineageFunction(trial: Trial, url: string): (request: LineageRequest) => Promise<LineageReport> {
  const sinks: LineageConfig['sinks'] = [{ type: 'http', url, secretArn: SECRET_ARN }];
  const config: LineageConfig = { namespace: 'Test', pipeline: 'Users', glueNamespace: 'arn:aws:glue:eu-west-1:111122223333', region: 'eu-west-1', sinks };
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3: trial.lake.endpoint, AWS_REGION: 'eu-west-1' });
  return createHandler({ DATA_BUCKET_NAME: BUCKET, LINEAGE_CONFIG: JSON.stringify(config) });
}

/** An execution of the workflow around the trial's extractor and the function; what the function reports is a log of the run. */
async function execute(trial: Trial, runId: string, tell: (request: LineageRequest) => Promise<LineageReport>): Promise<WorkflowOutcome> {
  const reports: string[] = [];
  const tasks = async ({ args }: TaskCall) => {
    switch (args.FunctionName) {
      case 'lineage': {
        const report = await tell(args.Payload as LineageRequest);
        reports.push(JSON.stringify(report));
        return { Payload: report };
      }
      case 'catalog': return { Payload: { hasData: true, current: true } };
      case 'extractor': {
        const { result, error } = await trial.run({ runId: args.Payload.runId as string });
        if (error) {
          throw new TaskError(error.code, error.text);
        }
        return { Payload: result };
      }
      default: return {};
    }
  };
  const outcome = await runWorkflow(DEFINITION, { source: 'users', runId }, tasks);
  const run = trial.outcomes.pop()!;
  trial.outcomes.push({ ...run, logs: [...run.logs, ...reports] });
  return outcome;
}

const told = ({ lake }: Trial): string[] => lake.keys('_lineage')
  .map((key) => JSON.parse(lake.read(key).toString()) as RunEvent)
  .map(({ job, eventType }) => `${job.name} ${eventType}`)
  .sort();

const EVENTS = ['Users.users COMPLETE', 'Users.users START', ...['catalogue', 'extract'].flatMap((step) => [`Users.users.${step} COMPLETE`, `Users.users.${step} START`])];

fault('70 lineage sink down', async (trial) => {
  let answer = 503;
  const sink = await HostileServer.start([(...request) => status(answer)(...request)]);
  trial.onClose(async () => sink.close());
  const tell = lineageFunction(trial, `${sink.origin}/api/v1/lineage`);

  expect(await execute(trial, 'sink-down', tell)).toMatchObject({ status: 'SUCCEEDED', output: { result: { done: true } } });
  expect(trial.outcomes.at(-1)!.logs.join()).toMatch(/HTTP status 503/);
  expect(told(trial)).toEqual(EVENTS);

  answer = 201;
  const before = sink.received.length;
  expect(await execute(trial, 'sink-back', tell)).toMatchObject({ status: 'SUCCEEDED' });
  expect(sink.received.length - before).toBe(EVENTS.length);
  expect(sink.received.at(-1)!.headers.authorization).toBe(`Bearer ${SECRET}`);
  await trial.expectInvariants();
});

fault('70 lineage sink down, nobody listens', async (trial) => {
  const sink = await HostileServer.start([json({})]);
  const tell = lineageFunction(trial, `${sink.origin}/api/v1/lineage`);
  await sink.close();
  expect(await execute(trial, 'nobody', tell)).toMatchObject({ status: 'SUCCEEDED' });
  expect(told(trial)).toEqual(EVENTS);
  await trial.expectInvariants();
});

fault('70 lineage sink down, and the API too', async (trial) => {
  const sink = await HostileServer.start([status(503)]);
  trial.onClose(async () => sink.close());
  trial.api.token = 'another';
  const ended = await execute(trial, 'both', lineageFunction(trial, `${sink.origin}/api/v1/lineage`));
  expect(ended).toMatchObject({ status: 'FAILED', error: 'HTTP_401' });
  expect(told(trial)).toEqual(['Users.users FAIL', 'Users.users START', 'Users.users.extract FAIL', 'Users.users.extract START']);
  await trial.expectInvariants({ error: { code: 'HTTP_401', retryable: false }, repair: async () => { trial.api.token = SECRET; } });
});
