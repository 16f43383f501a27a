import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLake, DataLakePipeline, DataLakePipelineProps, Governance, NamedQuery, RunSchedule } from '../../src';
import { inventory, newStack, only, statementsOf, templateOf, usersSource } from '../support/synth';

const templateWith = (props: DataLakePipelineProps) => templateOf((stack) => new DataLakePipeline(stack, 'Users', props));

test('one source makes a whole pipeline', () => {
  expect(inventory(templateWith({ sources: [usersSource()] }))).toEqual({
    'AWS::Athena::WorkGroup': 2,
    'AWS::Glue::Crawler': 1,
    'AWS::Glue::Database': 1,
    'AWS::Glue::SecurityConfiguration': 1,
    'AWS::IAM::ManagedPolicy': 7,
    'AWS::IAM::Role': 6,
    'AWS::KMS::Key': 1,
    'AWS::LakeFormation::DataLakeSettings': 1,
    'AWS::LakeFormation::PrincipalPermissions': 11,
    'AWS::LakeFormation::Resource': 2,
    'AWS::Lambda::Function': 3,
    'AWS::Logs::LogGroup': 4,
    'AWS::S3::Bucket': 3,
    'AWS::S3::BucketPolicy': 3,
    'AWS::SNS::Topic': 1,
    'AWS::SNS::TopicPolicy': 1,
    'AWS::StepFunctions::StateMachine': 1,
    'Custom::LakeFormationClosed': 1,
  });
});

test('a second source with a schedule adds at most eight resources, and 50 fit into a stack', () => {
  const schedule = RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)));
  const size = (sources: number) => {
    const template = templateWith({ sources: Array.from({ length: sources }, (_, i) => usersSource({ schedule }, `users_${i}`)) });
    return Object.keys(template.toJSON().Resources).length;
  };
  const one = size(1);
  expect(size(2) - one).toBeLessThanOrEqual(8);
  expect(size(50)).toBeLessThanOrEqual(500);
});

test('sources share bucket, database, crawler role, security configuration and workflow', () => {
  const template = templateWith({ sources: [usersSource(), usersSource({}, 'orders')] });
  const crawlers = Object.values(template.findResources('AWS::Glue::Crawler')).map(({ Properties }) => Properties);
  expect(crawlers).toHaveLength(2);
  expect(crawlers[0].Role).toEqual(crawlers[1].Role);
  expect(crawlers[0].DatabaseName).toBe(crawlers[1].DatabaseName);
  expect(crawlers[0].CrawlerSecurityConfiguration).toBe(crawlers[1].CrawlerSecurityConfiguration);
  template.resourceCountIs('AWS::LakeFormation::PrincipalPermissions', 11);
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
});

test('names can be chosen', () => {
  const template = templateWith({
    databaseName: 'randomuser_db',
    workgroupName: 'analytics',
    sources: [usersSource({ crawlerName: 'randomuser-crawler' })],
    namedQueries: [NamedQuery.sql('count', 'SELECT 1')],
  });
  expect(only(template, 'AWS::Glue::Database').properties.DatabaseInput.Name).toBe('randomuser_db');
  expect(only(template, 'AWS::Glue::Crawler').properties).toMatchObject({ Name: 'randomuser-crawler', DatabaseName: 'randomuser_db' });
  expect(only(template, 'AWS::Athena::NamedQuery').properties).toMatchObject({ WorkGroup: 'analytics', Database: 'randomuser_db' });
  const names = Object.values(template.findResources('AWS::Athena::WorkGroup')).map(({ Properties }) => Properties.Name);
  expect(names).toContain('analytics');
  expect(new Set(names).size).toBe(2);
});

test('a crawler waits for its permissions, its grants and its database', () => {
  const template = templateWith({ sources: [usersSource()] });
  const dependsOn: string[] = only(template, 'AWS::Glue::Crawler').resource.DependsOn;
  const needed = [
    ...Object.entries(template.findResources('AWS::LakeFormation::PrincipalPermissions'))
      .filter(([, { Properties }]) => JSON.stringify(Properties.Principal).includes('UsersCrawlersRole')).map(([id]) => id),
    only(template, 'AWS::Glue::Database').id,
    only(template, 'AWS::Glue::SecurityConfiguration').id,
  ];
  expect(needed).toHaveLength(5);
  expect(dependsOn).toEqual(expect.arrayContaining(needed));
  expect(dependsOn.some((id) => id.includes('CrawlersPolicy'))).toBe(true);
});

test('Governance.iam() leaves Lake Formation out of the crawlers too', () => {
  const template = templateWith({ sources: [usersSource()], governance: Governance.iam() });
  expect(Object.keys(inventory(template)).filter((type) => type.includes('LakeFormation'))).toEqual([]);
  expect(only(template, 'AWS::Glue::Crawler').properties.LakeFormationConfiguration).toBeUndefined();
  expect(JSON.stringify(template.toJSON())).not.toContain('lakeformation');
});

