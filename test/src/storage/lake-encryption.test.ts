import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AnalyticsWorkgroup, Auth, DataLake, DataLakePipeline, DataLakePipelineProps, Encryption, Governance, RawBucket, ResultsBucket,
  RunSchedule, TableUpkeep, Transform, TransformMode,
} from '../../../src';
import { newStack, statementsOf, templateOf, usersSource } from '../../support/synth';

const DAILY = RunSchedule.on(ScheduleExpression.rate(Duration.days(1)));

/** A pipeline with one of everything that can be encrypted. */
const pipeline = (stack: Stack, props: Partial<DataLakePipelineProps> = {}) => new DataLakePipeline(stack, 'Users', {
  sources: [usersSource({ schedule: DAILY, auth: Auth.bearer(new secretsmanager.Secret(stack, 'Secret')) })],
  transforms: [Transform.sql('names', { query: 'SELECT name FROM users', mode: TransformMode.fullRefresh() })],
  upkeep: TableUpkeep.schedule(DAILY),
  lineage: {},
  ...props,
});

/** What encrypts each resource, by its type and id: a key of the template, `SSE-S3` and the like, or nothing. */
function keysOf(template: Template): Record<string, unknown> {
  const all = (type: string, key: (properties: any) => unknown) => Object.entries(template.findResources(`AWS::${type}`))
    .map(([id, { Properties }]) => [`${type} ${id.replace(/[0-9A-F]{8}$/, '')}`, key(Properties)]);
  return Object.fromEntries([
    ...all('S3::Bucket', ({ BucketEncryption: { ServerSideEncryptionConfiguration: [rule] } }) =>
      rule.ServerSideEncryptionByDefault.KMSMasterKeyID ?? rule.ServerSideEncryptionByDefault.SSEAlgorithm),
    ...all('Logs::LogGroup', ({ KmsKeyId }) => KmsKeyId),
    ...all('Lambda::Function', ({ KmsKeyArn }) => KmsKeyArn),
    ...all('SNS::Topic', ({ KmsMasterKeyId }) => KmsMasterKeyId),
    ...all('SQS::Queue', ({ KmsMasterKeyId, SqsManagedSseEnabled }) => KmsMasterKeyId ?? (SqsManagedSseEnabled && 'SSE-SQS')),
    ...all('Athena::WorkGroup', ({ WorkGroupConfiguration: { ResultConfiguration: by } }) =>
      by.EncryptionConfiguration.KmsKey ?? by.EncryptionConfiguration.EncryptionOption),
    ...all('Glue::SecurityConfiguration', ({ EncryptionConfiguration: by }) => by.CloudWatchEncryption.KmsKeyArn),
  ]);
}

