import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, DataLake, DataLakePipeline, Governance, LakeTag, NamedQuery, RunSchedule, Source } from '../../src';
import { newStack, statementsOf, templateOf, usersSource } from '../support/synth';

const HOURLY = RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)));

/** Rules that every template of ours obeys, whatever its options. */
function fullPipeline(stack: Stack, governance?: Governance): void {
  const secret = new secretsmanager.Secret(stack, 'Secret');
  const pipeline = new DataLakePipeline(stack, 'Users', {
    sources: [usersSource({ auth: Auth.bearer(secret) }), usersSource({ schedule: HOURLY }, 'orders')],
    namedQueries: [NamedQuery.sql('count', 'SELECT 1')],
    governance,
  });
  pipeline.workflow.startAfter('orders', { workflow: pipeline.workflow, source: 'users' });
  pipeline.grantRun(new iam.User(stack, 'Runner'));
  pipeline.grantRead(new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() }));
  pipeline.grantWrite(new iam.Role(stack, 'Writer', { assumedBy: new iam.AccountRootPrincipal() }));
  pipeline.grantAdminister(new iam.Role(stack, 'Steward', { assumedBy: new iam.AccountRootPrincipal() }));
}

const GOVERNANCE: [string, Governance][] = [
  ['lake formation', Governance.lakeFormation()], ['hybrid access', Governance.lakeFormation({ hybridAccess: true })], ['iam', Governance.iam()],
];

/** Actions that know no resources: nothing but `*` works. */
const WITHOUT_RESOURCES = [
  'athena:ListDataCatalogs', 'athena:ListWorkGroups', 'glue:GetSecurityConfiguration',
  'lakeformation:GetDataAccess', 'lakeformation:ListPermissions',
  'lakeformation:GrantPermissions', 'lakeformation:RevokePermissions', 'lakeformation:BatchGrantPermissions', 'lakeformation:BatchRevokePermissions',
  'lakeformation:CreateDataCellsFilter', 'lakeformation:UpdateDataCellsFilter', 'lakeformation:DeleteDataCellsFilter',
  'lakeformation:GetDataCellsFilter', 'lakeformation:ListDataCellsFilter',
  'lakeformation:CreateLakeFormationOptIn', 'lakeformation:DeleteLakeFormationOptIn', 'lakeformation:ListLakeFormationOptIns',
  'logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery', 'logs:ListLogDeliveries',
  'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups',
  'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets',
  'cloudwatch:PutMetricData', // held to the namespace
  'datazone:PostLineageEvent', // the domain decides
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses', // Lambda's own, denied to the functions' code
];

test('the threat model names each of them, and no other', () => {
  const [, section] = /## Where a policy says `\*`\n([^]*?)\n## /.exec(readFileSync(join(__dirname, '../../SECURITY.md'), 'utf8'))!;
  const named = [...section.matchAll(/`([a-z0-9]+:[A-Za-z]+)`/g)].map(([, action]) => action);
  expect([...new Set(named)].sort()).toEqual([...WITHOUT_RESOURCES].sort());
});

