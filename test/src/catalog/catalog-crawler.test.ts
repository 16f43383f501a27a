import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CatalogCrawler, CatalogCrawlerProps, CrawlerSecurity } from '../../../src';
import { inventory, newStack, only, statementsOf, templateOf } from '../../support/synth';

const add = (stack: Stack, props: Partial<CatalogCrawlerProps> = {}) => new CatalogCrawler(stack, 'Crawler', {
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
  prefix: 'raw/users/',
  databaseName: 'the_db',
  ...props,
});

const crawler = (props: Partial<CatalogCrawlerProps> = {}) => only(templateOf((stack) => add(stack, props)), 'AWS::Glue::Crawler').properties;

test('the crawler makes one table of the prefix and never takes a column away', () => {
  const properties = crawler();
  expect(properties).toMatchObject({
    DatabaseName: 'the_db',
    Targets: { S3Targets: [{ Path: 's3://the-bucket/raw/users/' }] },
    SchemaChangePolicy: { UpdateBehavior: 'UPDATE_IN_DATABASE', DeleteBehavior: 'LOG' },
  });
  expect(properties.Name).toBeUndefined();
  expect(JSON.parse(properties.Configuration)).toEqual({
    Version: 1,
    CreatePartitionIndex: false,
    CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' }, Tables: { AddOrUpdateBehavior: 'MergeNewColumns' } },
    Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas', TableLevelConfiguration: 3 },
  });
});

test.each([['users/', 2], ['a/b/c/', 4]])('the table level follows from the prefix %s', (prefix, level) => {
  expect(JSON.parse(crawler({ prefix }).Configuration).Grouping.TableLevelConfiguration).toBe(level);
});

test('it takes its credentials from Lake Formation when told to, and then no rights on S3', () => {
  expect(crawler().LakeFormationConfiguration).toBeUndefined();
  const template = templateOf((stack) => add(stack, { useLakeFormationCredentials: true }));
  expect(only(template, 'AWS::Glue::Crawler').properties.LakeFormationConfiguration).toEqual({ UseLakeFormationCredentials: true });
  const actions = statementsOf(template).flatMap((statement) => statement.actions);
  expect(actions).toContain('lakeformation:GetDataAccess');
  expect(actions.filter((action) => action.startsWith('s3:'))).toEqual([]);
});

test('without Lake Formation it reads its prefix and no other', () => {
  const statements = statementsOf(templateOf((stack) => add(stack)));
  const objects = statements.find(({ actions }) => actions.includes('s3:GetObject'));
  expect(JSON.stringify(objects?.resources)).toContain('the-bucket/raw/users/*');
  expect(statements.find(({ actions }) => actions.includes('s3:ListBucket'))?.condition).toEqual({ StringLike: { 's3:prefix': ['raw/users/*'] } });
  expect(statements.flatMap(({ actions }) => actions)).not.toContain('lakeformation:GetDataAccess');
});

test('it writes the tables of its own database only, and deletes none', () => {
  const [glue] = statementsOf(templateOf((stack) => add(stack)));
  expect(JSON.stringify(glue.resources)).toMatch(/:catalog"[^}]*}.*:database\/the_db"[^}]*}.*:table\/the_db\/\*"/);
  expect(glue.resources).toHaveLength(3);
  expect(glue.actions.filter((action) => /Delete/.test(action))).toEqual([]);
});

test('what it writes is encrypted when there is a key', () => {
  const template = templateOf((stack) => add(stack, { encryptionKey: new kms.Key(stack, 'Key') }));
  const key = { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] };
  const { properties } = only(template, 'AWS::Glue::SecurityConfiguration');
  expect(properties.EncryptionConfiguration).toEqual({
    S3Encryptions: [{ S3EncryptionMode: 'SSE-KMS', KmsKeyArn: key }],
    CloudWatchEncryption: { CloudWatchEncryptionMode: 'SSE-KMS', KmsKeyArn: key },
    JobBookmarksEncryption: { JobBookmarksEncryptionMode: 'CSE-KMS', KmsKeyArn: key },
  });
  expect(only(template, 'AWS::Glue::Crawler').properties.CrawlerSecurityConfiguration).toBe(properties.Name);
});

test('another key makes a security configuration of another name, because CloudFormation cannot replace one under the same', () => {
  const nameWith = (keyId: string) => only(templateOf((stack) => add(stack, {
    encryptionKey: kms.Key.fromKeyArn(stack, 'Key', stack.formatArn({ service: 'kms', resource: 'key', resourceName: keyId })),
  })), 'AWS::Glue::SecurityConfiguration').properties.Name;
  expect(nameWith('one')).toBe(nameWith('one'));
  expect(nameWith('two')).not.toBe(nameWith('one'));
});

test('name, role and security configuration can be given and shared', () => {
  const template = templateOf((stack) => {
    const role = new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com') });
    const security = new CrawlerSecurity(stack, 'Security', { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', stack.formatArn({ service: 'kms', resource: 'key', resourceName: 'k' })) });
    add(stack, { role, security, crawlerName: 'my-crawler' });
  });
  expect(inventory(template)).toEqual({ 'AWS::Glue::Crawler': 1, 'AWS::Glue::SecurityConfiguration': 1, 'AWS::IAM::Role': 1 });
  expect(only(template, 'AWS::Glue::Crawler').properties).toMatchObject({ Name: 'my-crawler', Role: { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role').id, 'Arn'] } });
});

test('only Glue of the same account may take the role', () => {
  const { properties } = only(templateOf((stack) => add(stack)), 'AWS::IAM::Role');
  expect(properties.AssumeRolePolicyDocument.Statement).toEqual([expect.objectContaining({
    Principal: { Service: 'glue.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  })]);
});

test('grantStart lets someone start this crawler', () => {
  const stack = newStack();
  const user = new iam.User(stack, 'User');
  add(stack).grantStart(user);
  const [statement] = statementsOf(Template.fromStack(stack), 'User');
  expect(statement.actions).toEqual(['glue:StartCrawler', 'glue:GetCrawler']);
  expect(JSON.stringify(statement.resources)).toMatch(/:crawler\/",{"Ref":"Crawler/);
});

test('a prefix that is no folder fails', () => {
  expect(() => crawler({ prefix: 'raw/users/' })).not.toThrow();
  for (const prefix of ['raw/users', '/raw/', '']) {
    expect(() => crawler({ prefix })).toThrow(/Test\/Crawler: invalid property\n {2}- prefix: got .*; use folders, each ending in a slash/);
  }
});
