import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, DataLakePipeline, FunctionNetwork, HttpSourceOptions, VpcOptions } from '../../../src';
import { newStack, statementsOf, usersSource } from '../../support/synth';

const subnets = (...types: ec2.SubnetType[]) => types.map((subnetType, i) => ({ name: `s${i}`, subnetType }));
const vpcWith = (stack: Stack, ...types: ec2.SubnetType[]) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration: subnets(...types) });
const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC } = ec2.SubnetType;

function inVpc(options: Partial<VpcOptions> = {}, source: Partial<HttpSourceOptions> = {}, types = [PUBLIC, PRIVATE_WITH_EGRESS]): Template {
  const stack = newStack();
  new DataLakePipeline(stack, 'Users', { sources: [usersSource(source)], vpc: { vpc: vpcWith(stack, ...types), ...options } });
  return Template.fromStack(stack);
}
const services = (template: Template) => Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
  .map(({ Properties }) => JSON.stringify(Properties.ServiceName).replace(/.*\.([a-z0-9-]+)"?\]?\]?\}?$/, '$1')).sort();

test('every function that runs stands in the private subnets, behind one security group', () => {
  const template = inVpc();
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) => /^Users(Source|Workflow)/.test(id)); // the lake's own works at deployment only
  expect(functions).toHaveLength(2);
  for (const [, { Properties: { VpcConfig } }] of functions) {
    expect(JSON.stringify(VpcConfig.SubnetIds)).toMatch(/^\[\{"Ref":"Vpcs1Subnet1\w+"\},\{"Ref":"Vpcs1Subnet2\w+"\}\]$/);
    expect(VpcConfig.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^UsersNetworkFunctions/), 'GroupId'] }]);
  }
});

test('nothing comes in, and only HTTPS goes out', () => {
  const template = inVpc();
  const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup')).map(({ Properties }) => Properties);
  expect(groups.map(({ GroupDescription, SecurityGroupIngress }) => [GroupDescription, SecurityGroupIngress])).toEqual([
    ['Functions of a data lake pipeline', undefined],
    ['Endpoints of the services that a data lake pipeline calls', undefined],
  ]);
  expect(groups[0].SecurityGroupEgress).toEqual([{ CidrIp: '0.0.0.0/0', Description: 'APIs and AWS services', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 }]);
  template.allResourcesProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, ToPort: 443, SourceSecurityGroupId: Match.anyValue() });
});

test('what is called has an endpoint, and what is not has none', () => {
  expect(services(inVpc())).toEqual(['glue', 's3']);
  const stack = newStack();
  const auth = Auth.bearer(secretsmanager.Secret.fromSecretNameV2(stack, 'S', 'api'));
  expect(services(inVpc({}, { auth }))).toEqual(['glue', 's3', 'secretsmanager']);
  expect(services(inVpc({ createEndpoints: false }, { auth }))).toEqual([]);
});

test('isolated subnets do where there are no others', () => {
  expect(JSON.stringify(inVpc({}, {}, [PUBLIC, PRIVATE_ISOLATED]).findResources('AWS::Lambda::Function'))).toContain('Vpcs1Subnet1');
});

test('functions may attach themselves, their code may not', () => {
  const network = statementsOf(inVpc(), 'Extractor').filter(({ actions }) => actions.includes('ec2:CreateNetworkInterface'));
  expect(network.map(({ condition }) => Object.keys(condition ?? {}))).toEqual([[], ['ArnLike']]);
  expect(JSON.stringify(network[1].condition)).toContain('"lambda:SourceFunctionArn"');
});

test('without a VPC there is nothing of all this', () => {
  const stack = newStack();
  new DataLakePipeline(stack, 'Users', { sources: [usersSource()] });
  const template = Template.fromStack(stack);
  expect(JSON.stringify(template.toJSON())).not.toMatch(/AWS::EC2|VpcConfig/);
});

test.each<[string, (stack: Stack) => VpcOptions, RegExp]>([
  ['a VPC of public subnets', (stack) => ({ vpc: vpcWith(stack, PUBLIC) }),
    /Test\/Network: invalid property\n {2}- vpc: got "no private subnet"; Test\/Vpc needs private subnets with a NAT gateway, .* or isolated ones/],
  ['subnets that the VPC lacks', (stack) => ({ vpc: vpcWith(stack, PUBLIC, PRIVATE_ISOLATED), subnets: { subnetType: PRIVATE_WITH_EGRESS } }), /vpc\.subnets: got "no private subnet"/],
  ['public subnets', (stack) => ({ vpc: vpcWith(stack, PUBLIC, PRIVATE_ISOLATED), subnets: { subnetType: PUBLIC } }),
    /vpc\.subnets: got "public subnets"; a function has no public address: choose private ones/],
  ['a VPC of another region', (stack) => ({ vpc: vpcWith(new Stack(stack.node.root as App, 'Far', { env: { account: '111111111111', region: 'us-east-1' } }), PRIVATE_ISOLATED) }),
    /vpc: got "one in us-east-1"; use one in eu-west-1/],
])('%s fails, with what to do', (_, options, message) => {
  const stack = newStack({ account: '111111111111', region: 'eu-west-1' });
  expect(() => new FunctionNetwork(stack, 'Network', options(stack))).toThrow(message);
  expect(() => new FunctionNetwork(stack, 'Good', { vpc: vpcWith(new Stack(stack, 'Near', { env: { account: '111111111111', region: 'eu-west-1' } }), PRIVATE_ISOLATED) })).not.toThrow();
});

