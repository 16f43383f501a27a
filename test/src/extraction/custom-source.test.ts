import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { DataLakePipeline, ExtractorFunction, ParentRecords, RawBucket, Source } from '../../../src';
import { LakeManifest, MANIFEST_KEY } from '../../../src/spec';
import { newStack, only, statementsOf, usersSource } from '../../support/synth';

const ENV = { account: '111111111111', region: 'eu-west-1' };

const newFunction = (stack: Stack, id = 'Mine', props: Partial<lambda.FunctionProps> = {}) => new lambda.Function(stack, id, {
  runtime: lambda.Runtime.PYTHON_3_13, handler: 'main.handler', code: lambda.Code.fromInline('def handler(event, context): pass'), ...props,
});

const pipelineOf = (stack: Stack, fn: lambda.IFunction, name = 'rates') =>
  new DataLakePipeline(stack, 'Lake', { databaseName: 'lake_db', sources: [Source.custom(name, { function: fn, crawlerName: 'rates-crawler' })] });

const manifestOf = (stack: Stack) => (Template.fromStack(stack).toJSON().Metadata[MANIFEST_KEY] as LakeManifest).pipelines['Test/Lake'].sources[0];

/** The one function besides the workflow's. */
function own(template: Template): { id: string; properties: any } {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) => !/Workflow|Governance/.test(id));
  expect(functions).toHaveLength(1);
  return { id: functions[0][0], properties: functions[0][1].Properties };
}

test('the function is told its bucket and its prefix, and no extractor is added', () => {
  const stack = newStack();
  pipelineOf(stack, newFunction(stack));
  const template = Template.fromStack(stack);
  const bucket = Object.keys(template.findResources('AWS::S3::Bucket')).find((id) => id.includes('StorageBucket'));

  expect(own(template).properties.Environment.Variables).toEqual({ DATA_BUCKET_NAME: { Ref: bucket }, DATA_PREFIX: 'raw/rates/' });
});

test('the function may work with its own prefix, encrypted, and with nothing else', () => {
  const stack = newStack();
  pipelineOf(stack, newFunction(stack));
  const statements = statementsOf(Template.fromStack(stack), 'MineServiceRole');

  expect(statements.map(({ actions }) => actions)).toEqual([
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], ['s3:ListBucket'], ['kms:Decrypt', 'kms:GenerateDataKey'],
  ]);
  expect(JSON.stringify(statements[0].resources)).toMatch(/^\[\{"Fn::Join":\["",\[\{"Fn::GetAtt":\["LakeStorageBucket\w+","Arn"\]\},"\/raw\/rates\/\*"\]\]\}\]$/);
  expect(statements[1].condition).toEqual({ StringLike: { 's3:prefix': ['raw/rates/*'] } });
});

test('its table has a crawler like any other', () => {
  const stack = newStack();
  pipelineOf(stack, newFunction(stack));
  const { properties } = only(Template.fromStack(stack), 'AWS::Glue::Crawler');

  expect(properties).toMatchObject({ Name: 'rates-crawler', DatabaseName: 'lake_db' });
  expect(JSON.stringify(properties.Targets)).toContain('/raw/rates/');
});

test('who may run the pipeline may call it and read its logs, wherever they are', () => {
  const stack = newStack();
  const person = new iam.User(stack, 'Person');
  const logGroup = new logs.LogGroup(stack, 'Kept', { logGroupName: 'mine' });
  const pipeline = pipelineOf(stack, newFunction(stack, 'Mine', { logGroup }));
  pipeline.addSource(Source.custom('plain', { function: newFunction(stack, 'Plain') }));
  pipeline.grantRun(person);
  const statements = statementsOf(Template.fromStack(stack), 'Person');
  const resources = (action: string) =>
    JSON.stringify(statements.filter(({ actions }) => actions.includes(action)).flatMap((statement) => statement.resources));

  expect(resources('lambda:InvokeFunction')).toMatch(/"Mine\w+","Arn".*"Plain\w+","Arn"/);
  expect(resources('lambda:GetFunctionConfiguration')).toMatch(/"Mine\w+","Arn".*"Plain\w+","Arn"/);
  expect(resources('logs:FilterLogEvents')).toMatch(/"Ref":"Kept\w+".*:log-group:\/aws\/lambda\/.*"Ref":"Plain\w+"/);
  Template.fromStack(stack).resourceCountIs('Custom::LogRetention', 0);
});

