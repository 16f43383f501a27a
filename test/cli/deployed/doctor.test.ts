import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, Environment, Stack, StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataLake, DataLakePipeline, Governance } from '../../../src';
import { datalake } from '../../support/datalake-bin';
import { newFolder } from '../../support/handwritten-app';
import { awsError, Script, startScriptedAws } from '../../support/scripted-aws';
import { usersSource } from '../../support/synth';

const ACCOUNT = '111111111111';
const ENV: Environment = { account: ACCOUNT, region: 'eu-west-1' };
const EXECUTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-west-1`;
const LEFT_OUT = Governance.lakeFormation({ dataLakeSettings: false });

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A real app, synthesized. */
type Around = (stack: Stack, pipeline: DataLakePipeline) => void;
function appWith(governance: Governance, props: StackProps = { env: ENV }, around: Around = () => {}): string {
  const folder = newFolder();
  folders.push(folder);
  const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
  const stack = new Stack(app, 'Lake', props);
  around(stack, new DataLakePipeline(stack, 'Users', { sources: [usersSource()], governance }));
  app.synth();
  return folder;
}

const script = (administrators: string[], identity = `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/me`): Script => ({
  GetDataLakePrincipal: () => ({ body: { Identity: identity } }),
  GetDatabase: () => awsError('EntityNotFoundException', 'Database default not found.'),
  GetDataLakeSettings: () => ({ body: { DataLakeSettings: { DataLakeAdmins: administrators.map((id) => ({ DataLakePrincipalIdentifier: id })) } } }),
});

async function doctor(cwd: string, answers: Script) {
  const aws = await startScriptedAws(answers);
  try {
    const { code, stdout, stderr } = await datalake(['doctor', '--json', '--assembly', 'cdk.out'], { cwd, env: aws.env });
    expect(aws.unexpected).toEqual([]);
    return { code, stderr, calls: aws.calls.map(({ operation }) => operation), ...JSON.parse(stdout) };
  } finally {
    await aws.close();
  }
}

describe('where the settings are left to a central team', () => {
  test('a deploying role that is no administrator is told before a deploy fails on it, with what to do', async () => {
    const { code, error } = await doctor(appWith(LEFT_OUT), script(['arn:aws:iam::111111111111:role/Governance']));
    expect(code).toBe(1);
    expect(error).toMatchObject({
      source: 'Lake',
      code: 'NOT_LAKE_ADMINISTRATOR',
      message: `${EXECUTION_ROLE} deploys the stack, is no Lake Formation administrator of account ${ACCOUNT}, and the app does not make it one: the first grant would fail`,
      hint: expect.stringMatching(/ask an administrator to add it .* or leave `dataLakeSettings: false` out/),
    });
  });

  test('one that is an administrator is well', async () => {
    const { code, ok, checks } = await doctor(appWith(LEFT_OUT), script([EXECUTION_ROLE]));
    expect([code, ok, checks[0]]).toEqual([0, true, { stack: 'Lake', check: 'Lake Formation administrator', found: `${EXECUTION_ROLE} is one` }]);
  });

  test('the role of an app that names no account is that of the credentials', async () => {
    const { checks } = await doctor(appWith(LEFT_OUT, {}), script([EXECUTION_ROLE]));
    expect(checks[0]).toMatchObject({ found: `${EXECUTION_ROLE} is one` });
  });

  test('where the CLI deploys with its own credentials, these are asked about: the role, not its session', async () => {
    const folder = appWith(LEFT_OUT, { env: ENV, synthesizer: new CliCredentialsStackSynthesizer() });
    expect((await doctor(folder, script([`arn:aws:iam::${ACCOUNT}:role/Developer`]))).ok).toBe(true);
    expect((await doctor(folder, script([EXECUTION_ROLE]))).error.message).toMatch(/^arn:aws:iam::111111111111:role\/Developer deploys the stack/);
  });
});

describe('where the stack changes the settings', () => {
  test('it makes the deploying role an administrator itself', async () => {
    const { ok, checks } = await doctor(appWith(Governance.lakeFormation()), script([]));
    expect([ok, checks[0].found]).toEqual([true, 'the stack makes the deploying role one']);
  });

  test('an administrator that was deleted would keep it from that', async () => {
    const { code, error } = await doctor(appWith(Governance.lakeFormation()), script(['AROAEXAMPLE0123456789', EXECUTION_ROLE]));
    expect([code, error.code]).toEqual([1, 'LAKE_ADMINISTRATOR_GONE']);
    expect(error.message).toContain('(AROAEXAMPLE0123456789)');
  });

  test('the settings may stand with the lake, in another stack', async () => {
    const folder = newFolder();
    folders.push(folder);
    const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
    const lake = new DataLake(new Stack(app, 'LakeStack', { env: ENV }), 'Lake');
    new DataLakePipeline(new Stack(app, 'PipelineStack', { env: ENV }), 'Users', { lake, sources: [usersSource()] });
    app.synth();
    const { checks } = await doctor(folder, script([]));
    expect(checks[0]).toEqual({ stack: 'PipelineStack', check: 'Lake Formation administrator', found: 'the stack makes the deploying role one' });
  });
});

describe('a permission boundary', () => {
  const ARN = `arn:aws:iam::${ACCOUNT}:policy/the-boundary`;
  const answerOf = (action: string, result: string) => `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
  const allowing = (...statements: object[]): Script => ({
    ...script([]),
    GetPolicy: ({ PolicyArn }) => ({ body: answerOf('GetPolicy', `<Policy><Arn>${PolicyArn}</Arn><DefaultVersionId>v7</DefaultVersionId></Policy>`) }),
    GetPolicyVersion: ({ VersionId }) => ({
      body: answerOf('GetPolicyVersion',
        `<PolicyVersion><VersionId>${VersionId}</VersionId><Document>${encodeURIComponent(JSON.stringify({ Statement: statements }))}</Document></PolicyVersion>`),
    }),
  });
  const allow = (Action: string | string[], Resource = '*') => ({ Effect: 'Allow', Action, Resource });
  const ALL = allow(['s3:*', 'kms:*', 'logs:*', 'glue:*', 'athena:*', 'lakeformation:*', 'lambda:*', 'states:*', 'sns:*', 'sqs:*', 'events:*', 'cloudwatch:*', 'xray:*']);
  const bounded = (governance = Governance.iam(), props?: StackProps) => appWith(governance, props, (stack) =>
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'the-boundary')));
  const check = async (folder: string, answers: Script) => {
    const told = await doctor(folder, answers);
    return { ...told, found: told.checks.find((one: { check: string }) => one.check === 'permission boundary')?.found };
  };

  test('that allows each action of every role is well, and what was not compared is said', async () => {
    const { code, found } = await check(bounded(), allowing(ALL));
    expect(code).toBe(0);
    expect(found).toMatch(new RegExp(`^${ARN} allows each action of \\d+ roles; which resources, and under which conditions, was not compared$`));
  });

  test('that lacks an action is told, with the roles that need it', async () => {
    const { code, error } = await check(bounded(), allowing(allow(['S3:get*', 'kms:*', 'logs:*', 'glue:*', 'athena:*', 'lambda:*', 'states:*', 'sns:*', 'sqs:*', 'events:*', 'cloudwatch:*', 'xray:*'])));
    expect([code, error.code]).toEqual([1, 'BOUNDARY_FORBIDS']);
    expect(error.message).toMatch(new RegExp(`^the permission boundary ${ARN} forbids what .*UsersSourceusersExtractorRole.* must do: .*s3:PutObject`));
    expect(error.message).not.toMatch(/s3:GetObject|kms:/);
    expect(error.hint).toContain('have these actions allowed in the boundary');
  });

  test.each<[string, object[], boolean]>([
    ['refuses an action always', [ALL, { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }], false],
    ['refuses all but some actions always', [ALL, { Effect: 'Deny', NotAction: ['s3:*', 'kms:*'], Resource: '*' }], false],
    ['allows all but some actions', [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' }], true],
    ['refuses an action under a condition', [ALL, { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }], true],
    ['refuses an action on some resources', [ALL, { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::secrets/*' }], true],
    ['allows with a wildcard within a name', [allow(['?3:*', 'k*', 'l*', 'glue:*', 'athena:*', 'st*es:*', 's?s:*', 'events:*', 'cloudwatch:*', 'xray:*'])], true],
  ])('that %s', async (_, statements, isWell) => {
    expect((await check(bounded(), allowing(...statements))).error?.code).toBe(isWell ? undefined : 'BOUNDARY_FORBIDS');
  });

  test('is found in the account and partition of the credentials, where the app names none', async () => {
    const { found, calls } = await check(bounded(Governance.lakeFormation(), {}), { ...allowing(ALL), GetDataLakePrincipal: () => ({ body: { Identity: 'arn:aws-cn:iam::333333333333:user/me' } }) });
    expect(found).toMatch(/^arn:aws-cn:iam::333333333333:policy\/the-boundary allows/);
    expect(calls).toEqual(['GetDataLakePrincipal', 'GetDataLakeSettings', 'GetDatabase', 'GetPolicy', 'GetPolicyVersion']);
  });

  test('that stands in the template is read there', async () => {
    const own = (action: string) => appWith(Governance.iam(), undefined, (stack) => iam.PermissionsBoundary.of(stack).apply(
      new iam.ManagedPolicy(stack, 'Boundary', { statements: [new iam.PolicyStatement({ actions: [action], resources: ['*'] })] })));
    expect((await check(own('*'), script([]))).found).toMatch(/^a boundary of this app allows each action/);
    expect((await check(own('s3:*'), script([]))).error.code).toBe('BOUNDARY_FORBIDS');
  });

  test('that does not exist is told', async () => {
    const gone = () => ({ status: 404, body: '<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>Policy was not found.</Message></Error></ErrorResponse>' });
    const { error } = await check(bounded(), { ...allowing(), GetPolicy: gone });
    expect([error.code, error.message]).toEqual(['BOUNDARY_MISSING', `the roles have the permission boundary ${ARN}, which does not exist: no role could be made`]);
  });

  test('that may not be read is told so, beside the other checks', async () => {
    const denied = () => ({ status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: iam:GetPolicy</Message></Error></ErrorResponse>' });
    const { error, checks } = await check(bounded(Governance.lakeFormation()), { ...allowing(), GetPolicy: denied });
    expect(error.message).toBe(`cannot read the permission boundary ${ARN}: not authorized to perform: iam:GetPolicy`);
    expect(checks[0].check).toBe('Lake Formation administrator');
  });
});

describe('the database `default`', () => {
  const seen = async (governance: Governance, GetDatabase: Script[string]) => {
    const told = await doctor(appWith(governance, undefined, (stack, pipeline) => pipeline.grantRead(new iam.User(stack, 'Reader'))), { ...script([]), GetDatabase });
    return told.error?.code ?? told.checks.find((one: { check: string }) => one.check === 'database `default`').found;
  };
  const exists = () => ({ body: { Database: { Name: 'default' } } });
  const missing = () => awsError('EntityNotFoundException', 'Database default not found.');
  const GRANTED = Governance.lakeFormation({ describeDefaultDatabase: true });

  test('that is granted must exist: a deployment would fail on it', async () => {
    expect(await seen(GRANTED, missing)).toBe('DEFAULT_DATABASE_MISSING');
    expect(await seen(GRANTED, exists)).toBe('it exists, and readers are granted to see it');
  });

  test('that is not granted is no failure, and what to do about it is said', async () => {
    expect(await seen(Governance.lakeFormation(), exists)).toMatch(/readers are not granted to see it: .* turn on `describeDefaultDatabase`/);
    expect(await seen(Governance.lakeFormation(), missing)).toBe('the account has none, and nobody is granted to see it');
    expect(await seen(GRANTED, () => awsError('AccessDeniedException', 'Insufficient Lake Formation permission(s) on default'))).toMatch(/^not looked at: Insufficient/);
  });
});

test('a lake under IAM asks Lake Formation nothing', async () => {
  const { code, checks, calls } = await doctor(appWith(Governance.iam()), {});
  expect([code, checks[0].found, calls]).toEqual([0, 'not needed: IAM alone governs the lake', []]);
});

test('credentials of another account are found out', async () => {
  const { error } = await doctor(appWith(LEFT_OUT), script([], 'arn:aws:iam::222222222222:user/me'));
  expect(error).toMatchObject({ code: 'OTHER_ACCOUNT', message: 'the stack is for account 111111111111, and the credentials are of account 222222222222' });
});

test('who may not look is told so', async () => {
  const denied = () => awsError('AccessDeniedException', 'User: me is not authorized to perform: lakeformation:GetDataLakeSettings');
  const { code, error } = await doctor(appWith(LEFT_OUT), { ...script([]), GetDataLakeSettings: denied });
  expect([code, error.code]).toEqual([1, 'AccessDeniedException']);
  expect(error.message).toMatch(/^cannot read the data lake settings: .*lakeformation:GetDataLakeSettings/);
});
