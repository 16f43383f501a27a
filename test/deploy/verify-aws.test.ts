import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Cloud, describeWithCloud, succeeded } from './support/cloud';
import { startRecordedApi } from '../../examples/randomuser/recorded-api';
import { cleanEnvironment, Ended } from '../support/datalake-bin';

const ROOT = resolve(__dirname, '../..');
const STEP_MS = 150_000;

/** The program that a person with an account runs: here in an account on loopback, where it must not claim what only AWS can show. */
describeWithCloud('npm run verify:aws', () => {
  let cloud: Cloud;
  let api: Awaited<ReturnType<typeof startRecordedApi>>;

  beforeAll(async () => {
    [cloud, api] = await Promise.all([Cloud.start(), startRecordedApi()]);
    succeeded(await cloud.bootstrap());
  }, STEP_MS);
  afterAll(async () => {
    await cloud.close();
    await api.close();
  });

  async function verify(args: readonly string[], url = api.url): Promise<Ended> {
    const env = { ...cleanEnvironment(), ...cloud.env, HOME: cloud.folder, TMPDIR: cloud.folder, VERIFY_API_URL: url, CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true' };
    const program = ['-T', '-P', 'tsconfig.dev.json', join('tools', 'verify-aws', 'main.ts')];
    const child = spawn(process.execPath, [require.resolve('ts-node/dist/bin'), ...program, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => Buffer.concat(await stream.toArray()).toString('utf8'));
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, stdout: await stdout, stderr: await stderr };
  }

  const stacks = async () => {
    const { Stacks = [] } = await new CloudFormationClient(cloud.client).send(new DescribeStacksCommand({}));
    return Stacks.map(({ StackName }) => StackName).filter((name) => name !== 'CDKToolkit');
  };
  /** The verdict of each row, by what it checks. */
  const verdicts = (stdout: string) => Object.fromEntries(stdout.split('\n').slice(1)
    .map((line) => /^(.*?) {2,}.* {2}(ok|FAILED|not shown here|not tried)$/.exec(line)).filter((row) => row !== null).map(([, what, verdict]) => [what, verdict]));

  test('says where it would work, as whom and for how much, and creates nothing without --yes', async () => {
    const { code, stdout, stderr } = await verify([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Account 000000000000, region us-east-1, as arn:aws:iam::.*an emulator answers/);
    expect(stderr).toContain('half a dollar');
    expect(await stacks()).toEqual([]);
  }, STEP_MS);

  test('deploys, checks and deletes; what only AWS can show is not shown here', async () => {
    const { code, stdout } = await verify(['--yes']);
    console.info(stdout);
    expect(verdicts(stdout)).toEqual(expect.objectContaining({
      'the CDK deploys the stack': 'ok',
      'who may run it runs it': 'ok',
      'and queries what it brought': 'ok',
      'the crawler classifies the files': 'not shown here',
      'and no other column': 'not shown here',
      'a principal that only IAM lets in sees nothing': 'not shown here',
      'Iceberg in a registered location: MERGE': 'not shown here',
      'the stack is deleted; left is': 'ok',
    }));
    expect(code).toBe(0);
    expect(await stacks()).toEqual([]);
  }, STEP_MS);

  test('deletes also what failed, and fails itself', async () => {
    const nothing = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await once(nothing, 'listening');
    const { code, stdout } = await verify(['--yes'], `http://127.0.0.1:${(nothing.address() as AddressInfo).port}/`);
    nothing.close();
    expect(verdicts(stdout)).toEqual(expect.objectContaining({
      'the CDK deploys the stack': 'ok', 'who may run it runs it': 'FAILED', 'and queries what it brought': 'not tried', 'the stack is deleted; left is': 'ok',
    }));
    expect(code).toBe(1);
    expect(await stacks()).toEqual([]);
  }, STEP_MS);
});
