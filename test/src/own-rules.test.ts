import { Template } from 'aws-cdk-lib/assertions';
import { OWN_RULES, ruleViolations } from '../support/own-rules';
import { PIPELINES, pipelineStack, REGIONS } from '../support/pipelines';

const CASES = Object.keys(PIPELINES).flatMap((name) => (name === 'everything on' ? Object.values(REGIONS) : [REGIONS.aws]).map((region) => [name, region]));

test.each(CASES)('%s in %s keeps our rules', (name, region) => {
  expect(ruleViolations(Template.fromStack(pipelineStack(name, region)).toJSON())).toEqual([]);
});

const grant = (DependsOn?: string) => ({ Type: 'AWS::LakeFormation::PrincipalPermissions', Properties: {}, DependsOn });
const policy = (Action: string, Resource: unknown = 'x') =>
  ({ P: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } } } });
const role = { 'Fn::GetAtt': ['R', 'Arn'] };

test.each<[keyof typeof OWN_RULES, Record<string, any>]>([
  ['a partition is not hard-coded', { B: { Type: 'X', Properties: { Arn: 'arn:aws:s3:::bucket' } } }],
  ['a partition is not hard-coded', { B: { Type: 'X', Properties: { Arn: 'arn:aws-cn:s3:::bucket' } } }],
  ['data lake settings are appended to', { S: { Type: 'AWS::LakeFormation::DataLakeSettings', Properties: {} } }],
  ['data lake settings are appended to', { S: { Type: 'AWS::LakeFormation::DataLakeSettings', Properties: { MutationType: 'REPLACE' } } }],
  ['grants are made one after another', { A: grant(), B: grant() }],
  ['grants are made one after another', { A: grant(), B: grant('A'), C: grant() }],
  ['locations are registered without a wildcard', { L: { Type: 'AWS::LakeFormation::Resource', Properties: { ResourceArn: 'x/raw/*' } } }],
  ['every part has a role of its own', { F: { Type: 'AWS::Lambda::Function', Properties: { Role: role } }, G: { Type: 'AWS::Lambda::Function', Properties: { Role: role } } }],
  ['no action is a wildcard', policy('s3:Get*')],
  ['all resources are named, where they can be', policy('s3:GetObject', '*')],
  ['a workgroup is enforced, encrypted and limited', { W: { Type: 'AWS::Athena::WorkGroup', Properties: { WorkGroupConfiguration: { ResultConfiguration: {} } } } }],
  ['a schedule has a dead-letter queue and a retry policy', { S: { Type: 'AWS::Scheduler::Schedule', Properties: { Target: {} } } }],
])('%s: what breaks it is found', (rule, resources) => {
  expect(OWN_RULES[rule](resources)).not.toEqual([]);
});

test('every rule has something that breaks it', () => {
  expect(Object.keys(OWN_RULES)).toHaveLength(9);
});
