import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLakePipeline, DataLakePipelineProps, ParentRecords, RunSchedule, TableUpkeep, Transform, TransformMode } from '../../../src';
import { inventory, templateOf, usersSource } from '../../support/synth';

const hourly = RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)));
const templateWith = (props: DataLakePipelineProps) => templateOf((stack) => new DataLakePipeline(stack, 'Users', { databaseName: 'db', ...props }));
const staleAlarms = (props: DataLakePipelineProps) => Object.values(templateWith(props).findResources('AWS::CloudWatch::Alarm', {
  Properties: { MetricName: 'RunsSucceeded' },
})).map(({ Properties }) => [Properties.Dimensions[1].Value, Properties.EvaluationPeriods]);

test('a monitored pipeline watches its runs, its queries, and each source that runs by itself', () => {
  const template = templateWith({ sources: [usersSource({ schedule: hourly }), usersSource({}, 'by_hand')], monitoring: {} });
  const { 'AWS::CloudWatch::Alarm': alarms, 'AWS::CloudWatch::Dashboard': dashboards } = inventory(template);
  expect([alarms, dashboards]).toEqual([8, 1]); // failed, throttled, two workgroups, dead letters, one stale, records of each source
});

test('upkeep and runs that could not be started are both told, each from its own queue, and upkeep that failed', () => {
  const template = templateWith({
    sources: [usersSource({ schedule: hourly })],
    transforms: [Transform.sql('ids', { query: 'SELECT id FROM users', mode: TransformMode.fullRefresh() })],
    upkeep: TableUpkeep.schedule(hourly),
    monitoring: {},
  });
  const alarms: Record<string, any> = Object.fromEntries(Object.entries(template.findResources('AWS::CloudWatch::Alarm'))
    .map(([id, { Properties }]) => [id.replace(/^UsersMonitoring(.*)[0-9A-F]{8}$/, '$1'), Properties]));
  expect(JSON.stringify(alarms.DeadLetters.Dimensions)).toContain('UsersWorkflowSchedulesDeadLetters');
  expect(JSON.stringify(alarms.UpkeepDeadLetters.Dimensions)).toContain('UsersUpkeepSchedulesDeadLetters');
  expect(JSON.stringify(alarms.UpkeepFailed.Metrics)).toContain('UsersUpkeepStateMachine');
  expect(JSON.stringify(alarms.Failed.Metrics)).toContain('UsersWorkflowStateMachine');
});

test('a source that runs by hand, once, or not at present is never stale', () => {
  expect(staleAlarms({
    monitoring: {},
    sources: [
      usersSource({ schedule: hourly }),
      usersSource({}, 'by_hand'),
      usersSource({ schedule: RunSchedule.on(ScheduleExpression.at(new Date('2030-01-01T00:00:00Z'))) }, 'once'),
      usersSource({ schedule: RunSchedule.on(ScheduleExpression.rate(Duration.hours(1)), { enabled: false }) }, 'paused'),
      usersSource({ schedule: RunSchedule.on(ScheduleExpression.expression('cron(0 6 ? * MON *)')) }, 'weekly'),
    ],
  })).toEqual([['users', 2], ['weekly', 168]]);
});

test('a child is as fresh as its parent, whichever is added first, unless it has a schedule of its own', () => {
  const parent = usersSource({ schedule: hourly });
  const child = usersSource({ url: 'https://api.example.com/{id}/orders', parent: ParentRecords.of(parent) }, 'orders');
  const grandchild = usersSource({ url: 'https://api.example.com/{id}/items', parent: ParentRecords.of(child) }, 'items');
  const daily = usersSource({
    url: 'https://api.example.com/{id}/bills', parent: ParentRecords.of(parent), schedule: RunSchedule.on(ScheduleExpression.rate(Duration.days(1))),
  }, 'bills');
  const byHand = usersSource({}, 'by_hand');
  const ofHand = usersSource({ url: 'https://api.example.com/{id}/notes', parent: ParentRecords.of(byHand) }, 'notes');
  expect(staleAlarms({ monitoring: {}, sources: [grandchild, child, parent, daily, byHand, ofHand] }))
    .toEqual([['items', 2], ['orders', 2], ['users', 2], ['bills', 48]]);
});

test('nothing is watched unless asked for', () => {
  const found = inventory(templateWith({ sources: [usersSource({ schedule: hourly })] }));
  expect([found['AWS::CloudWatch::Alarm'], found['AWS::CloudWatch::Dashboard']]).toEqual([undefined, undefined]);
});

test('50 sources with everything on fit into one stack, at 8 resources each', () => {
  const everything = (count: number) => Object.values(inventory(templateWith({
    sources: Array.from({ length: count }, (_, i) => usersSource({ schedule: hourly }, `users_${i}`)),
    monitoring: {},
    lineage: {},
  }))).reduce((sum, n) => sum + n);
  expect(everything(50)).toBeLessThan(500);
  expect(everything(11) - everything(10)).toBeLessThanOrEqual(8); // the workflow needs one policy more for every twenty
}, 120_000);
