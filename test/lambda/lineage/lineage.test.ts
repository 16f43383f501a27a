import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import type { RunEvent } from '../../../lambda/lineage/events/open-lineage';
import { createHandler } from '../../../lambda/lineage/handler';
import { ExecutionEnded, LineageConfig, LineageRequest, LineageSinkSpec } from '../../../src/spec/lineage-spec';
import { openLineageErrors, schemasAreHere } from '../../support/open-lineage-schemas';
import { AwsAnswer, startScriptedAws } from '../../support/scripted-aws';
import { FakeSecretsManager } from '../../support/secrets-manager-server';
import { BUCKET, TestLake } from '../../support/test-lake';

const EXECUTION = 'arn:aws:states:eu-west-1:111122223333:execution:Users:run-1';
const START: LineageRequest = {
  eventType: 'START',
  source: {
    source: 'users',
    url: 'https://api.example.com/v1/users',
    database: 'users_db',
    table: 'users',
    bucket: BUCKET,
    prefix: 'raw/users/',
    transforms: [{ name: 'by_country', table: 'by_country', inputs: ['users'], query: 'SELECT country, min(joined) AS first, if(age > 17, age) AS adult FROM users WHERE age > 12 GROUP BY 1, 3' }],
  },
  run: { runId: '20261123T080000Z', executionArn: EXECUTION, startedAt: '2026-11-23T08:00:01.000Z', scheduledTime: '2026-11-23T08:00:00Z' },
};
const COMPLETE: LineageRequest = {
  ...START,
  eventType: 'COMPLETE',
  timeline: [
    { step: 'extract', endedAt: '2026-11-23T08:00:05.000Z' },
    { step: 'catalogue', endedAt: '2026-11-23T08:00:07.000Z' },
    { step: 'quality', endedAt: '2026-11-23T08:00:09.000Z' },
    { step: 'transforms', endedAt: '2026-11-23T08:00:12.000Z' },
  ],
  result: { records: 2000, bytes: 71_000, parts: 1, partition: 'ingestion_date=2026-11-23' },
  quality: [
    { name: 'isUnique(login.uuid)', level: 'ERROR', passed: true, actual: '0', expected: '0 duplicates', column: 'login.uuid' },
    { name: 'rowCount(>= 3000)', level: 'WARN', passed: false, actual: '2000' },
  ],
};
const FAIL: LineageRequest = {
  ...COMPLETE,
  eventType: 'FAIL',
  timeline: COMPLETE.timeline!.slice(0, 2),
  error: { step: 'quality', error: 'QualityGateFailed', cause: 'isUnique(login.uuid): 3 duplicates' },
};

let lake: TestLake;
const open: { close(): unknown }[] = [];

beforeEach(async () => {
  lake = await TestLake.start();
  open.push(lake);
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) {
    await each.close();
  }
});

const ENVIRONMENT = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1', POWERTOOLS_DEV: 'false' };

/** The function as Lambda starts it; the SDK finds its endpoints in the process's environment. */
function startFunction(sinks: LineageSinkSpec[] = [], bucket = BUCKET): ReturnType<typeof createHandler> {
  const config: LineageConfig = { namespace: 'Test', pipeline: 'Users', glueNamespace: 'arn:aws:glue:eu-west-1:111122223333', region: 'eu-west-1', sinks };
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_S3: lake.endpoint });
  return createHandler({ DATA_BUCKET_NAME: bucket, LINEAGE_CONFIG: JSON.stringify(config) });
}

