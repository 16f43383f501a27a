import { RemovalPolicy, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AnalyticsWorkgroup, AnalyticsWorkgroupProps, NamedQuery } from '../../../src';
import { inventory, newStack, only, statementsOf, templateOf } from '../../support/synth';

const templateWith = (props: AnalyticsWorkgroupProps = {}) => templateOf((stack) => new AnalyticsWorkgroup(stack, 'Workgroup', props));
const workgroup = (props: AnalyticsWorkgroupProps = {}) => only(templateWith(props), 'AWS::Athena::WorkGroup');

test('no client can override encryption, owner check, scan limit or metrics', () => {
  const template = templateWith();
  const { properties } = only(template, 'AWS::Athena::WorkGroup');
  expect(properties.WorkGroupConfiguration).toEqual({
    EnforceWorkGroupConfiguration: true,
    PublishCloudWatchMetricsEnabled: true,
    RequesterPaysEnabled: false,
    BytesScannedCutoffPerQuery: 107_374_182_400,
    EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
    ResultConfiguration: {
      OutputLocation: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching(/^WorkgroupResults/) }, `/${properties.Name}/`]] },
      ExpectedBucketOwner: { Ref: 'AWS::AccountId' },
      EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] } },
    },
  });
});

test('two workgroups have different names by default', () => {
  const template = templateOf((stack) => {
    new AnalyticsWorkgroup(stack, 'A');
    new AnalyticsWorkgroup(stack, 'B');
  });
  const names = Object.values(template.findResources('AWS::Athena::WorkGroup')).map((resource) => resource.Properties.Name);
  expect(new Set(names).size).toBe(2);
  names.forEach((name) => expect(name).toMatch(/^[a-zA-Z0-9._-]{1,128}$/));
});

test('results can go to another bucket, prefix and key', () => {
  const template = templateOf((stack) => new AnalyticsWorkgroup(stack, 'Workgroup', {
    workgroupName: 'analytics',
    resultsBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-results'),
    resultsPrefix: 'analysts/',
    encryptionKey: new kms.Key(stack, 'Mine'),
    scanLimit: Size.gibibytes(1),
    description: 'For analysts',
  }));
  expect(inventory(template)).toEqual({ 'AWS::Athena::WorkGroup': 1, 'AWS::KMS::Key': 1 });
  expect(only(template, 'AWS::Athena::WorkGroup').properties).toMatchObject({
    Name: 'analytics',
    Description: 'For analysts',
    WorkGroupConfiguration: { BytesScannedCutoffPerQuery: 1_073_741_824, ResultConfiguration: { OutputLocation: 's3://my-results/analysts/' } },
  });
});

test('it is kept with its queries unless the stack says otherwise', () => {
  expect(workgroup().resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', Properties: { RecursiveDeleteOption: false } });
  expect(workgroup({ removalPolicy: RemovalPolicy.DESTROY }).resource).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RecursiveDeleteOption: true } });
});

test('results expire and stay closed to the public', () => {
  templateWith().hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [{
        Id: 'expire-results',
        ExpirationInDays: 30,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        Status: 'Enabled',
      }],
    },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
  });
});

describe('named queries', () => {
  const withQueries = (...queries: NamedQuery[]) => templateOf((stack) => {
    const analytics = new AnalyticsWorkgroup(stack, 'Workgroup', { workgroupName: 'analytics' });
    queries.forEach((query) => analytics.addNamedQuery(query, 'the_db'));
  });

  test('stand in the workgroup', () => {
    const template = withQueries(NamedQuery.sql('count', 'SELECT count(*) FROM t', { description: 'How many' }));
    const { properties, resource } = only(template, 'AWS::Athena::NamedQuery');
    expect(properties).toEqual({ Name: 'count', Description: 'How many', Database: 'the_db', QueryString: 'SELECT count(*) FROM t', WorkGroup: 'analytics' });
    expect(resource.DependsOn).toEqual([only(template, 'AWS::Athena::WorkGroup').id]);
  });

  test('have names of their own', () => {
    expect(() => withQueries(NamedQuery.sql('a', 'SELECT 1'), NamedQuery.sql('b', 'SELECT 1'))).not.toThrow();
    expect(() => withQueries(NamedQuery.sql('a', 'SELECT 1'), NamedQuery.sql('a', 'SELECT 2')))
      .toThrow(/Test\/Workgroup: invalid property\n {2}- namedQueries: got "a"; a workgroup holds one query of a name/);
  });

  test('hold a statement', () => {
    expect(() => withQueries(NamedQuery.sql('a', ' '))).toThrow(/namedQueries\.a: got " "; write one SQL statement/);
  });
});

test('grantQuery opens this workgroup, its results and its key', () => {
  const stack = newStack();
  const user = new iam.User(stack, 'User');
  new AnalyticsWorkgroup(stack, 'Workgroup', { workgroupName: 'analytics', resultsPrefix: 'analysts/' }).grantQuery(user).assertSuccess();
  const statements = statementsOf(Template.fromStack(stack), 'User');
  const start = statements.find(({ actions }) => actions.includes('athena:StartQueryExecution'));
  expect(JSON.stringify(start?.resources)).toContain(':workgroup/analytics');
  const objects = statements.find(({ actions }) => actions.includes('s3:PutObject'));
  expect(JSON.stringify(objects?.resources)).toContain('/analysts/*');
  expect(statements.find(({ actions }) => actions.includes('kms:GenerateDataKey'))?.resources).toHaveLength(1);
  expect(statements.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions).sort())
    .toEqual(['athena:ListDataCatalogs', 'athena:ListWorkGroups']);
});

test('bad names, prefixes and limits fail together', () => {
  expect(() => workgroup({ workgroupName: 'analytics', resultsPrefix: 'a/', scanLimit: Size.mebibytes(10) })).not.toThrow();
  expect(() => workgroup({ workgroupName: 'my analysts', resultsPrefix: 'a', scanLimit: Size.mebibytes(9) }))
    .toThrow(/3 invalid properties\n.*workgroupName: got "my analysts".*\n.*resultsPrefix: got "a".*\n.*scanLimit: got "9437184 bytes"; Athena takes Size.mebibytes\(10\)/);
});