test('queries of analysts and of the pipeline are apart in one results bucket', () => {
  const groups = Object.values(templateWith({ sources: [usersSource()] }).findResources('AWS::Athena::WorkGroup'));
  const outputs = groups.map(({ Properties }) => JSON.stringify(Properties.WorkGroupConfiguration.ResultConfiguration.OutputLocation));
  expect(outputs[0]).toContain('/analysts/');
  expect(outputs[1]).toContain('/pipeline/');
});

test('bucket and key can be brought along', () => {
  const template = templateOf((stack) => {
    const encryptionKey = new kms.Key(stack, 'Mine');
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'the-bucket', encryptionKey });
    new DataLakePipeline(stack, 'Users', { bucket, sources: [usersSource()] });
  });
  expect(only(template, 'AWS::KMS::Key').id).toMatch(/^Mine/);
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { DATA_BUCKET_NAME: 'the-bucket' } } });
});

test('a source\'s own function options go before the pipeline\'s', () => {
  const template = templateWith({
    extractor: { memorySize: 1024, timeout: Duration.minutes(1) },
    sources: [usersSource({ extractor: { memorySize: 3538 } })],
  });
  template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 3538, Timeout: 60 });
});

test('DESTROY removes logs and workgroups, and keeps what holds data', () => {
  const template = templateWith({ sources: [usersSource()], removalPolicy: RemovalPolicy.DESTROY }).toJSON();
  const kept = Object.values<any>(template.Resources).filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain')).map(({ Type }) => Type);
  expect([...new Set(kept)].sort()).toEqual(['AWS::Glue::Database', 'AWS::KMS::Key', 'AWS::LakeFormation::DataLakeSettings', 'AWS::S3::Bucket']);
});

describe('grants', () => {
  const granted = (grant: (pipeline: DataLakePipeline, user: iam.IUser) => iam.Grant) => {
    const stack = newStack();
    const user = new iam.User(stack, 'Person');
    const pipeline = new DataLakePipeline(stack, 'Users', { sources: [usersSource()], workgroupName: 'analytics' });
    grant(pipeline, user).assertSuccess();
    pipeline.addSource(usersSource({}, 'orders'));
    return statementsOf(Template.fromStack(stack), 'Person');
  };

  test('a reader queries with the analysts\' workgroup and starts nothing', () => {
    const actions = granted((pipeline, user) => pipeline.grantRead(user)).flatMap((statement) => statement.actions);
    expect(actions).toEqual(expect.arrayContaining(['glue:GetTable', 'athena:StartQueryExecution', 'lakeformation:GetDataAccess', 's3:PutObject']));
    expect(actions).not.toContain('lambda:InvokeFunction');
    expect(actions).not.toContain('glue:StartCrawler');
  });

  test('a runner starts the workflow, invokes, crawls, reads logs and queries, sources added later included', () => {
    const statements = granted((pipeline, user) => pipeline.grantRun(user));
    const resources = (action: string) => JSON.stringify(statements.filter(({ actions }) => actions.includes(action)).flatMap((s) => s.resources));
    for (const action of ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration', 'glue:StartCrawler', 'logs:FilterLogEvents']) {
      expect(resources(action)).toContain('Sourceusers');
      expect(resources(action)).toContain('Sourceorders');
    }
    expect(resources('states:StartExecution')).toContain('UsersWorkflowStateMachine');
    expect(resources('athena:StartQueryExecution')).toContain(':workgroup/analytics');
    // What IAM is asked about when a stack is looked up by its name.
    expect(resources('cloudformation:DescribeStackResources')).toMatch(/:cloudformation:.*:stack\/Test\/\*"/);
    expect(resources('s3:GetObject')).toMatch(/_state\/\*.*_runs\/\*.*_executions\/\*/);
  });

  test('someone in another stack can be let in', () => {
    const app = new App();
    const lake = new Stack(app, 'LakeStack');
    const people = new Stack(app, 'People');
    const role = new iam.Role(people, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    new DataLakePipeline(lake, 'Users', { sources: [usersSource()] }).grantRun(role);
    app.synth();
    expect(people.dependencies).toEqual([lake]);
  });
});

describe('bad input', () => {
  test('a source name twice on one lake fails, also across pipelines', () => {
    const build = (second: string) => {
      const stack = newStack();
      const lake = new DataLake(stack, 'Lake');
      new DataLakePipeline(stack, 'One', { lake, sources: [usersSource()] });
      new DataLakePipeline(stack, 'Two', { lake, sources: [usersSource({}, second)] });
    };
    expect(() => build('orders')).not.toThrow();
    expect(() => build('users')).toThrow(/Test\/Two: invalid property\n {2}- sources: got "users"; Test\/One fills a table of this name on the same lake/);
  });

  test('what belongs to the lake is not set beside it', () => {
    const build = (props: DataLakePipelineProps) => {
      const stack = newStack();
      return new DataLakePipeline(stack, 'Users', { lake: new DataLake(stack, 'Lake'), ...props });
    };
    expect(() => build({ workgroupName: 'analytics' })).not.toThrow();
    expect(() => build({ databaseName: 'a', governance: Governance.iam() })).toThrow(/2 invalid properties\n.*databaseName.*set it on the lake\n.*governance/);
  });
});
