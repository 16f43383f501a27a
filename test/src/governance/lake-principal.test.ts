import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { DataLake, Governance, LakePrincipal } from '../../../src';
import { newStack, statementsOf, templateOf } from '../../support/synth';

const PERMISSIONS = 'AWS::LakeFormation::PrincipalPermissions';

const lakeOf = (stack: Stack) => new DataLake(stack, 'Lake', { governance: Governance.lakeFormation({ revokeIamAllowedPrincipals: false }) });

function principalsOf(principal: (stack: Stack) => iam.IGrantable): unknown[] {
  const template = templateOf((stack) => lakeOf(stack).grantRead(principal(stack)));
  const own = Object.values(template.findResources(PERMISSIONS)).map(({ Properties }) => Properties.Principal.DataLakePrincipalIdentifier);
  expect(own).toHaveLength(2);
  return own;
}

const SAML = (stack: Construct) => iam.SamlProvider.fromSamlProviderArn(stack, 'Provider', 'arn:aws:iam::111111111111:saml-provider/okta');

test.each<[string, (stack: Stack) => iam.IGrantable, unknown]>([
  ['a role', (stack) => LakePrincipal.role(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() })), { 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] }],
  ['a user', (stack) => LakePrincipal.user(new iam.User(stack, 'User')), { 'Fn::GetAtt': ['User00B015A1', 'Arn'] }],
  ['an account', () => LakePrincipal.account('222222222222'), '222222222222'],
  ['a group of Identity Center', () => LakePrincipal.identityCenterGroup('1234567890-12345678-abcd-abcd-abcd-1234567890ab'), {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':identitystore:::group/1234567890-12345678-abcd-abcd-abcd-1234567890ab']],
  }],
  ['a group of a SAML provider', (stack) => LakePrincipal.samlGroup(SAML(stack), 'Data Analysts'), 'arn:aws:iam::111111111111:saml-provider/okta:group/Data Analysts'],
])('%s is known to Lake Formation by its identifier', (_, principal, expected) => {
  expect(principalsOf(principal)).toEqual([expected, expected]);
});

test('a role gets its IAM permissions with the grant, however it is named', () => {
  const template = templateOf((stack) => {
    const lake = lakeOf(stack);
    const role = new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() });
    lake.grantRead(LakePrincipal.role(role)).assertSuccess();
    lake.grantRead(role).assertSuccess();
  });
  expect(statementsOf(template, 'Analyst').flatMap(({ actions }) => actions)).toContain('glue:GetTable');
  template.resourceCountIs(PERMISSIONS, 2);
});

test('someone outside of IAM has no policy to add to, and the grant says so', () => {
  const grant = new DataLake(newStack(), 'Lake').grantRead(LakePrincipal.account('222222222222'));
  expect(grant.success).toBe(false);
  expect(() => grant.assertSuccess()).toThrow(/LakePrincipal\(222222222222\)/);
});

test.each<[string, () => LakePrincipal, string]>([
  ['an account by its name', () => LakePrincipal.account('production'), 'accountId: got "production"; use twelve digits'],
  ['a group by its name', () => LakePrincipal.identityCenterGroup('analysts'), 'groupId: got "analysts"; use the id of the group'],
  ['a group without a name', () => LakePrincipal.samlGroup(SAML(newStack()), ''), 'groupName: got ""'],
])('%s fails', (_, principal, message) => {
  expect(principal).toThrow(message);
});
