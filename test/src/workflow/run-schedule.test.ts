import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLakePipeline, RunSchedule, RunScheduleOptions } from '../../../src';
import { only, statementsOf, templateOf, usersSource } from '../../support/synth';

const HOURLY = ScheduleExpression.rate(Duration.hours(1));

const pipelineWith = (...schedules: (RunSchedule | undefined)[]) => templateOf((stack) => new DataLakePipeline(stack, 'Users', {
  sources: schedules.map((schedule, i) => usersSource({ schedule }, `users_${i}`)),
}));
const scheduleWith = (expression = HOURLY, options?: RunScheduleOptions) => only(pipelineWith(RunSchedule.on(expression, options)), 'AWS::Scheduler::Schedule').properties;

test('a schedule starts the workflow for its source, at times of its zone, with the time it stands for', () => {
  const nightly = ScheduleExpression.cron({ hour: '6', minute: '0', timeZone: TimeZone.EUROPE_BERLIN });
  const template = pipelineWith(RunSchedule.on(nightly), RunSchedule.on(HOURLY), undefined);
  template.resourceCountIs('AWS::Scheduler::Schedule', 2);
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 6 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    Target: {
      Arn: { Ref: only(template, 'AWS::StepFunctions::StateMachine').id },
      Input: '{"source":"users_0","scheduledTime":"<aws.scheduler.scheduled-time>"}',
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'Arn'] } },
      RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
    },
  });
});

test('its options are the scheduler\'s', () => {
  const options = { flexibleWindow: Duration.minutes(15), startAttempts: 0, startWithin: Duration.hours(2), enabled: false };
  expect(scheduleWith(HOURLY, options)).toMatchObject({
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    State: 'DISABLED',
    Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 7200 } },
  });
});

test('a pipeline without schedules has nothing of the scheduler', () => {
  expect(JSON.stringify(pipelineWith(undefined).toJSON())).not.toMatch(/scheduler|SQS/i);
});

test('the scheduler\'s role starts this workflow and reports what it could not, for this group only', () => {
  const template = pipelineWith(RunSchedule.on(HOURLY));
  const role = Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => id.includes('Schedules'))![1].Properties;
  const [trust] = role.AssumeRolePolicyDocument.Statement;
  const group = only(template, 'AWS::Scheduler::ScheduleGroup').properties.Name;
  expect(JSON.stringify(trust.Condition.StringEquals['aws:SourceArn'])).toContain(`:schedule-group/${group}`);
  expect(statementsOf(template, 'Schedules').map(({ actions }) => actions))
    .toEqual([['states:StartExecution'], ['sqs:SendMessage'], ['kms:Decrypt', 'kms:GenerateDataKey']]);
  const queue = only(template, 'AWS::SQS::Queue').properties;
  expect(queue).toMatchObject({ KmsMasterKeyId: expect.anything(), MessageRetentionPeriod: 1209600 });
  expect(only(template, 'AWS::Scheduler::Schedule').resource.DependsOn.some((id: string) => id.includes('SchedulesPolicy'))).toBe(true);
});

describe('bad input', () => {
  const zoned = (zone: string) => ScheduleExpression.expression('rate(1 hour)', TimeZone.of(zone));

  test.each([
    ['every day', ScheduleExpression.expression('every day')],
    ['no unit', ScheduleExpression.expression('rate(5)')],
    ['rate of zero', ScheduleExpression.expression('rate(0 minutes)')],
    ['five fields', ScheduleExpression.expression('cron(0 6 * * *)')],
    ['both days', ScheduleExpression.expression('cron(0 6 * * * *)')],
    ['no day', ScheduleExpression.expression('cron(0 6 ? * ? *)')],
    ['no such zone', zoned('Europe/Atlantis')],
  ])('an expression with %s fails', (_, expression) => {
    expect(() => scheduleWith(expression)).toThrow(/Test\/Users\/Workflow: invalid property\n {2}- sources\.users_0\.schedule: got "/);
  });

  test.each([
    ScheduleExpression.expression('rate(1 hour)'), ScheduleExpression.expression('cron(0/5 8-17 ? * MON-FRI *)'), zoned('Asia/Kolkata'),
    ScheduleExpression.at(new Date(Date.UTC(2030, 0, 1))), ScheduleExpression.rate(Duration.days(7)),
  ])('a good expression passes (%#)', (expression) => {
    expect(scheduleWith(expression).ScheduleExpression).toBe(expression.expressionString);
  });

  test('all that is wrong with its options is told at once', () => {
    const options = { flexibleWindow: Duration.seconds(90), startAttempts: 186, startWithin: Duration.days(2) };
    expect(() => scheduleWith(HOURLY, options)).toThrow(/3 invalid properties\n.*flexibleWindow.*\n.*startWithin.*\n.*startAttempts: got 186; use a whole number from 0 to 185/);
  });
});
