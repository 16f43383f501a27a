import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { DataLake, DataLakePipeline, DataLakeProps, Governance } from '../../src';
import { inventory, newStack, only, statementsOf, templateOf, usersSource } from '../support/synth';

const templateWith = (props: DataLakeProps = {}) => templateOf((stack) => new DataLake(stack, 'Lake', props));
const database = (props: DataLakeProps = {}) => only(templateWith(props), 'AWS::Glue::Database');

describe('the database', () => {
  test('has a unique name that Athena accepts', () => {
    const template = templateOf((stack) => {
      new DataLake(stack, 'One', { governance: Governance.iam() });
      new DataLake(stack, 'Two', { governance: Governance.iam() });
    });
    const names = Object.values(template.findResources('AWS::Glue::Database')).map(({ Properties }) => Properties.DatabaseInput.Name);
    expect(new Set(names).size).toBe(2);
    names.forEach((name) => expect(name).toMatch(/^[a-z][a-z0-9_]{0,99}$/));
  });

  test('is kept, because its tables would go with it', () => {
    expect(database().resource.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(database({ removalPolicy: RemovalPolicy.DESTROY }).resource.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('closes new tables to IAM under Lake Formation, and opens them where IAM governs', () => {
    expect(database().properties.DatabaseInput.CreateTableDefaultPermissions).toEqual([]);
    expect(database({ governance: Governance.iam() }).properties.DatabaseInput.CreateTableDefaultPermissions)
      .toEqual([{ Permissions: ['ALL'], Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' } }]);
  });

  test('waits for the deploying role to be an administrator', () => {
    const template = templateWith();
    expect(only(template, 'AWS::Glue::Database').resource.DependsOn).toEqual([only(template, 'AWS::LakeFormation::DataLakeSettings').id]);
  });

  test('a name that Athena refuses fails', () => {
    expect(database({ databaseName: 'randomuser_db' }).properties.DatabaseInput.Name).toBe('randomuser_db');
    for (const databaseName of ['RandomUser', 'random-user', '1st', '', 'x'.repeat(101)]) {
      expect(() => database({ databaseName })).toThrow(/Test\/Lake: invalid property\n {2}- databaseName: got ".*; use lower-case letters, digits and underscores/);
    }
  });
});

test('Governance.iam() leaves Lake Formation out', () => {
  const types = Object.keys(inventory(templateWith({ governance: Governance.iam() })));
  expect(types.filter((type) => type.startsWith('AWS::LakeFormation'))).toEqual([]);
  expect(Object.keys(inventory(templateWith())).filter((type) => type.startsWith('AWS::LakeFormation')))
    .toEqual(expect.arrayContaining(['AWS::LakeFormation::DataLakeSettings', 'AWS::LakeFormation::Resource']));
});

test('bucket and key can be brought along', () => {
  const template = templateOf((stack) => {
    const encryptionKey = new kms.Key(stack, 'Mine');
    new DataLake(stack, 'Lake', { bucket: new s3.Bucket(stack, 'Bucket', { encryptionKey }), governance: Governance.iam() });
  });
  expect(inventory(template)).toEqual({ 'AWS::Glue::Database': 1, 'AWS::KMS::Key': 1, 'AWS::S3::Bucket': 1 });
});

describe('grantRead', () => {
  const granted = (governance?: Governance) => {
    const stack = newStack();
    const user = new iam.User(stack, 'User');
    new DataLake(stack, 'Lake', { databaseName: 'the_db', governance }).grantRead(user).assertSuccess();
    const template = Template.fromStack(stack);
    return { template, statements: statementsOf(template, 'User') };
  };

  test('under Lake Formation, IAM opens the services and grants open the tables', () => {
    const { template, statements } = granted();
    const actions = statements.flatMap((statement) => statement.actions);
    expect(actions).toContain('lakeformation:GetDataAccess');
    expect(actions.filter((action) => action.startsWith('s3:'))).toEqual([]);
    const own = Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions')).filter(({ Properties }) => JSON.stringify(Properties.Principal).includes('User'));
    expect(own).toHaveLength(2);
  });

  test('under IAM alone, the objects of raw and curated data are readable, and nothing else', () => {
    const { template, statements } = granted(Governance.iam());
    const objects = statements.find((statement) => statement.actions.includes('s3:GetObject'));
    expect(JSON.stringify(objects?.resources)).toMatch(/\/raw\/\*.*\/curated\/\*/);
    expect(objects?.resources).toHaveLength(2);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => /Put|Delete|Create|Update/.test(action))).toEqual([]);
    template.resourceCountIs('AWS::LakeFormation::PrincipalPermissions', 0);
  });
});

describe('a lake that another app made', () => {
  const imported = (stack: Stack, governance?: Governance) => DataLake.fromAttributes(stack, 'Lake', {
    bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'), databaseName: 'the_db', governance,
  });

  test('is neither made nor registered again', () => {
    const types = inventory(templateOf((stack) => imported(stack)));
    expect(types).toEqual({ 'AWS::LakeFormation::DataLakeSettings': 1 });
  });

  test('can be filled by a pipeline', () => {
    const template = templateOf((stack) => new DataLakePipeline(stack, 'Pipeline', { lake: imported(stack), sources: [usersSource()] }));
    expect(only(template, 'AWS::Glue::Crawler').properties).toMatchObject({ DatabaseName: 'the_db', Targets: { S3Targets: [{ Path: 's3://the-bucket/raw/users/' }] } });
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.resourceCountIs('AWS::LakeFormation::PrincipalPermissions', 9);
  });
});

test('a lake in a stack of its own is shared by pipelines in others', () => {
  const app = new App();
  const lakeStack = new Stack(app, 'LakeStack');
  const lake = new DataLake(lakeStack, 'Lake', { databaseName: 'the_db' });
  const stacks = ['A', 'B'].map((id) => new Stack(app, id));
  stacks.forEach((stack) => new DataLakePipeline(stack, 'Pipeline', { lake, sources: [usersSource({}, `users_${stack.node.id.toLowerCase()}`)] }));
  app.synth();
  stacks.forEach((stack) => expect(stack.dependencies).toEqual([lakeStack]));
  expect(lakeStack.dependencies).toEqual([]);
  // The log bucket cannot name the results buckets of other stacks, and lets in this account's logs only.
  const policies = Object.values(Template.fromStack(lakeStack).findResources('AWS::S3::BucketPolicy'));
  const delivery = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.Service === 'logging.s3.amazonaws.com');
  expect(delivery).toHaveLength(2);
  for (const { Condition } of delivery) {
    expect(Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
  }
});
