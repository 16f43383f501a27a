import { Duration, RemovalPolicy, Size, Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  Audit, Cataloguing, DataLakePipeline, DataLakePipelineProps, Encryption, Governance, NamedQuery, QualityEngine, QualityRule, RunSchedule,
  TableUpkeep, Transform, TransformMode,
} from '../../src';
import { templateOf, usersSource } from '../support/synth';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Properties whose change makes CloudFormation replace the resource (the CloudFormation template reference). */
const REPLACES: Record<string, string[]> = {
  'AWS::S3::Bucket': ['BucketName', 'ObjectLockEnabled'],
  'AWS::KMS::Key': ['Origin', 'MultiRegion', 'KeySpec', 'KeyUsage'],
  'AWS::Glue::Database': ['CatalogId', 'DatabaseName'],
  'AWS::Athena::WorkGroup': ['Name'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
};

type Options = Partial<DataLakePipelineProps>;
const resources = (props: Options, context?: Record<string, unknown>, around: (stack: Stack) => Options = () => ({})) =>
  templateOf((stack) => new DataLakePipeline(stack, 'Users', { sources: [usersSource()], ...props, ...around(stack) }), undefined, { context })
    .toJSON().Resources as Record<string, Resource>;

const stateful = (all: Record<string, Resource>) => Object.entries(all).filter(([, { Type }]) => Type in REPLACES);

/** What a change of options would destroy or replace, of what holds data or is named by others. */
function lost(before: Record<string, Resource>, after: Record<string, Resource>): string[] {
  return stateful(before).flatMap(([id, resource]) => {
    const now = after[id];
    if (now === undefined) {
      return resource.DeletionPolicy?.startsWith('Retain') ? [] : [`${id} is deleted`];
    }
    const value = ({ Properties }: Resource, property: string) => JSON.stringify(Properties?.[property]);
    const changed = REPLACES[resource.Type].filter((property) => value(resource, property) !== value(now, property));
    return changed.map((property) => `${id}.${property} is replaced`);
  });
}

const HOURLY = RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)));
const OPTIONS: Record<string, (stack: Stack) => Options> = {
  'a second source': () => ({ sources: [usersSource(), usersSource({}, 'orders')] }),
  'a schedule': () => ({ sources: [usersSource({ schedule: HOURLY })] }),
  'quality rules': () => ({ sources: [usersSource({ quality: [QualityRule.rowCount({ min: 1 })] })] }),
  'another quality engine': () => ({ qualityEngine: QualityEngine.glueDataQuality(), sources: [usersSource({ quality: [QualityRule.rowCount({ min: 1 })] })] }),
  'a transform': () => ({ transforms: [Transform.sql('names', { query: 'SELECT name FROM users', mode: TransformMode.fullRefresh() })] }),
  'another cataloguing': () => ({ cataloguing: Cataloguing.crawlAlways() }),
  'a named query': () => ({ namedQueries: [NamedQuery.sql('count', 'SELECT 1')] }),
  'another scan limit': () => ({ scanLimit: Size.gibibytes(1) }),
  'lineage': () => ({ lineage: {} }),
  'monitoring': () => ({ monitoring: {} }),
  'governance by IAM': () => ({ governance: Governance.iam() }),
  'settings of a central team': () => ({ governance: Governance.lakeFormation({ dataLakeSettings: false }) }),
  'a VPC': (stack) => ({ vpc: { vpc: new ec2.Vpc(stack, 'Vpc') } }),
  'a key of one\'s own': (stack) => ({ encryptionKey: new kms.Key(stack, 'Own') }),
  'keys of the services': () => ({ encryption: Encryption.s3Managed() }),
  'hybrid access': () => ({ governance: Governance.lakeFormation({ hybridAccess: true }) }),
  'upkeep': () => ({
    transforms: [Transform.sql('names', { query: 'SELECT name FROM users', mode: TransformMode.fullRefresh() })],
    upkeep: TableUpkeep.schedule(HOURLY),
  }),
  'a topic of one\'s own': (stack) => ({ topic: new sns.Topic(stack, 'Own') }),
  'an audit': () => ({ audit: Audit.cloudTrail() }),
  'an audit of access logs': () => ({ audit: Audit.accessLogs() }),
  'other memory': () => ({ extractor: { memorySize: 512 } }),
};

describe('a change of options replaces nothing that holds data', () => {
  const before = resources({});

  test.each(Object.keys(OPTIONS))('%s', (option) => {
    const after = resources({}, undefined, OPTIONS[option]);
    expect(JSON.stringify(after)).not.toBe(JSON.stringify(before)); // the option did something
    const without = option.startsWith('a topic') ? Object.fromEntries(Object.entries(before).filter(([, { Type }]) => Type !== 'AWS::SNS::Topic')) : before;
    expect(lost(without, after)).toEqual([]);
    expect(lost(after, { ...before, ...Object.fromEntries(stateful(after).filter(([id]) => !(id in before))) })).toEqual([]);
  });

  test('another name is another database: the old one is kept', () => {
    const after = resources({ databaseName: 'renamed' });
    const [[, database]] = Object.entries(before).filter(([, { Type }]) => Type === 'AWS::Glue::Database');
    expect(after).not.toEqual(before);
    expect(database.UpdateReplacePolicy).toBe('Retain');
  });

  test('the comparison sees a deletion and a replacement', () => {
    const key = Object.keys(before).find((id) => before[id].Type === 'AWS::Athena::WorkGroup')!;
    const { [key]: gone, ...rest } = before;
    expect(lost({ ...before, [key]: { ...gone, DeletionPolicy: 'Delete' } }, rest)).toEqual([`${key} is deleted`]);
    expect(lost(before, { ...before, [key]: { ...gone, Properties: { ...gone.Properties, Name: 'another' } } })).toEqual([`${key}.Name is replaced`]);
  });
});

