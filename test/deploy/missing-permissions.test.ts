import { Duration } from 'aws-cdk-lib';
import { Cloud, describeWithCloud, succeeded } from './support/cloud';
import { DeployedPipeline } from './support/deployed-pipeline';
import { startTokenApi, TokenApi } from './support/token-api';
import { without } from './support/without';
import { Cataloguing, Governance } from '../../src';

const STEP_MS = 120_000;
/** So that every run does all that a run can do. */
const options = { cataloguing: Cataloguing.crawlAlways() };

type Missing = [what: string, action: string, part: RegExp, said: RegExp];
const MISSING: Missing[] = [
  ['the extractor may not write', 's3:PutObject', /ExtractorPolicy/, /ExtractorRole.* is not authorized to perform: s3:PutObject/],
  ['the extractor may not read its secret', 'secretsmanager:GetSecretValue', /ExtractorPolicy/, /secret:Users-Token.* may not be read by the function's role; grant it secretsmanager:GetSecretValue/],
  ['the workflow may not run the extractor', 'lambda:InvokeFunction', /^UsersWorkflow(Policy|Sources)/, /WorkflowRole.* is not authorized to perform: lambda:InvokeFunction/],
  ['the workflow may not crawl', 'glue:StartCrawler', /^UsersWorkflow(Policy|Sources)/, /WorkflowRole.* is not authorized to perform: glue:StartCrawler/],
  ['the workflow may not query', 'athena:StartQueryExecution', /^UsersWorkflow/, /WorkflowRole.* is not authorized to perform: athena:StartQueryExecution/],
  ['the crawler may not have data of Lake Formation', 'lakeformation:GetDataAccess', /^UsersCrawlers/, /CrawlersRole.* is not authorized to perform: lakeformation:GetDataAccess/],
  ['the operator may not start', 'states:StartExecution', /^Operator/, /role\/Users-operator.* is not authorized to perform: states:StartExecution/],
];

describeWithCloud('a stack that lacks a permission', () => {
  let cloud: Cloud;
  let api: TokenApi;
  let pipeline: DeployedPipeline;

  beforeAll(async () => {
    [cloud, api] = await Promise.all([Cloud.start(), startTokenApi()]);
    pipeline = new DeployedPipeline(cloud, { url: api.url, options });
    succeeded(await cloud.bootstrap());
  }, STEP_MS);
  afterAll(async () => {
    await cloud.close();
    await api.close();
  });

  test('is not deployed where the deploying role is no data lake administrator', async () => {
    const stranger = new DeployedPipeline(cloud, { url: api.url, stackName: 'Stranger', options: { governance: Governance.lakeFormation({ dataLakeSettings: false }) } });
    const { code, stdout, stderr } = await stranger.deploy();
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/Insufficient Lake Formation permission\(s\).*no data lake administrator/);
    expect(await stranger.status()).toBe('ROLLBACK_COMPLETE');
  }, STEP_MS);

  // The database has the name of the one before: what that deployment had made is gone with it.
  test('whole, it runs', async () => {
    succeeded(await pipeline.deploy());
    await pipeline.putToken();
    expect(await pipeline.datalake('run')).toMatchObject({ code: 0 });
  }, STEP_MS);

  test.each(MISSING)('fails and says which: %s', async (_what, action, part, said) => {
    succeeded(await pipeline.deploy({ damage: without(action, part) }));
    const { code, answer } = await pipeline.datalake('run');
    expect([code, answer.error.message]).toEqual([1, expect.stringMatching(said)]);
  }, STEP_MS);

  test('whole again, it runs again', async () => {
    succeeded(await pipeline.deploy());
    expect(await pipeline.datalake('run')).toMatchObject({ code: 0 });
  }, STEP_MS);

  test('leaves a dead letter where the schedule may not start it', async () => {
    succeeded(await pipeline.deploy({ every: Duration.minutes(1), damage: without('states:StartExecution', /Schedules/) }));
    const letter = await cloud.decision(({ action, principal }) => action === 'sqs:SendMessage' && principal.includes('SchedulesRole'));
    expect(letter).toMatchObject({ allowed: true });
    expect(cloud.refusals()).toContainEqual(expect.objectContaining({ action: 'states:StartExecution', principal: expect.stringContaining('SchedulesRole') }));
  }, STEP_MS);
});
