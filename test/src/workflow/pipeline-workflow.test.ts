import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AnalyticsWorkgroup, CatalogCrawler, Cataloguing, CursorFormat, DataLake, DataLakePipeline, DataLakePipelineProps, ExtractorFunction, Governance,
  Incremental, LineageSink, PipelineWorkflow, PipelineWorkflowProps, TokenPlace, WorkflowSource,
} from '../../../src';
import { SourcePlan } from '../../../src/spec';
import { aslFindings, Definition, definitionsOf, statesOf } from '../../support/definition';
import { newStack, only, statementsOf, templateOf, usersSource } from '../../support/synth';

const templateWith = (props: DataLakePipelineProps) => templateOf((stack) => new DataLakePipeline(stack, 'Users', { databaseName: 'db', ...props }));

const definitionWith = (props: DataLakePipelineProps): Definition => definitionsOf(templateWith(props))[0];

const planOf = (definition: Definition, source: string): SourcePlan => definition.States[`Plan of ${source}`].Assign.plan;

const sliceable = usersSource({ key: ['$.id'], incremental: Incremental.cursor({ path: '$.at', target: TokenPlace.query('since') }) }, 'orders');

const PROPS: [string, DataLakePipelineProps][] = [
  ['one source', { sources: [usersSource()] }],
  ['50 sources', { sources: Array.from({ length: 50 }, (_, i) => usersSource({}, `users_${i}`)) }],
  ['a long name', { sources: [usersSource({}, 'u'.repeat(100)), usersSource({}, `${'u'.repeat(99)}2`)] }],
  ['backfills', { sources: [usersSource(), sliceable], lineage: {} }],
  ['lineage', { sources: [usersSource()], lineage: {} }],
  ['every strategy', { sources: [usersSource({ cataloguing: Cataloguing.crawlAlways() }), usersSource({ cataloguing: Cataloguing.crawlOnSchemaChange() }, 'orders')] }],
];

describe('the definition', () => {
  test.each(PROPS)('is valid with %s', (_, props) => {
    const definition = definitionWith(props);
    expect(aslFindings(definition)).toEqual([]);
    expect(statesOf(definition, 'Pass').filter(([name]) => name.startsWith('Plan of '))).toHaveLength(props.sources!.length);
  });

  const BREAKS: [string, (states: any) => void, RegExp][] = [
    ['a transition to nowhere', (states) => { states.Extract.Next = 'Nowhere'; }, /MISSING_TRANSITION_TARGET/],
    ['a field of the other query language', (states) => { states.Extract.ResultPath = '$.x'; }, /SCHEMA_VALIDATION_FAILED/],
    ['a choice without a condition', (states) => { delete states['Is the run extracted?'].Choices[0].Condition; }, /SCHEMA_VALIDATION_FAILED/],
    ['a state that nothing leads to', (states) => { states.Lost = { Type: 'Succeed' }; }, /MISSING_TRANSITION_TARGET/],
  ];
  test.each(BREAKS)('would be found broken with %s', (_, damage, finding) => {
    const definition = definitionWith({ sources: [usersSource()] });
    damage(definition.States);
    expect(aslFindings(definition).join('\n')).toMatch(finding);
  });

  test('catches every task\'s failure: none ends the execution untold', () => {
    const tasks = statesOf(definitionWith({ sources: [usersSource(), sliceable] }), 'Task') as [string, any][];
    expect(tasks.length).toBeGreaterThan(9);
    for (const [name, { Catch }] of tasks) {
      const last = Catch[Catch.length - 1];
      // The claim's failures are looked into first.
      expect([name, last.ErrorEquals]).toEqual([name, name === 'Claim the run' ? ['States.TaskFailed'] : ['States.ALL']]);
    }
  });

  test('holds a plan a source, those added later included', () => {
    const stack = newStack();
    const pipeline = new DataLakePipeline(stack, 'Users', { databaseName: 'db', sources: [usersSource()], cataloguing: Cataloguing.crawlAlways() });
    pipeline.addSource(usersSource({ cataloguing: Cataloguing.crawlOnSchemaChange() }, 'orders'));
    const template = Template.fromStack(stack);
    const [definition] = definitionsOf(template);
    expect(planOf(definition, 'users').catalogue.strategy).toBe('crawlAlways');
    const [crawler] = Object.keys(template.findResources('AWS::Glue::Crawler')).filter((id) => id.includes('orders'));
    expect(planOf(definition, 'orders')).toMatchObject({
      source: 'orders',
      functionArn: expect.stringContaining('SourceordersExtractorFunction'),
      logGroup: expect.stringContaining('SourceordersExtractorLogs'),
      database: 'db',
      table: 'orders',
      prefix: 'raw/orders/',
      catalogue: {
        strategy: 'crawlOnSchemaChange',
        crawlerName: `<${crawler}>`,
        addPartition: "ALTER TABLE `db`.`orders` ADD IF NOT EXISTS PARTITION (`ingestion_date` = '{{ingestion_date}}')",
      },
      transforms: [],
    });
  });
});