/** A receiver on loopback that answers what `status` says, and what it got. */
async function receiver(status: () => number = () => 201): Promise<{ url: string; got: { event: RunEvent; authorization?: string }[] }> {
  const got: { event: RunEvent; authorization?: string }[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const answer = status();
    if (answer < 300) {
      got.push({ event: JSON.parse(Buffer.concat(chunks).toString()) as RunEvent, authorization: request.headers.authorization });
    }
    response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); } });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/lineage`, got };
}

const stored = (): RunEvent[] => lake.keys('_lineage').map((key) => JSON.parse(lake.read(key).toString()) as RunEvent);
const short = ({ eventType, job, eventTime }: RunEvent) => `${eventTime.slice(11, 19)} ${job.name} ${eventType}`;

test('a run that ends well tells each step with its own times, below the run', async () => {
  const handler = startFunction();
  expect(await handler(START)).toEqual({ events: 1, failures: [] });
  expect(await handler(COMPLETE)).toEqual({ events: 9, failures: [] });
  const events = stored();
  expect(events.filter(({ job }) => job.name !== 'Users.users').map(short).sort()).toEqual([
    '08:00:01 Users.users.extract START',
    '08:00:05 Users.users.catalogue START',
    '08:00:05 Users.users.extract COMPLETE',
    '08:00:07 Users.users.catalogue COMPLETE',
    '08:00:07 Users.users.quality START',
    '08:00:09 Users.users.quality COMPLETE',
    '08:00:09 Users.users.transform.by_country START',
    '08:00:12 Users.users.transform.by_country COMPLETE',
  ]);
  expect(events.filter(({ job }) => job.name === 'Users.users').map(({ eventType }) => eventType).sort()).toEqual(['COMPLETE', 'START']);
  const parents = events.map(({ run }) => run.facets.parent as unknown as undefined | { run: { runId: string } });
  const [runId] = events.filter(({ job }) => job.name === 'Users.users').map(({ run }) => run.runId);
  expect(new Set(parents.filter((parent) => parent !== undefined).map((parent) => parent!.run.runId))).toEqual(new Set([runId]));
});

test('datasets have the names that the naming specification gives them', async () => {
  const handler = startFunction();
  await handler(START);
  await handler(COMPLETE);
  const extract = stored().find(({ job, eventType }) => job.name.endsWith('.extract') && eventType === 'COMPLETE')!;
  expect(extract.inputs).toEqual([{ namespace: 'https://api.example.com', name: '/v1/users' }]);
  const [raw] = extract.outputs;
  expect(raw).toMatchObject({ namespace: 'awsathena://athena.eu-west-1.amazonaws.com', name: 'AwsDataCatalog.users_db.users' });
  expect(raw!.facets!.symlinks!.identifiers).toEqual([
    { namespace: 'arn:aws:glue:eu-west-1:111122223333', name: 'table/users_db/users', type: 'TABLE' },
    { namespace: 's3://lake', name: 'raw/users', type: 'LOCATION' },
  ]);
  expect(raw!.outputFacets!.outputStatistics).toMatchObject({ rowCount: 2000, size: 71_000, fileCount: 1 });
});

test('a curated column is traced to the columns it is made from', async () => {
  const handler = startFunction();
  await handler(START);
  await handler(COMPLETE);
  const transform = stored().find(({ job, eventType }) => job.name.endsWith('.by_country') && eventType === 'COMPLETE')!;
  expect(transform.job.facets.sql).toMatchObject({ query: START.source.transforms[0]!.query });
  const field = (name: string, ...parts: string[]) => ({
    namespace: 'awsathena://athena.eu-west-1.amazonaws.com',
    name: 'AwsDataCatalog.users_db.users',
    field: name,
    transformations: parts.map((part) => ({ type: part.split(' ')[0], subtype: part.split(' ')[1], masking: false })),
  });
  const { fields, dataset } = transform.outputs[0]!.facets!.columnLineage!;
  expect(fields).toEqual({
    country: { inputFields: [field('country', 'DIRECT IDENTITY')] },
    first: { inputFields: [field('joined', 'DIRECT AGGREGATION')] },
    adult: { inputFields: [field('age', 'INDIRECT CONDITIONAL', 'DIRECT TRANSFORMATION')] },
  });
  expect(dataset).toEqual([field('age', 'INDIRECT FILTER', 'INDIRECT GROUP_BY'), field('country', 'INDIRECT GROUP_BY')]);
});

test('the rules of the gate stand as assertions on the table they judged', async () => {
  const handler = startFunction();
  await handler(START);
  await handler(COMPLETE);
  const gate = stored().find(({ job, eventType }) => job.name.endsWith('.quality') && eventType === 'COMPLETE')!;
  expect(gate.inputs[0]!.inputFacets!.dataQualityAssertions!.assertions).toEqual([
    { assertion: 'isUnique(login.uuid)', success: true, severity: 'error', column: 'login.uuid', expected: '0 duplicates', actual: '0' },
    { assertion: 'rowCount(>= 3000)', success: false, severity: 'warn', actual: '2000' },
  ]);
});

test('a run that fails tells the step that failed, and nothing of those behind it', async () => {
  const handler = startFunction();
  await handler(START);
  await handler(FAIL);
  const events = stored();
  expect(events.map(({ job }) => job.name)).not.toContain('Users.users.transform.by_country');
  const failed = events.filter(({ eventType }) => eventType === 'FAIL');
  expect(failed.map(({ job }) => job.name).sort()).toEqual(['Users.users', 'Users.users.quality']);
  failed.forEach(({ run }) => expect(run.facets.errorMessage!.message).toBe('quality: QualityGateFailed: isUnique(login.uuid): 3 duplicates'));
});

test('a run has one terminal event: the first one, whatever is told later', async () => {
  const marquez = await receiver();
  const handler = startFunction([{ type: 'http', url: marquez.url }]);
  await handler(START);
  await handler(COMPLETE);
  await handler(FAIL);
  expect(stored().filter(({ job, eventType }) => job.name === 'Users.users' && eventType !== 'START').map(({ eventType }) => eventType)).toEqual(['COMPLETE']);
  // The receiver saw it again, to the last byte: it upserts by run and type.
  const ends = marquez.got.filter(({ event }) => event.job.name === 'Users.users' && event.eventType !== 'START').map(({ event }) => event);
  expect(ends).toHaveLength(2);
  expect(ends[0]).toEqual(ends[1]);
});

test('an execution that a person aborted is told by what its START said', async () => {
  const handler = startFunction();
  const aborted: ExecutionEnded = {
    detail: { executionArn: EXECUTION, status: 'ABORTED', input: '{"source":"users"}', stopDate: Date.parse('2026-11-23T08:01:00Z'), cause: 'stopped by hand' },
  };
  expect(await handler(aborted)).toEqual({ events: 0, failures: [] }); // it never began
  await handler(START);
  expect(await handler(aborted)).toEqual({ events: 1, failures: [] });
  const end = stored().find(({ eventType }) => eventType === 'ABORT')!;
  expect(short(end)).toBe('08:01:00 Users.users ABORT');
  expect(end.run.facets.errorMessage!.message).toBe('the execution ended as ABORTED: stopped by hand');
});

test('a lake that is away is named, and never fails the run', async () => {
  const handler = startFunction([], 'gone');
  expect((await handler(START)).failures.map(({ sink }) => sink)).toEqual(['lake']);
});

describe('a sink', () => {
  test('gets the events in order, with the token of its secret', async () => {
    const secrets = await FakeSecretsManager.start({ 'arn:secret': '{"token":"t-123"}' });
    open.push(secrets);
    const marquez = await receiver();
    const handler = startFunction([{ type: 'http', url: marquez.url, secretArn: 'arn:secret', secretField: 'token' }]);
    await handler(START);
    await handler(COMPLETE);
    expect(marquez.got[0]!.event.eventType).toBe('START');
    expect(marquez.got.at(-1)!.event).toMatchObject({ eventType: 'COMPLETE', job: { name: 'Users.users' } });
    expect(new Set(marquez.got.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t-123']));
    expect(secrets.asked).toEqual(['arn:secret']);
  });

  test.each([['answers 503', 503], ['redirects', 302]])('that %s is named, and the others get theirs', async (_, status) => {
    const [down, up] = [await receiver(() => status), await receiver()];
    const handler = startFunction([{ type: 'http', url: down.url }, { type: 'http', url: up.url }]);
    const report = await handler(START);
    expect(report.failures.map(({ sink }) => sink)).toEqual([down.url]);
    expect([report.events, up.got.length, down.got.length]).toEqual([1, 1, 0]);
  });

  describe('of AWS', () => {
    const sinks: LineageSinkSpec[] = [{ type: 'eventBridge', busName: 'bus' }, { type: 'dataZone', domainId: 'dzd_1' }];
    const told = async (putEvents: AwsAnswer) => {
      const aws = await startScriptedAws({ PutEvents: () => putEvents, PostLineageEvent: () => ({ body: { id: 'abc' } }) });
      open.push(aws);
      const handler = startFunction(sinks);
      const before = { ...process.env };
      Object.assign(process.env, aws.env);
      try {
        return { report: await handler(START), calls: aws.calls };
      } finally {
        process.env = before;
      }
    };

    test('gets the event as its service wants it', async () => {
      const { report, calls } = await told({ body: { FailedEntryCount: 0, Entries: [{ EventId: '1' }] } });
      expect(report).toEqual({ events: 1, failures: [] });
      const [event] = stored();
      const put = calls.find(({ operation }) => operation === 'PutEvents')!.input.Entries[0];
      expect(put).toMatchObject({ EventBusName: 'bus', Source: 'cdk-data-lake-pipeline', DetailType: 'OpenLineage RunEvent' });
      expect(JSON.parse(put.Detail)).toEqual(event);
      expect(calls.find(({ operation }) => operation === 'PostLineageEvent')!.input).toMatchObject({ domain: 'dzd_1', event });
    });

    test('that takes the call and not the entry is named', async () => {
      const { report } = await told({ body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }] } });
      expect(report.failures).toEqual([{ sink: 'EventBridge bus', message: 'InternalFailure: later' }]);
    });
  });

  test('that nobody answers at is named; the lake has the event', async () => {
    const handler = startFunction([{ type: 'http', url: 'http://127.0.0.1:9/api' }, { type: 'eventBridge', busName: 'bus' }]);
    process.env.AWS_ENDPOINT_URL_EVENTBRIDGE = 'http://127.0.0.1:9';
    const report = await handler(START);
    delete process.env.AWS_ENDPOINT_URL_EVENTBRIDGE;
    expect(report.failures.map(({ sink }) => sink)).toEqual(['http://127.0.0.1:9/api', 'EventBridge bus']);
    expect(stored()).toHaveLength(1);
  });
});

(schemasAreHere ? test : test.skip)('every event and facet is valid by the official schemas (skipped where they are not beside the checkout)', async () => {
  const handler = startFunction();
  await handler(START);
  await handler(COMPLETE);
  const other = { ...START.run, executionArn: `${EXECUTION}-2` };
  await handler({ ...START, run: other });
  await handler({ ...FAIL, run: other });
  const events = stored();
  expect(events).toHaveLength(10 + 8);
  expect(events.flatMap(openLineageErrors)).toEqual([]);
  // And the schemas do find what is wrong.
  expect(openLineageErrors({ ...events[0], eventType: 'DONE' })).not.toEqual([]);
  expect(openLineageErrors({ ...events[0], run: { runId: 'x' } })).not.toEqual([]);
});
