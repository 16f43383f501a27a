import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Cloud, describeWithCloud } from './support/cloud';
import { DeployedPipeline } from './support/deployed-pipeline';
import { startTokenApi, TokenApi } from './support/token-api';
import { without } from './support/without';

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
    expect(await cloud.bootstrap()).toMatchObject({ code: 0 });
    expect(await pipeline.deploy()).toMatchObject({ code: 0 });
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

  test('fails where a permission is missing, and says which', async () => {
    expect(await pipeline.deploy({ damage: without('s3:PutObject', /ExtractorPolicy/) })).toMatchObject({ code: 0 });
    const { code, answer } = await pipeline.datalake('run');
    expect(code).toBe(1);
    expect(answer.error.message).toMatch(/assumed-role\/Users-UsersSourceusersExtractorRole.* is not authorized to perform: s3:PutObject/);
  }, STEP_MS);

  test('is destroyed, and its data is kept', async () => {
    const bucket = await pipeline.resource(/LakeStorageBucket[0-9A-F]{8}$/);
    expect(await pipeline.destroy()).toMatchObject({ code: 0 });
    await expect(pipeline.status()).rejects.toThrow('does not exist');
    expect(await pipeline.objects(bucket, 'raw/')).toHaveLength(1);
  }, STEP_MS);
});
