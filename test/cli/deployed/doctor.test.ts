import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, CliCredentialsStackSynthesizer, Environment, Stack, StackProps } from 'aws-cdk-lib';
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
function appWith(governance: Governance, props: StackProps = { env: ENV }): string {
  const folder = newFolder();
  folders.push(folder);
  const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
  new DataLakePipeline(new Stack(app, 'Lake', props), 'Users', { sources: [usersSource()], governance });
  app.synth();
  return folder;
}

const script = (administrators: string[], identity = `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/me`): Script => ({
  GetDataLakePrincipal: () => ({ body: { Identity: identity } }),
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
    expect([code, ok, checks]).toEqual([0, true, [{ stack: 'Lake', check: 'Lake Formation administrator', found: `${EXECUTION_ROLE} is one` }]]);
  });

  test('the role of an app that names no account is that of the credentials', async () => {
    const { checks } = await doctor(appWith(LEFT_OUT, {}), script([EXECUTION_ROLE]));
    expect(checks).toEqual([expect.objectContaining({ found: `${EXECUTION_ROLE} is one` })]);
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
    expect(checks).toEqual([{ stack: 'PipelineStack', check: 'Lake Formation administrator', found: 'the stack makes the deploying role one' }]);
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
