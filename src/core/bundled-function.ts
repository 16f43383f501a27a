import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { plainRemovalPolicy } from './deletion';
import { RolePolicy } from './role-policy';
import { attachStatements, FunctionNetwork } from '../network/function-network';
import { allowLogEncryption } from '../storage/encryption';
import { KMS_READ } from '../storage/lake-access';

/** The bundles lie at the package's root: two levels above this file, compiled (`lib/`) or not (`src/`). */
const ASSETS = join(__dirname, '../../assets');

export interface BundledFunctionProps {
  /** Folder of assets/, which is its folder of lambda/. */
  readonly bundle: string;
  readonly description: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
  readonly logRetention: logs.RetentionDays;
  /** Encrypts the environment and the logs. */
  readonly encryptionKey?: kms.IKey;
  /** Where it stands in a VPC, if it does. */
  readonly network?: FunctionNetwork;
  readonly removalPolicy?: RemovalPolicy;
  /** What it may do besides writing its logs. */
  readonly statements: iam.PolicyStatement[];
}

export interface BundledFunction {
  readonly lambdaFunction: lambda.Function;
  readonly role: iam.Role;
  readonly policy: iam.ManagedPolicy;
  readonly logGroup: logs.LogGroup;
}

/** Adds a function of this library to a construct: the prebuilt code, a role that nothing else has, its logs. */
export function addBundledFunction(scope: Construct, props: BundledFunctionProps): BundledFunction {
  const { description, network } = props;
  const logGroup = createLogGroup(scope, props);
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description });
  const writeLogs = new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] });
  const policy = new RolePolicy(scope, 'Policy', { description, statements: [...props.statements, ...environmentStatements(props), ...(network ? attachStatements(scope) : []), writeLogs], roles: [role] });
  const lambdaFunction = new lambda.Function(scope, 'Function', {
    description,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundleFolder(props.bundle)),
    memorySize: props.memorySize,
    timeout: props.timeout,
    role,
    logGroup,
    environment: props.environment,
    environmentEncryption: props.encryptionKey,
    ...(network && { vpc: network.vpc, vpcSubnets: { subnets: network.subnets }, securityGroups: [network.securityGroup] }),
  });
  // The first call needs the permissions. Of the role, the function's own reference tells (cfn-lint W3005).
  const { logicalId } = policy.node.defaultChild as iam.CfnManagedPolicy;
  (lambdaFunction.node.defaultChild as lambda.CfnFunction).addOverride('DependsOn', [logicalId]);
  network?._reach(props.statements);
  explainSettings(lambdaFunction);
  return { lambdaFunction, role, policy, logGroup };
}

/** Reading the environment, unless the function may use the key anyway: it is the lake's, as a rule. */
function environmentStatements({ encryptionKey, statements }: BundledFunctionProps): iam.PolicyStatement[] {
  const isKnown = statements.some(({ actions, resources }) => actions.includes('kms:Decrypt') && resources.includes(encryptionKey?.keyArn ?? ''));
  return encryptionKey && !isKnown ? [new iam.PolicyStatement({ actions: KMS_READ, resources: [encryptionKey.keyArn] })] : [];
}

function explainSettings(lambdaFunction: lambda.Function): void {
  acknowledge(lambdaFunction, 'the workflow waits for the answer and takes the errors; a dead-letter queue is for calls that nobody waits for',
    ['HIPAA.Security-LambdaDLQ', 'NIST.800.53.R5-LambdaDLQ']);
  acknowledge(lambdaFunction, 'a lease runs a source once at a time; reserved concurrency would take from the account\'s, which may be 10 in all',
    ['HIPAA.Security-LambdaConcurrency', 'NIST.800.53.R5-LambdaConcurrency']);
}

function createLogGroup(scope: Construct, { encryptionKey, logRetention, removalPolicy }: BundledFunctionProps): logs.LogGroup {
  if (encryptionKey) {
    allowLogEncryption(encryptionKey);
  }
  return new logs.LogGroup(scope, 'Logs', { retention: logRetention, encryptionKey, removalPolicy: plainRemovalPolicy(scope, removalPolicy) });
}

/** The folder with a function's prebuilt code. */
export function bundleFolder(name: string, assets: string = ASSETS): string {
  const folder = join(assets, name);
  if (!existsSync(join(folder, 'index.js'))) {
    throw new Error(`the bundle of the ${name} function is missing: got no index.js in ${folder}; `
      + 'reinstall cdk-data-lake-pipeline or, in a checkout of it, run "npx projen bundle:lambda"');
  }
  return folder;
}
