import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { LakeFormationClient, ListPermissionsCommand } from '@aws-sdk/client-lakeformation';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, DescribeExecutionOutput, ExecutionListItem, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ACCOUNT, Deployment, OPERATOR, REGION, synthesize } from './application';
import { Cloud } from './cloud';
import { TOKEN } from './token-api';
import { datalake } from '../../support/datalake-bin';

const EXECUTION_MS = 30_000;

/** A stack with the pipeline, in the account on loopback. */
export class DeployedPipeline {
  private assembly = '';
  private readonly formation: CloudFormationClient;
  private readonly states: SFNClient;

  constructor(private readonly cloud: Cloud, private readonly base: Deployment) {
    this.formation = new CloudFormationClient(cloud.client);
    this.states = new SFNClient(cloud.client);
  }

  get stackName(): string {
    return this.base.stackName ?? 'Users';
  }

  /** Deploys the pipeline, with what is otherwise. The result is the CDK command's. */
  async deploy(otherwise: Partial<Deployment> = {}) {
    this.assembly = synthesize(mkdtempSync(join(this.cloud.folder, 'cdk.out-')), { ...this.base, ...otherwise });
    return this.cloud.deploy(this.assembly);
  }

  destroy = async () => this.cloud.destroy(this.assembly);

  /** `datalake` in the hands of who was granted to run the pipeline. */
  async datalake(verb: string, ...args: string[]): Promise<{ code: number | null; answer: any; stderr: string }> {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...env } = this.cloud.env;
    const config = join(this.cloud.folder, `${this.stackName}.config`);
    writeFileSync(config, [
      '[profile root]', `aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`,
      '[profile operator]', 'source_profile = root', `role_arn = arn:aws:iam::${ACCOUNT}:role/${this.stackName}-${OPERATOR}`, `region = ${REGION}`,
    ].join('\n'));
    const ended = await datalake([verb, ...args, '--assembly', this.assembly, '--json'], {
      cwd: this.cloud.folder, env: { ...env, AWS_CONFIG_FILE: config, AWS_PROFILE: 'operator' },
    });
    return { code: ended.code, answer: ended.stdout === '' ? undefined : JSON.parse(ended.stdout), stderr: ended.stderr };
  }

  async status(): Promise<string | undefined> {
    return (await this.formation.send(new DescribeStacksCommand({ StackName: this.stackName }))).Stacks?.[0]?.StackStatus;
  }

  /** Names by logical id. */
  async resources(): Promise<Record<string, string>> {
    const { StackResources = [] } = await this.formation.send(new DescribeStackResourcesCommand({ StackName: this.stackName }));
    return Object.fromEntries(StackResources.map((one) => [one.LogicalResourceId!, one.PhysicalResourceId!]));
  }

  /** Name of the one resource whose logical id matches. */
  async resource(logicalId: RegExp): Promise<string> {
    const found = Object.entries(await this.resources()).filter(([id]) => logicalId.test(id));
    expect(found.map(([id]) => id)).toHaveLength(1);
    return found[0][1];
  }

  async putToken(): Promise<void> {
    const SecretId = await this.resource(/^Token/);
    await new SecretsManagerClient(this.cloud.client).send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ token: TOKEN }) }));
  }

  async objects(bucket: string, prefix = ''): Promise<string[]> {
    const { Contents = [] } = await new S3Client(this.cloud.client).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Contents.map(({ Key }) => Key!);
  }

  /** Who may do what by Lake Formation. */
  async permissions(): Promise<{ principal: string; permissions: string[]; resource: any }[]> {
    const { PrincipalResourcePermissions = [] } = await new LakeFormationClient(this.cloud.client).send(new ListPermissionsCommand({}));
    return PrincipalResourcePermissions.map(({ Principal, Permissions, Resource }) =>
      ({ principal: Principal!.DataLakePrincipalIdentifier!, permissions: Permissions!, resource: Resource! }));
  }

  async executions(): Promise<ExecutionListItem[]> {
    const stateMachineArn = await this.resource(/WorkflowStateMachine/);
    return (await this.states.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
  }

  /** Waits for the end of an execution that nobody here started. */
  async fired(known: readonly ExecutionListItem[]): Promise<DescribeExecutionOutput> {
    const before = known.map(({ name }) => name);
    const { executionArn } = await this.until((all) => all.find(({ name, status }) => !before.includes(name) && status !== 'RUNNING'));
    return this.states.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** Waits until nothing runs. */
  async idle(): Promise<void> {
    await this.until((all) => all.every(({ status }) => status !== 'RUNNING'));
  }

  private async until<T>(found: (executions: ExecutionListItem[]) => T | undefined): Promise<T> {
    const end = performance.now() + EXECUTION_MS;
    for (;;) {
      const executions = await this.executions();
      const result = found(executions);
      if (result) {
        return result;
      }
      if (performance.now() > end) {
        throw new Error(`waited in vain: ${JSON.stringify(executions)}`);
      }
      await sleep(250);
    }
  }
}