describe('in the manifest', () => {
  test('stands the function of this stack by its logical id', () => {
    const stack = newStack();
    pipelineOf(stack, newFunction(stack));
    expect(manifestOf(stack)).toEqual({ name: 'rates', function: own(Template.fromStack(stack)).id, custom: true, crawler: expect.any(String) });
  });

  test.each<[string, (stack: Stack) => lambda.IFunction, string | undefined]>([
    ['its ARN', (stack) => lambda.Function.fromFunctionArn(stack, 'Far', `arn:aws:lambda:eu-west-1:${ENV.account}:function:far`), `arn:aws:lambda:eu-west-1:${ENV.account}:function:far`],
    ['its name', (stack) => lambda.Function.fromFunctionName(stack, 'Far', 'far'), 'far'],
    ['nothing that is known at deployment only', (stack) => lambda.Function.fromFunctionName(stack, 'Far', stack.stackId), undefined],
  ])('stands of an imported function %s', (_what, importedFrom, importedFunction) => {
    const stack = newStack();
    pipelineOf(stack, importedFrom(stack));
    expect(manifestOf(stack)).toEqual({ name: 'rates', custom: true, crawler: expect.any(String), ...(importedFunction && { importedFunction }) });
  });
});

test('of an imported function it is said what must be set and granted by hand', () => {
  const stack = newStack(ENV);
  pipelineOf(stack, lambda.Function.fromFunctionArn(stack, 'Far', 'arn:aws:lambda:eu-west-1:111111111111:function:far'));
  const warned = (text: string) => Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp(text));

  warned('sources.rates.function: Test/Far is imported, .* set DATA_BUCKET_NAME and DATA_PREFIX=raw/rates/ where it is defined');
  warned('Add statement to this resource\'s role.*s3:PutObject');
});

describe('bad input', () => {
  test('one function for two sources fails: its environment names one', () => {
    const build = (second: (stack: Stack, first: lambda.Function) => lambda.Function) => {
      const stack = newStack();
      const first = newFunction(stack);
      pipelineOf(stack, first).addSource(Source.custom('more', { function: second(stack, first) }));
    };
    expect(() => build((stack) => newFunction(stack, 'Other'))).not.toThrow();
    expect(() => build((_stack, first) => first)).toThrow(/sources\.more\.function: got "Test\/Mine"; it extracts Test\/Lake\/Source-rates already/);
  });

  test.each<[string, (stack: Stack) => lambda.IFunction, RegExp]>([
    ['an alias', (stack) => newFunction(stack).addAlias('live'), /sources\.rates\.function: got .*; pass the function itself/],
    ['a version', (stack) => newFunction(stack).currentVersion, /pass the function itself/],
    ['a function of another stack', (stack) => newFunction(new Stack(stack.node.root as App, 'Else', { env: ENV })),
      /function: got "one of stack Else"; define it in Test, the pipeline's stack/],
    ['a function of another region', (stack) => lambda.Function.fromFunctionArn(stack, 'Far', `arn:aws:lambda:us-east-1:${ENV.account}:function:far`),
      /function: got "one in us-east-1"; use one in eu-west-1/],
    ['a function of another account', (stack) => lambda.Function.fromFunctionArn(stack, 'Far', 'arn:aws:lambda:eu-west-1:222222222222:function:far'),
      /function: got "one of account 222222222222"/],
  ])('%s fails', (_what, fn, message) => {
    const stack = newStack(ENV);
    expect(() => pipelineOf(stack, fn(stack))).toThrow(message);
  });

  test('a name that no table can have fails', () => {
    const stack = newStack();
    expect(() => pipelineOf(stack, newFunction(stack), 'Exchange-Rates')).toThrow(/sources\.Exchange-Rates\.name: got "Exchange-Rates"; use lower-case letters/);
  });

  test('a crawler without a name fails', () => {
    const stack = newStack();
    const build = () => new DataLakePipeline(stack, 'Lake', { sources: [Source.custom('rates', { function: newFunction(stack), crawlerName: ' ' })] });
    expect(build).toThrow(/sources\.rates\.crawlerName: got " "; use 1 to 255 characters/);
  });

  test('it is no parent: nothing tells what it committed last', () => {
    const build = (parentOf: (stack: Stack) => Source) => {
      const stack = newStack();
      const parent = parentOf(stack);
      const child = usersSource({ url: 'https://api.example.com/{id}', parent: ParentRecords.of(parent) }, 'children');
      return new DataLakePipeline(stack, 'Lake', { sources: [parent, child] });
    };
    expect(() => build(() => usersSource())).not.toThrow();
    expect(() => build((stack) => Source.custom('rates', { function: newFunction(stack) }))).toThrow(/sources\.children\.parent: got "rates"; a function of its own extracts it/);
  });

  test('the library\'s extractor refuses it', () => {
    const stack = newStack();
    const build = (source: Source) => new ExtractorFunction(stack, source.name, { source, bucket: new RawBucket(stack, `${source.name}Raw`).bucket });
    expect(() => build(usersSource())).not.toThrow();
    expect(() => build(Source.custom('rates', { function: newFunction(stack) }))).toThrow(/source: got "rates"; it has a function of its own: pass one made with Source\.http/);
  });
});
