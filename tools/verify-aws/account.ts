import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetTableCommand, GlueClient, Table } from '@aws-sdk/client-glue';
import { GetDataLakePrincipalCommand, LakeFormationClient } from '@aws-sdk/client-lakeformation';
import { OUTPUTS, Plan, PLAN_VARIABLE, RoleName, roleName } from './plan';

const ROOT = resolve(__dirname, '../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
const DATALAKE = join(ROOT, 'bin/datalake.mjs');
const TS_NODE = join(ROOT, 'node_modules/ts-node/dist/bin.js');
const TS_NODE_ARGS = ['-T', '-P', join(ROOT, 'tsconfig.dev.json')];
const MAX_OUTPUT = 2 ** 26;
/** Longest that one command may take: the CDK waits for CloudFormation, `datalake run` for a crawl. */
const COMMAND_MS = 30 * 60_000;

export interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

// The SDK's advice on Node versions is for who builds this, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The person's account, and the commands as the person would type them. */
export class Account {
  private readonly folder = mkdtempSync(join(tmpdir(), 'datalake-verify-'));
  private readonly formation = new CloudFormationClient({});

  constructor(private readonly plan: Plan) {}

  /** Who asks, and where. */
  async identity(): Promise<{ account: string; arn: string; region: string }> {
    const client = new LakeFormationClient({});
    const { Identity: arn = '' } = await client.send(new GetDataLakePrincipalCommand({}));
    return { account: arn.split(':')[4], arn, region: await client.config.region() };
  }

  /** Once: every other command reads what it writes. */
  synthesize = () => this.run(TS_NODE, [...TS_NODE_ARGS, join(__dirname, 'app.ts')], { ...process.env, CDK_OUTDIR: this.assembly });
  doctor = () => this.datalake('doctor', []);
  deploy = () => this.run(CDK, ['deploy', '--app', this.assembly, '--require-approval', 'never', '--no-notices']);
  destroy = () => this.run(CDK, ['destroy', '--app', this.assembly, '--force', '--no-notices']);

  /** `datalake` as the person, or as one of the stack's roles. The answer is its JSON. */
  async datalake(verb: string, args: readonly string[], role?: RoleName): Promise<Ended & { answer: any }> {
    const ended = await this.run(DATALAKE, [verb, ...args, '--assembly', this.assembly, '--json'], role && await this.as(role));
    return { ...ended, answer: ended.stdout === '' ? undefined : JSON.parse(ended.stdout) };
  }

  /** A query as one of the stack's roles, in a workgroup of the stack. */
  async query(role: RoleName, workgroup: keyof typeof OUTPUTS, sql: string): Promise<string> {
    const { stdout, stderr } = await this.run(TS_NODE, [...TS_NODE_ARGS, join(__dirname, 'query.ts'), await this.output(workgroup), sql], await this.as(role));
    return stdout.trim() || stderr.trim();
  }

  /** What the stack tells under a name. */
  async output(name: keyof typeof OUTPUTS): Promise<string> {
    const { Stacks: [stack] = [] } = await this.formation.send(new DescribeStacksCommand({ StackName: this.plan.stackName }));
    const found = stack.Outputs?.find(({ OutputKey }) => OutputKey === OUTPUTS[name])?.OutputValue;
    if (found === undefined) {
      throw new Error(`the stack ${this.plan.stackName} tells no ${OUTPUTS[name]}`);
    }
    return found;
  }

  async table(name: string): Promise<Table> {
    return (await new GlueClient({}).send(new GetTableCommand({ DatabaseName: this.plan.databaseName, Name: name }))).Table!;
  }

  /** Names of what the stack has, by logical id; none without the stack. */
  async resources(): Promise<Record<string, string>> {
    try {
      const { StackResources = [] } = await this.formation.send(new DescribeStackResourcesCommand({ StackName: this.plan.stackName }));
      const left = StackResources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
      return Object.fromEntries(left.map((one) => [one.LogicalResourceId!, `${one.ResourceType} ${one.PhysicalResourceId}`]));
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) {
        return {};
      }
      throw error;
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get assembly(): string {
    return join(this.folder, 'cdk.out');
  }

  /** The person's credentials, exchanged for the role's by the SDK itself. */
  private async as(role: RoleName): Promise<NodeJS.ProcessEnv> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.formation.config.credentials();
    const { account, region, arn } = await this.identity();
    const config = join(this.folder, 'config');
    const session = sessionToken === undefined ? [] : [`aws_session_token = ${sessionToken}`];
    writeFileSync(config, [
      '[profile person]', `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`, ...session,
      '[profile role]', 'source_profile = person', `region = ${region}`, `role_arn = arn:${arn.split(':')[1]}:iam::${account}:role/${roleName(this.plan, role)}`,
    ].join('\n'), { mode: 0o600 });
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, AWS_SESSION_TOKEN: _token, ...rest } = process.env;
    return { ...rest, AWS_CONFIG_FILE: config, AWS_PROFILE: 'role' };
  }

  private run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
    return new Promise((done) => {
      execFile(process.execPath, [program, ...args], {
        cwd: this.folder, timeout: COMMAND_MS, maxBuffer: MAX_OUTPUT, env: { ...env, [PLAN_VARIABLE]: JSON.stringify(this.plan) },
      }, (error, stdout, stderr) => done({ ok: error === null, stdout, stderr }));
    });
  }
}