/** What a key's policy says of services, by statement id. */
function servicesOf(template: Template): Record<string, any> {
  return Object.fromEntries(Object.values(template.findResources('AWS::KMS::Key'))
    .flatMap(({ Properties }) => Properties.KeyPolicy.Statement)
    .filter(({ Principal }) => Principal.Service).map((statement) => [statement.Sid, statement]));
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}`)), 'Arn'] });
const S3_ONLY = /AccessLogsBucket$/;

test.each<[string, (stack: Stack) => Partial<DataLakePipelineProps>, string]>([
  ['a key made here', () => ({}), 'UsersLakeKey'],
  ['a key made here, asked for', () => ({ encryption: Encryption.customerManaged() }), 'UsersLakeKey'],
  ['a key that is given', (stack) => ({ encryptionKey: new kms.Key(stack, 'Own') }), 'Own'],
])('%s encrypts all that holds data, settings or notices', (_, props, id) => {
  const template = templateOf((stack) => pipeline(stack, props(stack)));
  const keys = Object.entries(keysOf(template));
  expect(keys.length).toBeGreaterThan(18);
  expect(Object.keys(template.findResources('AWS::KMS::Key'))).toEqual([expect.stringMatching(new RegExp(`^${id}`))]);
  for (const [name, key] of keys) {
    expect([name, key]).toEqual([name, S3_ONLY.test(name) ? 'AES256' : arnOf(id)]);
  }
});

test('without a key, the services\' own keys encrypt, and nobody is granted one', () => {
  const template = templateOf((stack) => pipeline(stack, { encryption: Encryption.s3Managed(), monitoring: {} }));
  const keys = keysOf(template);
  const ofType = (type: string) => [...new Set(Object.entries(keys).filter(([name]) => name.startsWith(type)).map(([, key]) => key))];
  expect(ofType('S3::Bucket')).toEqual(['AES256']);
  expect(ofType('SQS::Queue')).toEqual(['SSE-SQS']);
  expect(ofType('Athena::WorkGroup')).toEqual(['SSE_S3']);
  expect(['Logs::LogGroup', 'Lambda::Function', 'SNS::Topic'].flatMap(ofType)).toEqual([undefined, undefined, undefined]);
  expect(ofType('Glue::SecurityConfiguration')).toEqual([]);
  const actions = statementsOf(template).flatMap((statement) => statement.actions);
  expect(actions).toContain('s3:PutObject');
  expect(actions.filter((action) => /^kms:|AssociateKmsKey|GetSecurityConfiguration/.test(action))).toEqual([]);
  expect(JSON.stringify(template.toJSON())).not.toContain('kms:');
});

test('a secret with a key of its own is read with it, whatever the lake\'s encryption', () => {
  const template = templateOf((stack) => pipeline(stack, {
    encryption: Encryption.s3Managed(),
    sources: [usersSource({ auth: Auth.bearer(new secretsmanager.Secret(stack, 'Locked', { encryptionKey: new kms.Key(stack, 'SecretKey') })) })],
  }));
  const uses = statementsOf(template).filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));
  expect(uses).toEqual([{ actions: ['kms:Decrypt'], resources: [arnOf('SecretKey')] }]);
});

test('pipelines on a lake have its choice, an imported one\'s too', () => {
  const encryption = Encryption.s3Managed();
  const shared = (lake: (stack: Stack) => Pick<DataLakePipelineProps, 'lake'>) => templateOf((stack) => pipeline(stack, lake(stack)));
  for (const template of [
    shared((stack) => ({ lake: new DataLake(stack, 'Lake', { encryption }) })),
    shared((stack) => ({ lake: DataLake.fromAttributes(stack, 'Lake', { encryption, databaseName: 'the_db', bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket') }) })),
  ]) {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/kms:|AWS::KMS|aws:kms|SSE_KMS/);
  }
});

test('each construct alone has the choice', () => {
  const encryption = Encryption.s3Managed();
  const template = templateOf((stack) => {
    new RawBucket(stack, 'Raw', { encryption });
    new ResultsBucket(stack, 'Results', { encryption });
    new AnalyticsWorkgroup(stack, 'Workgroup', { encryption });
  });
  expect([...new Set(Object.values(keysOf(template)))].sort()).toEqual(['AES256', 'SSE_S3']);
  const withKeys = keysOf(templateOf((stack) => new ResultsBucket(stack, 'Results')));
  expect(withKeys['S3::Bucket ResultsBucket']).toEqual(arnOf('ResultsKey'));
});

describe('a key\'s policy', () => {
  const policyWith = (props: Partial<DataLakePipelineProps>) => servicesOf(templateOf((stack) => pipeline(stack, props)));

  test('lets CloudWatch Logs in, for the account\'s log groups', () => {
    const { AllowLogGroups, ...others } = policyWith({});
    expect(others).toEqual({});
    expect(JSON.stringify(AllowLogGroups.Condition)).toMatch(/"kms:EncryptionContext:aws:logs:arn":.*":log-group:\*"/);
    expect(AllowLogGroups.Action).not.toContain('kms:*');
  });

  test('lets CloudWatch\'s alarms in where there are any, for this account', () => {
    const { AllowAlarms } = policyWith({ monitoring: {} });
    expect(AllowAlarms).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': expect.anything() } },
    });
    expect(JSON.stringify(AllowAlarms.Condition.ArnLike)).toContain(':alarm:*');
  });

  test('says it once, however many pipelines use the key', () => {
    const template = templateOf((stack) => {
      const lake = new DataLake(stack, 'Lake');
      ['one', 'two'].forEach((name) => new DataLakePipeline(stack, name, { lake, sources: [usersSource({}, name)], monitoring: {} }));
    });
    const [{ Properties }] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(Properties.KeyPolicy.Statement.map(({ Sid }: { Sid?: string }) => Sid)).toEqual([undefined, 'AllowLogGroups', 'AllowAlarms']);
  });

  test('names no role: roles name the key, and neither waits for the other in a circle', () => {
    const template = templateOf((stack) => pipeline(stack, { monitoring: {} }));
    const [{ Properties }] = Object.values(template.findResources('AWS::KMS::Key'));
    const named = JSON.stringify(Properties.KeyPolicy).match(/"(Ref|Fn::GetAtt)":("[^"]*"|\[[^\]]*\])/g);
    expect([...new Set(named)].sort()).toEqual(['"Ref":"AWS::AccountId"', '"Ref":"AWS::Partition"', '"Ref":"AWS::Region"', '"Ref":"AWS::URLSuffix"']);
  });

  test('of an imported key is its owner\'s', () => {
    const template = templateOf((stack) => pipeline(stack, {
      monitoring: {}, encryptionKey: kms.Key.fromKeyArn(stack, 'Own', stack.formatArn({ service: 'kms', resource: 'key', resourceName: 'k' })),
    }));
    expect(template.findResources('AWS::KMS::Key')).toEqual({});
  });
});

describe('an alarm reaches its topic', () => {
  const topicStatements = (template: Template) => Object.values(template.findResources('AWS::SNS::TopicPolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  test('whose policy otherwise only refuses', () => {
    const template = templateOf((stack) => pipeline(stack, { monitoring: {} }));
    expect(topicStatements(template).filter(({ Effect }) => Effect === 'Allow')).toEqual([expect.objectContaining({
      Sid: 'AllowAlarms', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: expect.objectContaining({ StringEquals: expect.anything() }),
    })]);
    expect(topicStatements(templateOf((stack) => pipeline(stack))).map(({ Effect }) => Effect)).toEqual(['Deny']);
  });

  test('of the user\'s: with a policy, it gets a statement; without one it stays open to all alarms as it was', () => {
    const given = (props: sns.TopicProps) => topicStatements(templateOf((stack) => pipeline(stack, { monitoring: {}, topic: new sns.Topic(stack, 'Mine', props) })));
    expect(given({ enforceSSL: true }).map(({ Sid }) => Sid)).toContain('AllowAlarms');
    expect(given({})).toEqual([]);
  });

  test('whose key is not the lake\'s', () => {
    const template = templateOf((stack) => pipeline(stack, {
      encryption: Encryption.s3Managed(), monitoring: { topic: new sns.Topic(stack, 'Mine', { masterKey: new kms.Key(stack, 'TopicKey') }) },
    }));
    expect(Object.keys(servicesOf(template))).toEqual(['AllowAlarms']);
  });
});

describe('what contradicts itself fails', () => {
  const encryption = Encryption.s3Managed();
  const ENV = { account: '111111111111', region: 'eu-west-1' };
  const keyAt = (stack: Stack, account: string, region: string) => kms.Key.fromKeyArn(stack, 'Far', `arn:aws:kms:${region}:${account}:key/k`);

  test.each<[string, (stack: Stack) => unknown, RegExp]>([
    ['a key beside the services\' keys', (stack) => pipeline(stack, { encryption, encryptionKey: new kms.Key(stack, 'Own') }),
      /Test\/Users\/Lake: .*\n {2}- encryptionKey: got "Test\/Own, and encryption: Encryption.s3Managed\(\)"; leave one of the two out/],
    ['a bucket that has a key', (stack) => new DataLake(stack, 'Lake', { encryption, bucket: new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Own') }) }),
      /Test\/Lake: .*\n {2}- bucket: got "Test\/Bucket, which has a key, .*leave encryption out/],
    ['an encryption beside a lake', (stack) => pipeline(stack, { encryption, lake: new DataLake(stack, 'Lake') }), /Test\/Users: .*\n {2}- encryption: got "a value beside lake"; set it on the lake/],
    ['a key of another account', (stack) => pipeline(stack, { encryptionKey: keyAt(stack, '222222222222', ENV.region) }),
      /Lake: .*\n {2}- encryptionKey: got "one of account 222222222222"; use one of account 111111111111, the account of stack Test/],
    ['a key of another region', (stack) => pipeline(stack, { encryptionKey: keyAt(stack, ENV.account, 'us-east-1') }),
      /Lake: .*\n {2}- encryptionKey: got "one in us-east-1"; use one in eu-west-1, the region of stack Test/],
    ['such a key of an imported lake', (stack) => DataLake.fromAttributes(stack, 'Lake', {
      bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'), databaseName: 'the_db', encryptionKey: keyAt(stack, '222222222222', 'us-east-1'),
    }), /2 invalid properties\n {2}- encryptionKey: got "one in us-east-1".*\n {2}- encryptionKey: got "one of account 222222222222"/],
    ['such a key of a bucket', (stack) => new RawBucket(stack, 'Raw', { encryptionKey: keyAt(stack, '222222222222', ENV.region) }), /Test\/Raw: .*\n {2}- encryptionKey: got "one of account/],
    ['such a key of a workgroup', (stack) => new AnalyticsWorkgroup(stack, 'W', { encryptionKey: keyAt(stack, '222222222222', ENV.region) }), /Test\/W: .*\n {2}- encryptionKey: got/],
  ])('%s', (_, build, message) => {
    expect(() => build(newStack(ENV))).toThrow(message);
  });

  test('a lake under IAM alone has the choice as well', () => {
    expect(JSON.stringify(templateOf((stack) => pipeline(stack, { encryption, governance: Governance.iam() })).toJSON())).not.toContain('kms:');
  });
});
