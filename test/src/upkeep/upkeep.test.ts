import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLakePipeline, DataLakePipelineProps, Governance, RunSchedule, TableUpkeep, TableUpkeepOptions, Transform, TransformMode } from '../../../src';
import { upkeepDefinition } from '../../../src/upkeep/upkeep-definition';
import { aslFindings, definitionsOf } from '../../support/definition';
import { statementsOf, templateOf, usersSource } from '../../support/synth';

const WEEKLY = ScheduleExpression.cron({ weekDay: 'SUN', hour: '3', minute: '0' });
const transform = (name: string) => Transform.sql(name, { query: 'SELECT 1 AS one FROM users', mode: TransformMode.fullRefresh() });
const upkeep = (options?: TableUpkeepOptions) => TableUpkeep.schedule(RunSchedule.on(WEEKLY), options);
const build = (props: Partial<DataLakePipelineProps> = {}) => (stack: Stack) => {
  const pipeline = new DataLakePipeline(stack, 'Users', { databaseName: 'users_db', sources: [usersSource()], transforms: [transform('a')], upkeep: upkeep(), ...props });
  pipeline.addTransform(transform('b'));
};
const definitionOf = (template: Template) => definitionsOf(template).find(({ States }) => 'Look after the tables' in States)!;

describe('a pipeline with upkeep', () => {
  const template = templateOf(build());

  test('looks after all its curated tables, those added later included', () => {
    const definition = definitionOf(template);
    expect(aslFindings(definition)).toEqual([]);
    const { 'Look after the tables': map } = definition.States;
    expect(map.Items).toEqual(['a', 'b']);
    expect(map.ItemProcessor.States.OPTIMIZE.Arguments.QueryString).toBe("{% \"OPTIMIZE users_db.\" & $table & ' REWRITE DATA USING BIN_PACK' %}");
    expect(map.ItemProcessor.States.VACUUM.Arguments.QueryString).toBe('{% "VACUUM users_db." & $table %}');
    expect(Object.keys(map.ItemProcessor.States)).not.toContain('ALTER TABLE');
  });

  test('has a schedule of its own, with a queue for what was not started', () => {
    const [schedule, ...others] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    expect(others).toEqual([]);
    expect(schedule.Properties).toMatchObject({ ScheduleExpression: 'cron(0 3 ? * SUN *)', State: 'ENABLED', Target: { Input: '{}', DeadLetterConfig: { Arn: expect.anything() } } });
    expect(JSON.stringify(schedule.Properties.Target.Arn)).toContain('Upkeep');
  });

  test('may rewrite and delete files of curated tables, and nothing else of the lake', () => {
    const statements = statementsOf(template, 'UsersUpkeepPolicy');
    const deletes = statements.filter(({ actions }) => actions.includes('s3:DeleteObject'));
    expect(deletes).toHaveLength(1);
    expect(JSON.stringify(deletes[0].resources)).toContain('/curated/*');
    const s3 = statements.filter(({ actions }) => actions.some((action) => /^s3:(Get|Put|Delete)Object$/.test(action)));
    expect(JSON.stringify(s3.map(({ resources }) => resources))).not.toMatch(/raw\/|_state|_runs/);
    const actions = statements.flatMap((statement) => statement.actions);
    expect(actions.filter((action) => action.startsWith('glue:')).sort()).toEqual(['glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable']);
    expect(actions).not.toContain('lambda:InvokeFunction');
  });

  test('is granted by Lake Formation what committing to an Iceberg table takes', () => {
    const granted = Object.values(template.findResources('AWS::LakeFormation::PrincipalPermissions'))
      .filter(({ Properties }) => JSON.stringify(Properties.Principal).includes('UsersUpkeepRole'));
    expect(granted.flatMap(({ Properties }) => Properties.Permissions).sort()).toEqual(['ALTER', 'DATA_LOCATION_ACCESS', 'DELETE', 'DESCRIBE', 'DESCRIBE', 'INSERT', 'SELECT']);
    expect(statementsOf(templateOf(build({ governance: Governance.iam() })), 'UsersUpkeepPolicy').flatMap(({ actions }) => actions)).not.toContain('lakeformation:GetDataAccess');
  });

  test('sets what VACUUM keeps, when it is given', () => {
    const { 'Look after the tables': map } = definitionOf(templateOf(build({ upkeep: upkeep({ maxSnapshotAge: Duration.days(1), minSnapshots: 3 }) }))).States;
    expect(map.ItemProcessor.States['ALTER TABLE'].Arguments.QueryString)
      .toContain("SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='86400', 'vacuum_min_snapshots_to_keep'='3')");
  });
});

test('without upkeep there is none of it', () => {
  const template = templateOf(build({ upkeep: undefined }));
  expect(definitionsOf(template)).toHaveLength(1);
  expect(template.findResources('AWS::Scheduler::Schedule')).toEqual({});
});

test('the check of definitions finds a state that is not there', () => {
  const broken: any = upkeepDefinition({ partition: 'aws', database: 'db', workgroup: 'w', topicArn: 't', tables: ['a'], properties: {} });
  broken.States['Did any fail?'].Default = 'Nowhere';
  expect(aslFindings(broken)).not.toEqual([]);
});

test.each<[string, Partial<DataLakePipelineProps>, RegExp]>([
  ['a schedule that is none', { upkeep: TableUpkeep.schedule(RunSchedule.on(ScheduleExpression.expression('every day'))) }, /Test\/Users\/Upkeep: .*\n.*upkeep\.schedule: got "every day"/],
  ['no age', { upkeep: upkeep({ maxSnapshotAge: Duration.seconds(0) }) }, /upkeep\.maxSnapshotAge: got "0 seconds"; use whole seconds, at least one/],
  ['no snapshot', { upkeep: upkeep({ minSnapshots: 0 }) }, /upkeep\.minSnapshots: got 0; use a whole number, at least 1/],
])('%s fails', (_what, props, message) => {
  expect(() => templateOf(build(props))).toThrow(message);
});

test('upkeep without curated tables fails', () => {
  const none = (stack: Stack) => { new DataLakePipeline(stack, 'Users', { sources: [usersSource()], upkeep: upkeep() }); };
  expect(() => templateOf(none)).toThrow(/upkeep: there is no curated table to look after; add a transform, or leave upkeep out/);
});
