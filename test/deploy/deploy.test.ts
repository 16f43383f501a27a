import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Duration, Size, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import { Cloud, describeWithCloud, succeeded } from './support/cloud';
import { DeployedPipeline } from './support/deployed-pipeline';
import { strangeCalls } from './support/strange-calls';
import { startTokenApi, TokenApi } from './support/token-api';

const STEP_MS = 120_000;

/** The steps of a pipeline's life, in their order: each begins where the one before ended. */
describeWithCloud('a pipeline in an account', () => {
  let cloud: Cloud;
  let api: TokenApi;
  let pipeline: DeployedPipeline;

  beforeAll(async () => {
    [cloud, api] = await Promise.all([Cloud.start(), startTokenApi()]);
    pipeline = new DeployedPipeline(cloud, { url: api.url });
  }, STEP_MS);
  afterAll(async () => {
    const decisions = cloud.decisions();
    console.info(`${cloud.patches.length} patches of ministack; IAM decided ${decisions.length} calls of ${new Set(decisions.map(({ principal }) => principal)).size} `
      + `principals, and refused roles: ${[...new Set(cloud.refusals().map(({ action }) => action))].join(', ')}`);
    await cloud.close();
    await api.close();
  });

  test('an account takes no calls of strangers, and none without TLS', async () => {
    await expect(fetch(cloud.url.replace('https', 'http'))).rejects.toThrow('fetch failed');
    const stranger = new CloudFormationClient({ ...cloud.client, credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' } });
    await expect(stranger.send(new DescribeStacksCommand({}))).rejects.toThrow('security token');
  });

  test('is bootstrapped and deployed by the CDK', async () => {
    succeeded(await cloud.bootstrap());
    succeeded(await pipeline.deploy());
    expect(await pipeline.status()).toBe('CREATE_COMPLETE');
    await pipeline.putToken();
  }, STEP_MS);

  test('its lake is closed to IAM: Lake Formation knows who may do what', async () => {
    const permissions = await pipeline.permissions();
    expect(permissions.filter(({ principal }) => principal === 'IAM_ALLOWED_PRINCIPALS')).toEqual([]);
    expect(permissions).toContainEqual({
      principal: expect.stringContaining('role/Users-operator'), permissions: ['DESCRIBE', 'SELECT'], resource: { Table: { DatabaseName: 'users_db', TableWildcard: {} } },
    });
  });

  test('runs in the hands of who may run it, with the rights of every part', async () => {
    expect(await pipeline.datalake('run')).toMatchObject({
      code: 0, answer: { runs: [{ source: 'users', records: 3, table: 'users', database: 'users_db' }] }, stderr: '',
    });
    expect(cloud.refusals()).toEqual([]);
  }, STEP_MS);

  test('answers queries, and tells where it stands', async () => {
    const { answer: { rows } } = await pipeline.datalake('query', 'SELECT login.uuid, name.first, age FROM users_db.users ORDER BY 1');
    expect(rows).toEqual([['u1', 'A1', '20'], ['u2', 'A2', '21'], ['u3', 'A3', '22']]);
    expect(await pipeline.datalake('query', '--named', 'total_users')).toMatchObject({ code: 0, answer: { rows: [['3']] } });
    const { answer: { sources } } = await pipeline.datalake('status');
    expect(sources).toMatchObject([{ source: 'users', catalogued: true, lastRun: { records: 3 }, lastExecution: { status: 'SUCCEEDED' } }]);
  }, STEP_MS);

  test('crawls by hand', async () => {
    const { code, answer: { tables: [table] } } = await pipeline.datalake('crawl');
    expect([code, table.columns.map(({ name }: { name: string }) => name)]).toEqual([0, ['login', 'name', 'age', 'ingestion_date']]);
  }, STEP_MS);

  test('takes changed options, keeps what it holds, and its schedule fires', async () => {
    const before = await pipeline.resources();
    const known = await pipeline.executions();
    api.state.users = 5;
    const changed = { scanLimit: Size.gibibytes(1), extractor: { timeout: Duration.minutes(5) } };
    succeeded(await pipeline.deploy({ every: Duration.minutes(5), options: changed }));
    expect(await pipeline.status()).toBe('UPDATE_COMPLETE');
    expect(await pipeline.resources()).toMatchObject(before);
    const { status, cause } = await pipeline.fired(known);
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    // The run is named after the time that its schedule gave.
    const { answer: { sources: [source] } } = await pipeline.datalake('status');
    expect(source.lastRun).toMatchObject({ records: 5, runId: expect.stringMatching(/^\d{8}T\d{6}Z$/) });
    expect(await pipeline.datalake('query', '--named', 'total_users')).toMatchObject({ answer: { rows: [['5']] } });
  }, STEP_MS);

  test('rolls back when a change fails, and goes on as before', async () => {
    const before = await pipeline.resources();
    const nowhere = (stack: Stack) => new CfnNamedQuery(stack, 'Nowhere', { database: 'users_db', queryString: 'SELECT 1', workGroup: 'nowhere' });
    const failed = await pipeline.deploy({ options: { scanLimit: Size.gibibytes(2) }, damage: nowhere });
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toContain('WorkGroup nowhere is not found');
    expect(await pipeline.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await pipeline.resources()).toEqual(before);
    succeeded(await pipeline.deploy());
    await pipeline.idle(); // a quality check beside another run's publishing may see the rows of both
    expect(await pipeline.datalake('run')).toMatchObject({ code: 0, answer: { runs: [{ records: 5 }] } });
  }, STEP_MS);

  test('made no call that the list of calls does not have', () => {
    expect(strangeCalls(cloud.decisions())).toEqual([]);
    const strange = { principal: 'arn:aws:sts::000000000000:assumed-role/Users-UsersCrawlersRole0A1B2C3D-1/x', action: 's3:DeleteBucket', resource: '*', allowed: false };
    expect(strangeCalls([...cloud.decisions(), strange])).toEqual(['UsersCrawlersRole s3:DeleteBucket']);
  });

  test('is destroyed, and its data is kept', async () => {
    const bucket = await pipeline.resource(/LakeStorageBucket[0-9A-F]{8}$/);
    succeeded(await pipeline.destroy());
    await expect(pipeline.status()).rejects.toThrow('does not exist');
    expect(await pipeline.objects(bucket, 'raw/')).toHaveLength(1);
  }, STEP_MS);

  test('cannot be deployed anew over what was kept under a fixed name', async () => {
    const failed = await pipeline.deploy();
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).toMatch(/users_db.* already exists/);
    succeeded(await pipeline.destroy());
  }, STEP_MS);

  test.each([['with objects', true], ['without', false]])('is destroyed with its data where both keys are turned: %s', async (_case, runs) => {
    const fleeting = new DeployedPipeline(cloud, { url: api.url, stackName: 'Fleeting', databaseName: 'fleeting_db', deletesData: true });
    succeeded(await fleeting.deploy());
    const bucket = await fleeting.resource(/LakeStorageBucket[0-9A-F]{8}$/);
    if (runs) {
      await fleeting.putToken();
      expect(await fleeting.datalake('run')).toMatchObject({ code: 0 });
      expect(await fleeting.objects(bucket, 'raw/')).toHaveLength(1);
    }
    succeeded(await fleeting.destroy());
    await expect(fleeting.objects(bucket)).rejects.toThrow('does not exist');
    expect((await fleeting.permissions()).filter(({ resource }) => JSON.stringify(resource).includes('fleeting'))).toEqual([]);
  }, STEP_MS);
});