test('the state machine is standard, traced, and logs everything but data, encrypted', () => {
  const { properties } = only(templateWith({ sources: [usersSource()] }), 'AWS::StepFunctions::StateMachine');
  expect(properties).toMatchObject({
    StateMachineType: 'STANDARD',
    StateMachineName: 'Test-Users-Workflow-B13C80C0',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
  });
});

test('an execution finds its permissions and grants made', () => {
  const template = templateWith({ sources: [usersSource()] });
  const { resource } = only(template, 'AWS::StepFunctions::StateMachine');
  const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy'))
    .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes('UsersWorkflowRole')).map(([id]) => id);
  const grants = Object.entries(template.findResources('AWS::LakeFormation::PrincipalPermissions'))
    .filter(([, { Properties }]) => /UsersWorkflow(Catalog)?Role/.test(JSON.stringify(Properties.Principal))).map(([id]) => id);
  expect([policies.length, grants.length]).toEqual([2, 6]);
  expect(resource.DependsOn).toEqual(expect.arrayContaining([...policies, ...grants]));
});

describe('the role', () => {
  const resourcesOf = (template: Template, action: string) =>
    JSON.stringify(statementsOf(template, 'UsersWorkflow').filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources));

  test('reaches its own functions, crawlers, claims, executions and topic only', () => {
    const template = templateWith({ sources: [usersSource(), usersSource({}, 'orders')], governance: Governance.iam() });
    expect(resourcesOf(template, 'lambda:InvokeFunction')).toMatch(/^\[{"Fn::GetAtt":\["UsersWorkflowCatalogFunction\w+","Arn"\]},{"Fn::GetAtt":\["UsersSourceusersE\w+","Arn"\]},{"Fn::GetAtt":\["UsersSourceordersE\w+","Arn"\]}\]$/);
    expect(resourcesOf(template, 'glue:StartCrawler').match(/:crawler\//g)).toHaveLength(2);
    expect(resourcesOf(template, 'states:DescribeExecution')).toContain(':execution:Test-Users-Workflow-B13C80C0:*');
    expect(resourcesOf(template, 's3:PutObject').match(/"\/[^"]*"/g)).toEqual(['"/_backfills/*"', '"/_executions/*"', '"/pipeline/*"']);
    expect(resourcesOf(template, 'sns:Publish')).toMatch(/^\[{"Ref":"UsersWorkflowTopic\w+"}\]$/);
    expect(resourcesOf(template, 'events:PutEvents')).toContain(':event-bus/default');
  });

  test('has no more policies than a role takes, with 150 sources', () => {
    const stack = newStack();
    const pipeline = new DataLakePipeline(stack, 'Users', { sources: Array.from({ length: 150 }, (_, i) => usersSource({}, `s${i}`)) });
    const policies = pipeline.workflow.node.children.filter((child) => child instanceof iam.ManagedPolicy);
    expect(policies).toHaveLength(9);
  });
});

describe('backfills', () => {
  const incremental = Incremental.cursor({ path: '$.at', target: TokenPlace.query('since') });
  const template = templateWith({ sources: [usersSource(), sliceable, usersSource({ key: ['$.id'], incremental }, 'events')] });
  const [definition] = definitionsOf(template);
  const map = definition.States['Extract the windows'];

  test('are one distributed map of the one state machine, whose children are standard executions', () => {
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(map).toMatchObject({
      Type: 'Map',
      Label: 'Windows',
      MaxConcurrency: '{% $states.input.concurrency %}',
      ToleratedFailurePercentage: 25,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
  });

  test('run windows that see no variable of their parent, under names that it does not have', () => {
    const inside = JSON.stringify(map.ItemProcessor);
    expect(inside).toContain('$window.');
    expect(inside).not.toMatch(/\$(plan|run|result|progress|backfill|stored)\b/);
    expect(Object.keys(map.ItemProcessor.States).filter((name) => name in definition.States)).toEqual([]);
  });

  test('give the role what a distributed map needs of its own machine, once', () => {
    const statements = statementsOf(template, 'UsersWorkflowBackfillPolicy');
    expect(statements.map(({ actions, resources }) => [actions, JSON.stringify(resources).match(/:(stateMachine|execution):[^"]+|_backfills[^"]+/)![0]])).toEqual([
      [['states:StartExecution'], ':stateMachine:Test-Users-Workflow-B13C80C0'],
      [['states:StopExecution'], ':execution:Test-Users-Workflow-B13C80C0:*'],
      [['states:RedriveExecution'], ':execution:Test-Users-Workflow-B13C80C0/Windows:*'],
      [['s3:PutObject'], '_backfills/*'],
    ]);
  });

  test('have the bounds that the source\'s cursor has', () => {
    const unitOf = (options: Partial<Parameters<typeof Incremental.cursor>[0]>) =>
      planOf(definitionWith({ sources: [usersSource({ key: ['$.id'], incremental: Incremental.cursor({ path: '$.at', ...options }) })] }), 'users').backfill;
    const target = TokenPlace.query('since');
    expect([unitOf({ target }), unitOf({ target, format: CursorFormat.INTEGER }), unitOf({ target, format: CursorFormat.DATE }), unitOf({})])
      .toEqual(['time', 'integer', 'day', undefined]);
  });

  test('are no part of a workflow whose sources cannot be asked for a part', () => {
    const without = templateWith({ sources: [usersSource()] });
    expect(definitionsOf(without)[0].States).not.toHaveProperty(['Extract the windows']);
    expect(statementsOf(without, 'Workflow').flatMap(({ actions }) => actions).filter((action) => action.startsWith('states:'))).toEqual(['states:DescribeExecution']);
  });
});

describe('lineage', () => {
  test('is told by a function that the state machine may call, and that hears of executions aborted or timed out', () => {
    const template = templateWith({ sources: [usersSource()], lineage: { sinks: [LineageSink.http({ url: 'https://marquez.example.com/api/v1/lineage' })] } });
    const [id] = Object.keys(template.findResources('AWS::Lambda::Function')).filter((name) => name.includes('WorkflowLineage'));
    const invoked = statementsOf(template, 'UsersWorkflowPolicy').find(({ actions }) => actions.includes('lambda:InvokeFunction'))!.resources;
    expect(invoked).toContainEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    expect(definitionsOf(template)[0].States['Tell the lineage of the start'].Arguments.FunctionName).toEqual(expect.stringContaining(id));
    const rule = only(template, 'AWS::Events::Rule').properties;
    expect(rule.EventPattern.detail.stateMachineArn).toEqual([{ Ref: only(template, 'AWS::StepFunctions::StateMachine').id }]);
  });

  test('is not told unless asked for', () => {
    const template = templateWith({ sources: [usersSource()] });
    template.resourceCountIs('AWS::Events::Rule', 0);
    expect(Object.keys(definitionsOf(template)[0].States).filter((name) => name.includes('lineage'))).toEqual([]);
  });

  test('names the endpoint without its query, which may hold a key', () => {
    const definition = definitionWith({ sources: [usersSource({ url: 'https://api.example.com/v1/users?api_key=sekrit' })], lineage: {} });
    expect(planOf(definition, 'users').url).toBe('https://api.example.com/v1/users');
    expect(JSON.stringify(definition)).not.toContain('sekrit');
  });
});

const functionOf = (stack: Stack, bucket: s3.IBucket) => {
  const { lambdaFunction, logGroup } = new ExtractorFunction(stack, 'Extractor', { source: usersSource(), bucket });
  return { lambdaFunction, logGroup };
};

describe('alone in a stack', () => {
  const alone = (stack: Stack, props: Partial<PipelineWorkflowProps> = {}) => {
    const encryptionKey = new kms.Key(stack, 'Key');
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'the-bucket', encryptionKey });
    const lake = DataLake.fromAttributes(stack, 'Lake', { bucket, databaseName: 'the_db', governance: Governance.iam() });
    const workflow = new PipelineWorkflow(stack, 'Flow', { lake, workgroup: new AnalyticsWorkgroup(stack, 'Queries', { workgroupName: 'queries' }), ...props });
    const source = () => workflow.addSource({
      name: 'users',
      ...functionOf(stack, bucket),
      crawler: new CatalogCrawler(stack, 'Crawler', { bucket, prefix: 'raw/users/', databaseName: 'the_db' }),
    });
    return { workflow, source };
  };

  test('it runs what it is given', () => {
    const template = templateOf((stack) => alone(stack).source());
    const [definition] = definitionsOf(template);
    expect(aslFindings(definition)).toEqual([]);
    expect(planOf(definition, 'users')).toMatchObject({ bucket: 'the-bucket', database: 'the_db', workgroup: 'queries' });
  });

  test('someone else\'s topic is told, and its key used', () => {
    const template = templateOf((stack) => {
      const topic = new sns.Topic(stack, 'Mine', { masterKey: new kms.Key(stack, 'TopicKey') });
      alone(stack, { topic }).source();
    });
    const { properties } = only(template, 'AWS::SNS::Topic');
    expect(properties.KmsMasterKeyId).toBeDefined();
    const text = JSON.stringify(statementsOf(template, 'FlowPolicy'));
    expect(text).toContain('"actions":["sns:Publish"],"resources":[{"Ref":"Mine');
    expect(text).toContain('"TopicKey');
  });

  test('who may start executions may follow and stop them, and nothing else', () => {
    const template = templateOf((stack) => {
      const { workflow, source } = alone(stack, { stateMachineName: 'flow' });
      source();
      workflow.grantStart(new iam.User(stack, 'Operator')).assertSuccess();
    });
    expect(statementsOf(template, 'Operator').flatMap(({ actions }) => actions)).toEqual([
      'states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine', 'states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution', 'states:ListMapRuns',
      'states:DescribeMapRun',
    ]);
  });

  test('a source twice fails', () => {
    const { source, workflow } = alone(newStack());
    source();
    expect(() => workflow.addSource({ name: 'users' } as WorkflowSource)).toThrow(/Test\/Flow: .*\n {2}- sources: got "users"; the workflow runs one of this name/);
  });

  test('a name that Step Functions refuses fails', () => {
    expect(() => alone(newStack(), { stateMachineName: 'a flow' })).toThrow(/stateMachineName: got "a flow"; use 1 to 80 letters/);
  });
});
