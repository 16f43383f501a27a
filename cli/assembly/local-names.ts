import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_PARTITION } from './pseudo-parameters';
import { TemplateResource } from './template';

/** Where a resource says its own name, by type; every other type of resource takes a generated one. */
const NAME_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::Glue::Database': ['DatabaseInput', 'Name'],
  'AWS::Glue::Table': ['TableInput', 'Name'],
  'AWS::Glue::Crawler': ['Name'],
  'AWS::Glue::SecurityConfiguration': ['Name'],
  'AWS::Athena::WorkGroup': ['Name'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
};

/** What stands between the account and the name in an ARN, for the types that put a word there. */
const ARN_RESOURCE: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'function:',
  'AWS::IAM::Role': 'role/',
  'AWS::Glue::Crawler': 'crawler/',
  'AWS::Glue::Database': 'database/',
  'AWS::KMS::Key': 'key/',
  'AWS::Logs::LogGroup': 'log-group:',
  'AWS::SecretsManager::Secret': 'secret:',
  'AWS::StepFunctions::StateMachine': 'stateMachine:',
  'AWS::Athena::WorkGroup': 'workgroup/',
};

/** Types whose Ref is the ARN and not the name. */
const REF_IS_ARN = new Set(['AWS::SecretsManager::Secret', 'AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine', 'AWS::IAM::ManagedPolicy']);

const LONGEST_BUCKET_NAME = 63;

export interface LocalResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly region: string;
  readonly resource: TemplateResource;
  /** Resolves a property of the resource. */
  resolve(value: unknown): unknown;
}

/** The name that a resource has on the laptop: its own, or one that stays the same for its stack and logical id. */
export function localName(local: LocalResource): string {
  let own: unknown = local.resource.Properties;
  for (const key of NAME_PROPERTIES[local.resource.Type] ?? ['\0']) {
    own = (own as Record<string, unknown> | undefined)?.[key];
  }
  const name = own === undefined ? undefined : local.resolve(own);
  if (name !== undefined && name !== null) {
    return String(name);
  }
  switch (local.resource.Type) {
    case 'AWS::S3::Bucket':
      return bucketName(`${local.stackName}-${local.logicalId}`);
    case 'AWS::Glue::Database':
    case 'AWS::Glue::Table':
      return `${local.stackName}_${local.logicalId}`.toLowerCase().replace(/[^a-z0-9_]/g, '_');
    default:
      return `${local.stackName}-${local.logicalId}`;
  }
}

function bucketName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  if (name.length <= LONGEST_BUCKET_NAME) {
    return name;
  }
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST_BUCKET_NAME - 1 - digest.length)}-${digest}`;
}

export const localRef = (local: LocalResource): string => (REF_IS_ARN.has(local.resource.Type) ? localArn(local) : localName(local));

export function localArn(local: LocalResource): string {
  const type = local.resource.Type;
  const name = localName(local);
  if (type === 'AWS::S3::Bucket') {
    return `arn:${LOCAL_PARTITION}:s3:::${name}`;
  }
  const service = (type.split('::')[1] ?? 'custom').toLowerCase().replace('stepfunctions', 'states');
  const region = service === 'iam' ? '' : local.region;
  return `arn:${LOCAL_PARTITION}:${service}:${region}:${LOCAL_ACCOUNT}:${ARN_RESOURCE[type] ?? ''}${name}`;
}

/** What Fn::GetAtt gives on the laptop, or undefined for an attribute that only a deployed resource has. */
export function localAttribute(local: LocalResource, attribute: string): string | undefined {
  if (attribute === 'Arn' || attribute.endsWith('Arn')) {
    return localArn(local);
  }
  if (attribute === 'Name' || attribute === 'Id' || attribute.endsWith('Name') || attribute.endsWith('Id')) {
    return localName(local);
  }
  return undefined;
}
