import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { callAws } from './aws-error';
import { PipelineStack } from '../assembly/lake-model';
import { CommandError } from '../errors';

/** Longest invocation of a function, and a little: the answer of a synchronous one comes at its end. */
const INVOCATION_TIMEOUT_MS = 16 * 60 * 1000;

// The SDK's advice on Node versions is for who builds this command, not for who runs it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** A stack in AWS: its clients, and the names that its resources got there. */
export class DeployedStack {
  readonly glue: GlueClient;
  readonly athena: AthenaClient;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  /** Never repeats a call by itself: an invocation whose connection broke may still run. */
  readonly lambda: LambdaClient;
  private readonly cloudFormation: CloudFormationClient;

  constructor(readonly stack: PipelineStack) {
    const region = stack.region === undefined ? {} : { region: stack.region };
    this.glue = new GlueClient(region);
    this.athena = new AthenaClient(region);
    this.sfn = new SFNClient(region);
    this.s3 = new S3Client(region);
    this.lambda = new LambdaClient({
      ...region,
      maxAttempts: 1,
      requestHandler: { requestTimeout: INVOCATION_TIMEOUT_MS, socketTimeout: INVOCATION_TIMEOUT_MS },
    });
    this.cloudFormation = new CloudFormationClient(region);
  }

  async region(): Promise<string> {
    return callAws('find the region', () => this.cloudFormation.config.region());
  }

  /** Name of the resource in AWS. */
  async physicalId(logicalId: string): Promise<string> {
    const { name } = this.stack;
    // By logical id: without one, CloudFormation answers with the first 100 resources only.
    const command = new DescribeStackResourcesCommand({ StackName: name, LogicalResourceId: logicalId });
    const answer = await callAws(`look up ${logicalId} of stack "${name}"`, () => this.cloudFormation.send(command)).catch((error: unknown) => {
      throw notDeployed(error, name);
    });
    const physicalId = answer.StackResources?.[0]?.PhysicalResourceId;
    if (physicalId === undefined) {
      throw outdated(name, logicalId);
    }
    return physicalId;
  }
}

function notDeployed(error: unknown, stack: string): unknown {
  if (!(error instanceof CommandError) || error.code !== 'ValidationError') {
    return error;
  }
  if (/resource .* does not exist/i.test(error.message)) {
    return outdated(stack, error.message);
  }
  return /does not exist/.test(error.message)
    ? new CommandError('STACK_NOT_DEPLOYED', `stack "${stack}" is not deployed in this account and region`, {
      hint: `deploy it with \`npx cdk deploy ${stack}\`, or add --local to work on this machine`, details: { stack }, cause: error,
    })
    : error;
}

const outdated = (stack: string, what: string) =>
  new CommandError('STACK_OUTDATED', `the deployed stack "${stack}" is not the app's: it has no ${what}`, { hint: `deploy it again with \`npx cdk deploy ${stack}\``, details: { stack } });
