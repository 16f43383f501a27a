import { Duration, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { PipelineMonitoring, PipelineMonitoringProps } from '../../../src';
import { newStack, only, templateOf } from '../../support/synth';

const add = (stack: Stack, props: Partial<PipelineMonitoringProps> = {}) => new PipelineMonitoring(stack, 'Monitoring', {
  pipelineName: 'App/Users',
  stateMachine: sfn.StateMachine.fromStateMachineName(stack, 'Machine', 'flow'),
  defaultTopic: new sns.Topic(stack, 'Topic'),
  workgroupNames: ['analytics'],
  ...props,
});

/** Alarms by the last part of their construct's path. */
function alarmsOf(template: Template): Record<string, any> {
  return Object.fromEntries(Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
    .map(([id, { Properties }]) => [id.replace(/^Monitoring/, '').replace(/[0-9A-F]{8}$/, ''), Properties]));
}

test('every alarm says what to do, and goes to the topic when it begins and when it ends', () => {
  const template = templateOf((stack) => {
    add(stack).addSource('users', Duration.hours(1));
  });
  const alarms = alarmsOf(template);
  const topic = { Ref: only(template, 'AWS::SNS::Topic').id };
  expect(Object.keys(alarms).sort()).toEqual(['Failed', 'Recordsusers', 'Scan1', 'Staleusers', 'Throttled']);
  for (const alarm of Object.values(alarms)) {
    expect(alarm).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    expect(alarm.AlarmDescription.length).toBeGreaterThan(60);
  }
});

test('a run that was killed from outside is a failed one, too', () => {
  const { Failed } = alarmsOf(templateOf((stack) => void add(stack)));
  const names = Failed.Metrics.flatMap(({ MetricStat }: any) => MetricStat?.Metric.MetricName ?? []);
  expect(names.sort()).toEqual(['ExecutionsAborted', 'ExecutionsFailed', 'ExecutionsTimedOut']);
  expect(Failed).toMatchObject({ Threshold: 1, TreatMissingData: 'notBreaching' });
});

describe('a source is stale', () => {
  const stale = (interval?: Duration, props: Partial<PipelineMonitoringProps> = {}) =>
    alarmsOf(templateOf((stack) => void add(stack, props).addSource('users', interval))).Staleusers;

  test('when two of its schedules pass without a complete run, and no data is such a pass', () => {
    expect(stale(Duration.hours(6))).toMatchObject({
      MetricName: 'RunsSucceeded',
      Dimensions: [{ Name: 'pipeline', Value: 'App/Users' }, { Name: 'source', Value: 'users' }],
      Period: 3600,
      EvaluationPeriods: 12,
      DatapointsToAlarm: 12,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test.each([
    ['after an hour at least', Duration.minutes(5), {}, 1],
    ['after as many schedules as were named', Duration.days(1), { staleSchedules: 3 }, 72],
    ['after 7 days at most, which is all an alarm can look back', Duration.days(7), {}, 168],
    ['after 7 days without a plain interval', undefined, {}, 168],
  ])('%s', (_, interval, props, hours) => {
    expect(stale(interval, props).EvaluationPeriods).toBe(hours);
  });
});

/** What an alarm of metric math watches. */
const expressionOf = ({ Metrics }: any): string => Metrics.find(({ ReturnData }: any) => ReturnData !== false).Expression;

describe('the records of a source', () => {
  const records = (interval?: Duration, props: Partial<PipelineMonitoringProps> = {}) =>
    alarmsOf(templateOf((stack) => void add(stack, props).watchRecords('users', interval))).Recordsusers;

  test('have an alarm that names the source, for a day with empty runs and for a run with many in quarantine', () => {
    const alarm = records();
    expect(alarm).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
    expect(alarm.AlarmDescription).toMatch(/^Source users: 3 of a day's runs .* 5 % .* quarantine\/users\//);
    expect(expressionOf(alarm)).toBe('empty >= 3 OR quarantined >= 5');
    const dimensions = [{ Name: 'pipeline', Value: 'App/Users' }, { Name: 'source', Value: 'users' }];
    const stats = Object.fromEntries(alarm.Metrics.filter(({ MetricStat }: any) => MetricStat).map(({ Id, MetricStat }: any) => [Id, MetricStat]));
    expect(stats).toEqual({
      empty: { Metric: { MetricName: 'EmptyRuns', Namespace: 'CdkDataLakePipeline', Dimensions: dimensions }, Period: 86400, Stat: 'Sum' },
      quarantined: { Metric: { MetricName: 'QuarantineRatio', Namespace: 'CdkDataLakePipeline', Dimensions: dimensions }, Period: 86400, Stat: 'Maximum' },
    });
  });

  test.each([
    ['every hour', Duration.hours(1), 3],
    ['twice a day', Duration.hours(12), 2],
    ['once a day', Duration.days(1), 1],
    ['once a week', Duration.days(7), 1],
    ['by hand', undefined, 3],
  ])('are missed when all runs of a day are empty, or three: a source that runs %s', (_, interval, runs) => {
    expect(expressionOf(records(interval))).toContain(`empty >= ${runs} `);
  });
});

test('thresholds can be set', () => {
  const settings = { maxEmptyRuns: 1, maxQuarantinePercent: 0.5, scanPercent: 50, scanLimit: Size.gibibytes(10) };
  const alarms = alarmsOf(templateOf((stack) => void add(stack, settings).watchRecords('users')));
  expect(expressionOf(alarms.Recordsusers)).toBe('empty >= 1 OR quarantined >= 0.5');
  expect(alarms.Scan1.Threshold).toBe(5 * 1024 ** 3);
});

test('what cannot be a threshold fails, all at once', () => {
  expect(() => add(newStack(), { maxEmptyRuns: 0, staleSchedules: 0.5, scanPercent: 0, maxQuarantinePercent: 101 }))
    .toThrow(/Test\/Monitoring: 4 invalid properties/);
});

test('a topic of your own gets the alarms', () => {
  const template = templateOf((stack) => void add(stack, { topic: sns.Topic.fromTopicArn(stack, 'Mine', 'arn:aws:sns:eu-west-1:111122223333:mine') }));
  expect(alarmsOf(template).Failed.AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111122223333:mine']);
});

test('scheduled runs that were never started are told once, whatever number of sources shares the queue', () => {
  const template = templateOf((stack) => {
    const [monitoring, queue] = [add(stack), new sqs.Queue(stack, 'Queue')];
    monitoring.addDeadLetterQueue(queue);
    monitoring.addDeadLetterQueue(queue);
  });
  expect(alarmsOf(template).DeadLetters).toMatchObject({ MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 });
  expect(alarmsOf(template).DeadLetters2).toBeUndefined();
});

test('the dashboard shows the alarms, and finds by itself the sources that are added later', () => {
  const template = templateOf((stack) => void add(stack).addSource('users', Duration.hours(1)));
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardBody: Match.anyValue() });
  const parts: any[] = only(template, 'AWS::CloudWatch::Dashboard').properties.DashboardBody['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : Object.values(part)[0])).join('');
  const { widgets } = JSON.parse(text);
  expect(widgets[0]).toMatchObject({ type: 'alarm', properties: { alarms: { length: 5 } } });
  for (const metric of ['RunsSucceeded', 'RunsFailed', 'RecordsExtracted', 'QuarantineRatio', 'RunDuration', 'FreshnessLag', 'BytesWritten', 'ProcessedBytes']) {
    expect(text).toContain(`MetricName=\\"${metric}\\"`);
  }
});
