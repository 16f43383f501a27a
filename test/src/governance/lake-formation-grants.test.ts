import { App, BootstraplessSynthesizer, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LakeFormationGrants, LakeFormationGrantsProps, LakePermission } from '../../../src';
import { newStack, only, statementsOf, templateOf } from '../../support/synth';

const add = (stack: Stack, props: Partial<LakeFormationGrantsProps> = {}) => new LakeFormationGrants(stack, 'Grants', {
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
  databaseName: 'the_db',
  ...props,
});
const PERMISSIONS = 'AWS::LakeFormation::PrincipalPermissions';
const location = (prefix: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::the-bucket/${prefix}`]] });

describe('settings', () => {
  test('the deploying role is added to the administrators, and stays when the stack goes', () => {
    const { properties, resource } = only(templateOf((stack) => add(stack)), 'AWS::LakeFormation::DataLakeSettings');
    expect(properties).toEqual({
      MutationType: 'APPEND',
      Admins: [{
        DataLakePrincipalIdentifier: {
          'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}',
        },
      }],
    });
    expect(resource.DeletionPolicy).toBe('Retain');
  });

  test('one switch leaves them alone', () => {
    templateOf((stack) => add(stack, { dataLakeSettings: false })).resourceCountIs('AWS::LakeFormation::DataLakeSettings', 0);
  });

  test('the role can be named', () => {
    const template = templateOf((stack) => add(stack, { deploymentRole: iam.Role.fromRoleName(stack, 'Deployer', 'deployer') }));
    expect(JSON.stringify(only(template, 'AWS::LakeFormation::DataLakeSettings').properties.Admins)).toContain(':role/deployer');
  });

  test('a synthesizer without an execution role needs it named', () => {
    const synthesized = (synthesizer: DefaultStackSynthesizer | CliCredentialsStackSynthesizer, props: Partial<LakeFormationGrantsProps> = {}) =>
      () => add(new Stack(new App(), 'Test', { synthesizer: synthesizer as DefaultStackSynthesizer }), props);
    expect(synthesized(new DefaultStackSynthesizer())).not.toThrow();
    expect(synthesized(new CliCredentialsStackSynthesizer(), { dataLakeSettings: false })).not.toThrow();
    for (const synthesizer of [new CliCredentialsStackSynthesizer(), new BootstraplessSynthesizer()]) {
      expect(synthesized(synthesizer)).toThrow(/Test\/Grants: .*\n {2}- governance: .*pass Governance.lakeFormation\(\{ deploymentRole \}\)/);
    }
  });
});

describe('locations', () => {
  test('raw and curated data are registered by prefix, under a role of their own', () => {
    const template = templateOf((stack) => add(stack));
    const registered = Object.values(template.findResources('AWS::LakeFormation::Resource')).map((resource) => resource.Properties);
    const role = { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role').id, 'Arn'] };
    expect(registered).toEqual([
      { ResourceArn: location('raw'), RoleArn: role, UseServiceLinkedRole: false },
      { ResourceArn: location('curated'), RoleArn: role, UseServiceLinkedRole: false },
    ]);
  });

  test('the role writes curated data only', () => {
    const objects = statementsOf(templateOf((stack) => add(stack))).filter(({ actions }) => actions.includes('s3:GetObject'));
    expect(objects).toEqual([
      { actions: ['s3:GetObject'], resources: [location('raw/*')] },
      { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [location('curated/*')] },
    ]);
  });

  test('only Lake Formation of the same account may take the role', () => {
    const { properties } = only(templateOf((stack) => add(stack)), 'AWS::IAM::Role');
    expect(properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lakeformation.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }]);
  });

  test('a bucket that is registered already is left alone', () => {
    const template = templateOf((stack) => add(stack, { registerLocations: false }));
    template.resourceCountIs('AWS::LakeFormation::Resource', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('grants', () => {
  test('a reader sees the database and reads all its tables, those to come included', () => {
    const template = templateOf((stack) => add(stack).grantRead(new iam.User(stack, 'User')));
    const grants = Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => [Properties.Permissions, Properties.Resource]);
    expect(grants).toEqual([
      [['DESCRIBE'], { Database: { CatalogId: { Ref: 'AWS::AccountId' }, Name: 'the_db' } }],
      [['DESCRIBE', 'SELECT'], { Table: { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseName: 'the_db', TableWildcard: {} } }],
    ]);
  });

  test('a crawler makes tables over its prefix', () => {
    const template = templateOf((stack) => add(stack).grantCrawl(new iam.User(stack, 'User'), 'raw/'));
    const made = Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => Properties);
    const grants = made.map(({ Permissions, Resource }) => [Permissions, Object.keys(Resource)[0]]);
    expect(grants).toEqual([
      [['ALTER', 'CREATE_TABLE', 'DESCRIBE'], 'Database'],
      [['ALTER', 'DESCRIBE', 'INSERT', 'SELECT'], 'Table'],
      [['DATA_LOCATION_ACCESS'], 'DataLocation'],
    ]);
    template.hasResourceProperties(PERMISSIONS, { Resource: { DataLocation: { ResourceArn: location('raw') } } });
  });

  test('are made one after another, after settings and locations', () => {
    const template = templateOf((stack) => {
      const grants = add(stack);
      ['A', 'B', 'C'].forEach((id) => grants.grantRead(new iam.User(stack, id)));
    });
    const made = Object.entries(template.findResources(PERMISSIONS));
    const ids = made.map(([id]) => id);
    const after = made.map(([, resource]) => (resource.DependsOn as string[]).filter((id) => ids.includes(id)));
    expect(made).toHaveLength(6);
    // Each one depends on exactly one other, and no two on the same: a chain.
    expect(after.map((others) => others.length).sort()).toEqual([0, 1, 1, 1, 1, 1]);
    expect(new Set(after.flat()).size).toBe(5);
    for (const [, resource] of made) {
      expect(resource.DependsOn).toContain(only(template, 'AWS::LakeFormation::DataLakeSettings').id);
      expect((resource.DependsOn as string[]).filter((id) => id.includes('Locations'))).toHaveLength(2);
    }
  });

  test('two lakes of one stack share the chain', () => {
    const template = templateOf((stack) => {
      const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket');
      for (const id of ['One', 'Two']) {
        const props = { bucket, databaseName: id.toLowerCase(), registerLocations: false, dataLakeSettings: false };
        const grants = new LakeFormationGrants(stack, id, props);
        grants.grantDatabase(new iam.User(stack, `User${id}`), [LakePermission.DESCRIBE]);
      }
    });
    const [[first], [, second]] = Object.entries(template.findResources(PERMISSIONS));
    expect(second.DependsOn).toEqual([first]);
  });

  test('what someone may do with one thing is one grant, because CloudFormation knows it by who and what', () => {
    const template = templateOf((stack) => {
      const user = new iam.User(stack, 'User');
      const grants = add(stack);
      grants.grantRead(user);
      grants.grantWrite(user);
      grants.grantDatabase(user, [LakePermission.CREATE_TABLE]);
    });
    const grants = Object.values(template.findResources(PERMISSIONS))
      .map(({ Properties }) => [Object.keys(Properties.Resource)[0], Properties.Permissions]);
    expect(grants).toEqual([['Database', ['CREATE_TABLE', 'DESCRIBE']], ['Table', ['ALTER', 'DELETE', 'DESCRIBE', 'INSERT', 'SELECT']]]);
  });

  test('a steward does all with the tables and passes it on', () => {
    const template = templateOf((stack) => add(stack).grantAdminister(new iam.User(stack, 'User')));
    const grants = Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => Properties);
    expect(grants.map(({ Permissions, PermissionsWithGrantOption }) => [Permissions, PermissionsWithGrantOption])).toEqual([
      [['ALTER', 'CREATE_TABLE', 'DESCRIBE', 'DROP'], ['ALTER', 'CREATE_TABLE', 'DESCRIBE', 'DROP']],
      [['ALTER', 'DELETE', 'DESCRIBE', 'DROP', 'INSERT', 'SELECT'], ['ALTER', 'DELETE', 'DESCRIBE', 'DROP', 'INSERT', 'SELECT']],
      [['DATA_LOCATION_ACCESS'], []],
      [['DATA_LOCATION_ACCESS'], []],
    ]);
  });

  test('the same grant twice is one', () => {
    const template = templateOf((stack) => {
      const user = new iam.User(stack, 'User');
      const grants = add(stack);
      grants.grantRead(user);
      grants.grantRead(user);
    });
    template.resourceCountIs(PERMISSIONS, 2);
  });

  test('stand in the stack of their principal, so that stacks do not depend on each other in a circle', () => {
    const app = new App();
    const lake = new Stack(app, 'LakeStack');
    const users = new Stack(app, 'UserStack');
    add(lake).grantRead(new iam.Role(users, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(lake).resourceCountIs(PERMISSIONS, 0);
    Template.fromStack(users).resourceCountIs(PERMISSIONS, 2);
    expect(users.dependencies).toEqual([lake]);
  });

  test('an imported role and a bare ARN have names that Lake Formation knows', () => {
    const template = templateOf((stack) => {
      const grants = add(stack);
      const arn = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: 'other' });
      grants.grantDatabase(iam.Role.fromRoleName(stack, 'Role', 'analyst'), [LakePermission.DESCRIBE]);
      grants.grantDatabase(new iam.ArnPrincipal(arn), [LakePermission.DESCRIBE]);
    });
    const principals = Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => JSON.stringify(Properties.Principal));
    expect(principals).toEqual([expect.stringContaining(':role/analyst'), expect.stringContaining(':role/other')]);
  });

  test.each<[string, (stack: Stack) => iam.IGrantable]>([
    ['a service', () => new iam.ServicePrincipal('lambda.amazonaws.com')],
    ['an account', () => new iam.AccountPrincipal('111111111111')],
    ['anyone', () => new iam.AnyPrincipal()],
    ['several at once', () => new iam.CompositePrincipal(new iam.AccountPrincipal('111111111111'), new iam.AnyPrincipal())],
    ['a group', (stack) => new iam.Group(stack, 'Group')],
  ])('%s is no principal of Lake Formation', (_, principal) => {
    const stack = newStack();
    const grants = add(stack);
    expect(() => grants.grantRead(new iam.User(stack, 'User'))).not.toThrow();
    expect(() => grants.grantRead(principal(stack))).toThrow(/Test\/Grants: invalid property\n {2}- grantee: got .*; Lake Formation grants to roles and users only/);
  });
});
