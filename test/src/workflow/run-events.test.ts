import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import { DataLake, DataLakePipeline } from '../../../src';
import { newStack, only, statementsOf, usersSource } from '../../support/synth';

const twoStacks = () => {
  const app = new App({ analyticsReporting: false });
  const [up, down] = [new Stack(app, 'Up'), new Stack(app, 'Down')];
  const lake = new DataLake(up, 'Lake');
  const users = new DataLakePipeline(up, 'Users', { lake, sources: [usersSource()] });
  const orders = new DataLakePipeline(down, 'Orders', { lake, sources: [usersSource({}, 'orders')] });
  return { up, down, users, orders };
};

test('a source follows another pipeline\'s, also on a shared lake in another stack; the event makes the run\'s id', () => {
  const { down, orders, users } = twoStacks();
  orders.workflow.startAfter('orders', { workflow: users.workflow, source: 'users' });
  const template = Template.fromStack(down);
  const { properties, resource } = only(template, 'AWS::Events::Rule');
  expect(properties.EventPattern).toMatchObject({ 'source': ['cdk-data-lake-pipeline'], 'detail-type': ['Pipeline Run Complete'], 'detail': { source: ['users'] } });
  expect(JSON.stringify(properties.EventPattern.detail.stateMachineArn)).toContain('Fn::ImportValue');
  const [target] = properties.Targets;
  expect(target.Arn).toEqual({ Ref: only(template, 'AWS::StepFunctions::StateMachine').id });
  expect(target.InputTransformer).toEqual({
    InputPathsMap: { id: '$.id', time: '$.time' },
    InputTemplate: '{"source":"orders","runId":<id>,"scheduledTime":<time>}',
  });
  expect(statementsOf(template, 'WorkflowEvents').map(({ actions }) => actions)).toEqual([['states:StartExecution']]);
  expect(resource.DependsOn).toEqual([expect.stringContaining('WorkflowEventsPolicy')]);
});

test('a source follows another of the same workflow', () => {
  const stack = newStack();
  const { workflow } = new DataLakePipeline(stack, 'Users', { sources: [usersSource(), usersSource({}, 'orders')] });
  workflow.startAfter('orders', { workflow, source: 'users' });
  expect(only(Template.fromStack(stack), 'AWS::Events::Rule').properties.EventPattern.detail.source).toEqual(['users']);
});

describe('an event that could not start a run', () => {
  const stack = newStack();
  const { workflow } = new DataLakePipeline(stack, 'Users', { sources: ['users', 'orders', 'items'].map((name) => usersSource({}, name)), monitoring: {} });
  ['orders', 'items'].forEach((name) => workflow.startAfter(name, { workflow, source: 'users' }));
  const template = Template.fromStack(stack);
  const { id: queue, properties } = only(template, 'AWS::SQS::Queue');

  test('is kept for 14 days in one encrypted queue, of which the workflow tells', () => {
    expect(properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3600, KmsMasterKeyId: expect.anything() });
    expect(stack.resolve(workflow.eventDeadLetterQueue!.queueArn)).toEqual({ 'Fn::GetAtt': [queue, 'Arn'] });
    const arns = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties.Targets[0].DeadLetterConfig.Arn);
    expect(arns).toEqual([{ 'Fn::GetAtt': [queue, 'Arn'] }, { 'Fn::GetAtt': [queue, 'Arn'] }]);
  });

  test('may be sent there by rules of the account, with the key, and by nobody else', () => {
    const { PolicyDocument } = only(template, 'AWS::SQS::QueuePolicy').properties;
    const allowed = PolicyDocument.Statement.filter(({ Effect }: any) => Effect === 'Allow');
    expect(allowed).toMatchObject([{ Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' }, Resource: { 'Fn::GetAtt': [queue, 'Arn'] } }]);
    expect(JSON.stringify(allowed[0].Condition)).toMatch(/^\{"ArnLike":\{"aws:SourceArn":.*:rule\/\*/);
    const keyStatements: any[] = Object.values(template.findResources('AWS::KMS::Key')).flatMap(({ Properties }) => Properties.KeyPolicy.Statement);
    const [withKey] = keyStatements.filter(({ Sid }) => Sid === 'AllowDeadLetters');
    expect(withKey).toMatchObject({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Principal: { Service: 'events.amazonaws.com' } });
    expect(JSON.stringify(withKey.Condition)).toContain('kms:EncryptionContext:aws:sqs:arn');
  });

  test('wakes somebody where the pipeline is monitored', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    });
  });
});

test('anything can be told of complete runs', () => {
  const { up, users } = twoStacks();
  users.workflow.onRunComplete('Told', { target: { bind: () => ({ arn: 'arn:aws:sqs:eu-west-1:111111111111:told' }) } satisfies events.IRuleTarget });
  const { properties } = only(Template.fromStack(up), 'AWS::Events::Rule');
  expect(properties.EventPattern.detail).toEqual({ stateMachineArn: [{ Ref: expect.stringContaining('StateMachine') }] });
  expect(properties.Targets[0].Arn).toBe('arn:aws:sqs:eu-west-1:111111111111:told');
});

describe('bad input', () => {
  test('an unknown source fails, on either side', () => {
    const { orders, users } = twoStacks();
    expect(() => orders.workflow.startAfter('order', { workflow: users.workflow })).toThrow(/Down\/Orders\/Workflow.*\n.*startAfter: got "order"; use one of the workflow's sources: orders/);
    expect(() => orders.workflow.startAfter('orders', { workflow: users.workflow, source: 'user' })).toThrow(/Up\/Users\/Workflow.*\n.*source: got "user"/);
    expect(() => users.workflow.onRunComplete('Told', { source: 'user' })).toThrow(/got "user"/);
  });

  test('a source that would start itself fails', () => {
    const { users: { workflow } } = twoStacks();
    expect(() => workflow.startAfter('users', { workflow, source: 'users' })).toThrow(/users would start itself for ever/);
    expect(() => workflow.startAfter('users', { workflow })).toThrow(/every source of the same workflow/);
  });
});
