import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataLake, Governance, LakeFormationOptions, LakePrincipal } from '../../../src';
import { newStack, only, statementsOf, templateOf } from '../../support/synth';

const PERMISSIONS = 'AWS::LakeFormation::PrincipalPermissions';
const CLOSED = 'Custom::LakeFormationClosed';
const OPT_IN = 'Custom::LakeFormationOptIn';

const lakeOf = (stack: Stack, options: LakeFormationOptions = {}) =>
  new DataLake(stack, 'Lake', { databaseName: 'the_db', governance: Governance.lakeFormation(options) });
const lakeTemplate = (options: LakeFormationOptions = {}, use: (lake: DataLake, stack: Stack) => void = () => undefined) =>
  templateOf((stack) => use(lakeOf(stack, options), stack));

describe('a governed database is closed to IAM', () => {
  const template = lakeTemplate();

  test('by a custom resource that is answered within minutes, or fails', () => {
    const { properties } = only(template, CLOSED);
    expect(properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/ClosingFunction/), 'Arn'] },
      ServiceTimeout: '360',
      action: 'close',
      catalogId: { Ref: 'AWS::AccountId' },
      database: 'the_db',
    });
  });

  test('by a role that holds ALL with the grant option on this database, which is what revoking ALL asks for', () => {
    const role = { 'Fn::GetAtt': [expect.stringMatching(/ClosingRole/), 'Arn'] };
    const grants = Object.entries(template.findResources(PERMISSIONS));
    expect(grants.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({ Principal: { DataLakePrincipalIdentifier: role }, Permissions: ['ALL'], PermissionsWithGrantOption: ['ALL'] }),
      expect.objectContaining({ Principal: { DataLakePrincipalIdentifier: role }, Permissions: ['ALL'], PermissionsWithGrantOption: ['ALL'] }),
    ]);
    expect(only(template, CLOSED).resource.DependsOn).toEqual(expect.arrayContaining(grants.map(([id]) => id)));
  });

  test('and whose policy lets it revoke and list tables, and read no data', () => {
    const actions = statementsOf(template, 'Closing').flatMap((statement) => statement.actions);
    expect(actions.filter((action) => !/^(logs|kms):/.test(action))).toEqual(['lakeformation:RevokePermissions', 'glue:GetTables']);
  });

  test('unless a central team does it, or IAM governs', () => {
    lakeTemplate({ revokeIamAllowedPrincipals: false }).resourceCountIs(CLOSED, 0);
    const template_ = templateOf((stack) => new DataLake(stack, 'Lake', { governance: Governance.iam() }));
    template_.resourceCountIs(CLOSED, 0);
    template_.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('and not where another app owns it', () => {
    const imported = templateOf((stack) => {
      const { bucket } = new DataLake(newStack(), 'Other');
      DataLake.fromAttributes(stack, 'Lake', { bucket, databaseName: 'the_db' }).grantRead(new iam.User(stack, 'User'));
    });
    imported.resourceCountIs(CLOSED, 0);
  });
});

describe('hybrid access', () => {
  const hybrid = (use?: (lake: DataLake, stack: Stack) => void) => lakeTemplate({ hybridAccess: true }, use);

  test('registers the locations for both, and leaves tables open to IAM', () => {
    const template = hybrid();
    const locations = Object.values(template.findResources('AWS::LakeFormation::Resource'));
    expect(locations.map(({ Properties }) => Properties.HybridAccessEnabled)).toEqual([true, true]);
    expect(Object.values(lakeTemplate().findResources('AWS::LakeFormation::Resource')).map(({ Properties }) => Properties.HybridAccessEnabled)).toEqual([undefined, undefined]);
    expect(only(template, 'AWS::Glue::Database').properties.DatabaseInput.CreateTableDefaultPermissions)
      .toEqual([{ Permissions: ['ALL'], Principal: { DataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' } }]);
    template.resourceCountIs(CLOSED, 0);
  });

  test('opts in each who is granted something, once, after the grant', () => {
    const template = hybrid((lake, stack) => {
      const user = new iam.User(stack, 'User');
      lake.grantRead(user);
      lake.grantWrite(user);
      lake.grantRead(LakePrincipal.role(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() })));
    });
    const optIns = Object.values(template.findResources(OPT_IN));
    expect(optIns.map(({ Properties }) => [Properties.action, Properties.database, Properties.principal['Fn::GetAtt'][0]]))
      .toEqual([['optIn', 'the_db', expect.stringMatching(/^User/)], ['optIn', 'the_db', expect.stringMatching(/^Role/)]]);
    const grants = Object.keys(template.findResources(PERMISSIONS));
    optIns.forEach(({ DependsOn }) => expect(grants.some((id) => DependsOn.includes(id))).toBe(true));
  });

  test('has no opt-in for those outside of IAM, whom Lake Formation does not opt in', () => {
    hybrid((lake) => lake.grantRead(LakePrincipal.account('222222222222'))).resourceCountIs(OPT_IN, 0);
  });

  test('makes an administrator of the role that opts in, which may do nothing else and is kept as long as the settings name it', () => {
    const template = hybrid((lake, stack) => lake.grantRead(new iam.User(stack, 'User')));
    const [deployer, administrator] = Object.entries(template.findResources('AWS::LakeFormation::DataLakeSettings'))
      .sort(([, one], [, other]) => (one.DependsOn ?? []).length - (other.DependsOn ?? []).length);
    const role = administrator[1].Properties.Admins[0].DataLakePrincipalIdentifier['Fn::GetAtt'][0];
    expect(administrator[1]).toMatchObject({ DeletionPolicy: 'Retain', Properties: { MutationType: 'APPEND' } });
    expect(administrator[1].DependsOn).toContain(deployer[0]);
    expect(template.findResources('AWS::IAM::Role')[role].DeletionPolicy).toBe('Retain');
    expect(only(template, OPT_IN).resource.DependsOn).toContain(administrator[0]);
    const actions = statementsOf(template, 'HybridAccess').flatMap((statement) => statement.actions);
    expect(actions.filter((action) => !/^(logs|kms):/.test(action)))
      .toEqual(['lakeformation:CreateLakeFormationOptIn', 'lakeformation:DeleteLakeFormationOptIn', 'lakeformation:ListLakeFormationOptIns']);
  });

  test('opts someone of another stack in from there', () => {
    const app = new App({ analyticsReporting: false });
    const [lakeStack, people] = [new Stack(app, 'LakeStack'), new Stack(app, 'People')];
    lakeOf(lakeStack, { hybridAccess: true }).grantRead(new iam.User(people, 'User'));
    Template.fromStack(people).resourceCountIs(OPT_IN, 1);
    Template.fromStack(lakeStack).resourceCountIs(OPT_IN, 0);
    expect(lakeStack.dependencies).toEqual([]);
  });

  test.each<[string, LakeFormationOptions, RegExp]>([
    ['without the settings', { hybridAccess: true, dataLakeSettings: false }, /governance: got "hybridAccess, and dataLakeSettings: false"; only an administrator can opt principals in/],
    ['beside closing the database', { hybridAccess: true, revokeIamAllowedPrincipals: true }, /governance: got "hybridAccess, and revokeIamAllowedPrincipals"; leave one of the two out/],
  ])('%s fails', (_, options, message) => {
    expect(() => hybrid()).not.toThrow();
    expect(() => lakeTemplate(options)).toThrow(message);
  });
});