describe.each(GOVERNANCE)('under %s', (_, governance) => {
  const template = templateOf((stack) => fullPipeline(stack, governance));

  test('no policy allows all actions of anything', () => {
    const actions = statementsOf(template).flatMap((statement) => statement.actions);
    expect(actions.length).toBeGreaterThan(40);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('a service is let in for this account alone', () => {
    const documents = [
      ...Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties.AssumeRolePolicyDocument),
      ...Object.values(template.findResources('AWS::S3::BucketPolicy')).map(({ Properties }) => Properties.PolicyDocument),
      ...Object.values(template.findResources('AWS::KMS::Key')).map(({ Properties }) => Properties.KeyPolicy),
    ];
    const services = documents.flatMap(({ Statement }) => Statement).filter(({ Effect, Principal }) => Effect === 'Allow' && Principal.Service);
    const open = services.filter(({ Condition }) => !JSON.stringify(Condition ?? {}).includes('{"Ref":"AWS::AccountId"}'));
    expect(services.length).toBeGreaterThan(4);
    // A role cannot be passed to a function of another account.
    expect([...new Set(open.map(({ Principal }) => Principal.Service))]).toEqual(['lambda.amazonaws.com']);
  });

  test('a policy names all resources only where AWS knows none', () => {
    const open = statementsOf(template).filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect(open.filter((action) => !WITHOUT_RESOURCES.includes(action))).toEqual([]);
  });

  test('metrics are published in the library\'s namespace only', () => {
    const [metrics] = statementsOf(template).filter(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
    expect(metrics.condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'CdkDataLakePipeline' } });
  });

  test('roles of ours have customer-managed policies only', () => {
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
      expect(role.Properties.Policies).toBeUndefined();
    }
    const inline = Object.keys(template.findResources('AWS::IAM::Policy'));
    expect(inline.filter((id) => !/^(Runner|Reader|Writer|Steward)/.test(id))).toEqual([]);
  });

  test.each(['us-gov-west-1', 'cn-north-1', 'eu-west-1'])('no partition is hard-coded (%s)', (region) => {
    const stack = newStack({ account: '111111111111', region });
    fullPipeline(stack, governance);
    const text = JSON.stringify(Template.fromStack(stack).toJSON());
    expect(text).toContain('AWS::Partition');
    expect(text.match(/arn:aws[a-z-]*:[^"]{0,80}/g)).toBeNull();
    expect(text.match(/https?:\/\/[^"]*amazonaws[^"]*/g)).toBeNull();
  });
});

describe.each(GOVERNANCE.slice(0, 2))('grants under %s', (_, governance) => {
  const resources = templateOf((stack) => {
    fullPipeline(stack, governance);
    const lake = new DataLake(stack, 'Second');
    const tag = new LakeTag(stack, 'Tag', { key: 'domain', values: ['people'] });
    lake.lakeFormation!.tag(tag, 'people');
    lake.grantRead(new iam.User(stack, 'Person'), { tags: [tag.anyOf('people')] });
  }).toJSON().Resources as Record<string, { Type: string; Properties: any; DependsOn?: string[] }>;
  const ofType = (...types: string[]) => Object.keys(resources).filter((id) => types.includes(resources[id].Type.replace('AWS::LakeFormation::', '')));
  const behind = (id: string, seen = new Set<string>()): Set<string> => {
    const text = JSON.stringify([resources[id].Properties, resources[id].DependsOn]);
    Object.keys(resources).filter((other) => text.includes(`"${other}"`) && !seen.has(other)).forEach((other) => behind(other, seen.add(other)));
    return seen;
  };

  test('no two changes of permissions are made at the same time', () => {
    const changes = ofType('PrincipalPermissions', 'TagAssociation', 'DataCellsFilter', 'Custom::LakeFormationClosed', 'Custom::LakeFormationOptIn');
    const place = changes.map((id) => [...behind(id)].filter((other) => changes.includes(other)).length);
    expect(changes.length).toBeGreaterThan(15);
    expect([...place].sort((a, b) => a - b)).toEqual(changes.map((_id, i) => i));
  });

  test('a grant is told by who and what: no two tell the same', () => {
    const pairs = ofType('PrincipalPermissions').map((id) => JSON.stringify([resources[id].Properties.Principal, resources[id].Properties.Resource]));
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  test('every change waits for the administrator, and settings add to those of the account', () => {
    const all = ofType('DataLakeSettings');
    expect(all.map((id) => resources[id].Properties.MutationType)).toEqual(all.map(() => 'APPEND'));
    expect(all.length).toBeGreaterThan(1);
    for (const id of ofType('PrincipalPermissions', 'TagAssociation', 'DataCellsFilter', 'Resource', 'Tag')) {
      const settings = [...behind(id)].filter((other) => all.includes(other));
      expect([id, settings]).toEqual([id, expect.arrayContaining([expect.any(String)])]);
    }
  });

  test('locations are registered as prefixes, without a wildcard or a slash at the end', () => {
    const locations = ofType('Resource').map((id) => JSON.stringify(resources[id].Properties.ResourceArn));
    expect(locations).toHaveLength(4);
    locations.forEach((arn) => expect(arn).toMatch(/\/(raw|curated)"\]\]\}$/));
  });
});

test('managed policies stay below IAM\'s 6,144 characters with 50 sources', () => {
  const template = templateOf((stack) => new DataLakePipeline(stack, 'Users', {
    sources: Array.from({ length: 50 }, (_, i) => Source.http(`source_with_a_long_name_${i}`, { url: 'https://api.example.com/', records: '$' })),
  }));
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
  expect(policies).toHaveLength(58);
  // A reference takes more room in the template than its value in the policy, or nearly so.
  const sizes = policies.map(({ Properties }) => JSON.stringify(Properties.PolicyDocument).length);
  expect(Math.max(...sizes)).toBeLessThan(6144);
});

test('every resource with data of its own is encrypted', () => {
  const template = templateOf((stack) => fullPipeline(stack));
  for (const { Properties } of Object.values(template.findResources('AWS::S3::Bucket'))) {
    expect(Properties.BucketEncryption).toBeDefined();
  }
  for (const { Properties } of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
    expect(Properties.KmsKeyId).toBeDefined();
  }
});
