import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { LineageFunction, LineageFunctionProps, LineageSink } from '../../../src';
import { newStack, only, statementsOf, templateOf } from '../../support/synth';

const add = (stack: Stack, props: Partial<LineageFunctionProps> = {}) => new LineageFunction(stack, 'Lineage', {
  bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'the-bucket'),
  pipelineName: 'Users',
  ...props,
});

/** The configuration with every reference as its name. */
function configOf(template: Template): Record<string, unknown> {
  const value = only(template, 'AWS::Lambda::Function').properties.Environment.Variables.LINEAGE_CONFIG;
  const parts: unknown[] = typeof value === 'string' ? [value] : value['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : Object.values(part as object)[0])).join('')) as Record<string, unknown>;
}

test('it may write its events, and nothing else of the lake', () => {
  const statements = statementsOf(templateOf((stack) => void add(stack)), 'LineagePolicy');
  expect(statements.map(({ actions }) => actions)).toEqual([
    ['s3:GetObject', 's3:PutObject'], ['s3:ListBucket'], ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ]);
  expect(JSON.stringify(statements[0]!.resources)).toContain('the-bucket/_lineage/*');
  expect(statements[1]!.condition).toEqual({ StringLike: { 's3:prefix': ['_lineage/*'] } });
});

test('each sink adds what it needs to the configuration and to the permissions', () => {
  const template = templateOf((stack) => void add(stack, {
    namespace: 'team-a',
    sinks: [
      LineageSink.http({
        url: 'https://marquez.example.com/api/v1/lineage',
        token: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Token', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf'),
        tokenField: 'token',
      }),
      LineageSink.eventBridge(events.EventBus.fromEventBusName(stack, 'Bus', 'the-bus')),
      LineageSink.dataZone('dzd_4x8a'),
    ],
  }), { region: 'eu-west-1', account: '111122223333' });
  expect(configOf(template)).toEqual({
    namespace: 'team-a',
    pipeline: 'Users',
    glueNamespace: 'arn:AWS::Partition:glue:eu-west-1:111122223333',
    region: 'eu-west-1',
    sinks: [
      {
        type: 'http',
        url: 'https://marquez.example.com/api/v1/lineage',
        secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf',
        secretField: 'token',
      },
      { type: 'eventBridge', busName: 'the-bus' },
      { type: 'dataZone', domainId: 'dzd_4x8a' },
    ],
  });
  const granted = statementsOf(template, 'LineagePolicy').flatMap(({ actions, resources }) => actions.map((action) => [action, JSON.stringify(resources)]));
  expect(Object.fromEntries(granted)).toMatchObject({
    'secretsmanager:GetSecretValue': expect.stringContaining('secret:token-AbCdEf'),
    'events:PutEvents': expect.stringContaining('event-bus/the-bus'),
    'datazone:PostLineageEvent': '["*"]',
  });
});

test('what is wrong with sinks is told together, with the place', () => {
  expect(() => add(newStack(), {
    sinks: [
      LineageSink.http({ url: 'marquez' }),
      LineageSink.http({ url: 'https://a.example.com', tokenField: 'x' }),
      LineageSink.dataZone('domain'),
    ],
  })).toThrow(/Test\/Lineage: 3 invalid properties\n.*lineage\.sinks\.url.*\n.*lineage\.sinks\.tokenField.*\n.*lineage\.sinks\.domainId: got "domain"/);
});

test('a token never travels in the clear', () => {
  const stack = newStack();
  const token = secretsmanager.Secret.fromSecretNameV2(stack, 'Token', 'token');
  expect(() => add(stack, { sinks: [LineageSink.http({ url: 'http://marquez.example.com', token })] })).toThrow(/credentials would travel in the clear/);
});

test('aborted and timed-out executions of the one state machine are told', () => {
  const template = templateOf((stack) => void add(stack).tellAborts('arn:aws:states:eu-west-1:111122223333:stateMachine:m'));
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { detail: { stateMachineArn: ['arn:aws:states:eu-west-1:111122223333:stateMachine:m'], status: ['ABORTED', 'TIMED_OUT'] } },
  });
  template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com', SourceArn: Match.anyValue() });
});