describe('what is deleted with the stack', () => {
  const KEY = 'cdk-data-lake-pipeline:deleteData';
  const DATA = ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Glue::Database'];
  const PLAIN = ['AWS::Logs::LogGroup', 'AWS::Athena::WorkGroup'];

  test.each<[string, RemovalPolicy | undefined, unknown, string, string]>([
    ['nothing, by default', undefined, undefined, 'RetainExceptOnCreate', 'RetainExceptOnCreate'],
    ['nothing, with the flag alone', undefined, true, 'RetainExceptOnCreate', 'RetainExceptOnCreate'],
    ['nothing, when it is to be retained and the flag is set', RemovalPolicy.RETAIN, 'true', 'Retain', 'Retain'],
    ['what holds no data, with DESTROY alone', RemovalPolicy.DESTROY, undefined, 'RetainExceptOnCreate', 'Delete'],
    ['what holds no data, with DESTROY and the flag set to false', RemovalPolicy.DESTROY, 'false', 'RetainExceptOnCreate', 'Delete'],
    ['all, with both keys', RemovalPolicy.DESTROY, true, 'Delete', 'Delete'],
    ['all, with both keys, the flag from the command line', RemovalPolicy.DESTROY, 'true', 'Delete', 'Delete'],
  ])('%s', (_, removalPolicy, flag, data, plain) => {
    const all = Object.values(resources({ removalPolicy }, flag === undefined ? {} : { [KEY]: flag }));
    const policies = (types: string[]) => [...new Set(all.filter(({ Type }) => types.includes(Type)).map(({ DeletionPolicy }) => DeletionPolicy))];
    expect(policies(DATA)).toEqual([data]);
    expect(policies(PLAIN)).toEqual([plain]);
    expect(all.some(({ Type }) => Type === 'Custom::S3AutoDeleteObjects')).toBe(data === 'Delete');
    // Other lakes of the account share them.
    expect(all.find(({ Type }) => Type === 'AWS::LakeFormation::DataLakeSettings')?.DeletionPolicy).toBe('Retain');
  });
});

test('with both keys, what an auditor or the account needs outlives the stack all the same', () => {
  const all = resources({
    removalPolicy: RemovalPolicy.DESTROY,
    audit: Audit.cloudTrail(),
    encryption: Encryption.s3Managed(),
    governance: Governance.lakeFormation({ hybridAccess: true }),
  }, { 'cdk-data-lake-pipeline:deleteData': true });
  const kept = Object.entries(all).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
  expect(kept.map(([id, { Type }]) => `${Type} ${id.replace(/[0-9A-F]{8}$/, '')}`).sort()).toEqual([
    'AWS::IAM::Role UsersLakeGovernanceHybridAccessFunctionRole', // the settings name it
    'AWS::LakeFormation::DataLakeSettings UsersLakeGovernanceHybridAccessAdministrator',
    'AWS::LakeFormation::DataLakeSettings UsersLakeGovernanceSettings',
    'AWS::S3::Bucket UsersLakeAuditBucket',
  ]);
});

test.each<[string, Options, RegExp]>([
  ['by default', {}, /ExtractorRole/],
  ['with custom resources of ours and of the CDK', { governance: Governance.lakeFormation({ hybridAccess: true }), removalPolicy: RemovalPolicy.DESTROY }, /CustomS3AutoDeleteObjects/],
  ['with the closing of the database', { audit: Audit.cloudTrail(), monitoring: {}, ...OPTIONS.upkeep(undefined!) }, /GovernanceClosingRole/],
])('a permission boundary set from outside is on every role, and a tag on every resource that takes tags, %s', (_, props, role) => {
  const template = templateOf((stack) => {
    const pipeline = new DataLakePipeline(stack, 'Users', { sources: [usersSource({ schedule: HOURLY })], lineage: {}, ...props });
    pipeline.grantRead(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
    const boundary = iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'the-boundary');
    iam.PermissionsBoundary.of(stack).apply(boundary);
    Tags.of(stack).add('cost-center', '42');
  }, undefined, { context: { 'cdk-data-lake-pipeline:deleteData': true } });
  expect(Object.keys(template.findResources('AWS::IAM::Role')).join()).toMatch(role);
  const roles = Object.values(template.findResources('AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(6);
  expect(roles.map(({ Properties }) => JSON.stringify(Properties.PermissionsBoundary))).toEqual(roles.map(() => expect.stringContaining('policy/the-boundary')));
  const tagged = ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Lambda::Function', 'AWS::Glue::Crawler', 'AWS::Athena::WorkGroup', 'AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic', 'AWS::SQS::Queue'];
  for (const type of tagged) {
    // The CDK gives its own provider of custom resources no tags.
    const found = Object.entries(template.findResources(type)).flatMap(([id, resource]) => (id.startsWith('CustomS3') ? [] : [resource]));
    expect(found).not.toEqual([]);
    found.forEach(({ Properties }) => expect(JSON.stringify(Properties.Tags)).toContain('cost-center'));
  }
});
