import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DataLakePipeline, QualityRule, RunSchedule, TableUpkeep, Transform, TransformMode } from '../../src';
import { HostileServer, raw } from '../support/hostile-server';
import { LocalLake } from '../support/local-lake';
import { newStack, usersSource } from '../support/synth';

/** `export HIVE_PARSER=$(.ci/hive/parser)`, then `npx jest test/hive`. */
const { HIVE_PARSER } = process.env;
const describeWithHive = HIVE_PARSER === undefined ? describe.skip : describe;

/** Names that are words of Hive's or of SQL's, at every depth. */
const RECORDS = [
  { id: 'a', date: '2026-01-01', order: 1, select: true, timestamp: { date: '2026-01-01', table: [{ from: 'x', interval: 1 }] } },
  { id: 'b', date: '2026-01-02', order: 2, select: false, timestamp: { date: '2026-01-02', table: [{ from: 'y', interval: 2 }] } },
];
const TIMESTAMP = 'struct<date:string,table:array<struct<from:string,interval:bigint>>>';
const today = (columns: string) => `SELECT ${columns} FROM users WHERE ingestion_date = '{{ingestion_date}}'`;

/** What the parser says of each statement: OK, or what is wrong. */
const parse = (statements: readonly string[]) =>
  execFileSync('java', ['-cp', HIVE_PARSER!, 'Parse', ...statements], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');

/** Hive 2.3 wants a type beside a partition's column; Iceberg's, as Athena takes them, are transforms of columns declared before. */
const withoutIcebergPartitions = (sql: string) => sql.replace(/^PARTITIONED BY \(.*\)\n/m, '');

describeWithHive('the DDL that runs give to Athena, in the parser of Hive', () => {
  let lake: LocalLake;
  let api: HostileServer;
  const asked: string[] = [];

  function synthesize(columns: string) {
    const stack = newStack(undefined, { outdir: join(lake.folder, 'cdk.out') });
    new DataLakePipeline(stack, 'Users', {
      databaseName: 'hive_db',
      sources: [usersSource({ quality: [QualityRule.isComplete('id')] })],
      transforms: [
        Transform.sql('latest', {
          query: today(columns), mode: TransformMode.merge({ key: ['id'], latestBy: 'date' }), ...(columns.includes('timestamp') ? { columns: { timestamp: TIMESTAMP } } : {}),
        }),
        Transform.sql('by_date', { query: 'SELECT date, count(*) AS "end" FROM latest GROUP BY 1', mode: TransformMode.replacePartition(), partitionBy: ['date'] }),
      ],
      upkeep: TableUpkeep.schedule(RunSchedule.on(ScheduleExpression.rate(Duration.days(1))), { maxSnapshotAge: Duration.days(3) }),
    });
    App.of(stack)!.synth();
  }

  beforeAll(async () => {
    lake = new LocalLake();
    api = await HostileServer.start([1, 2].map(() => raw(JSON.stringify({ results: RECORDS }))));
    synthesize('id, date, "order"');
    asked.push(...(await lake.run('users', `${api.origin}/`)).statements);
    synthesize('id, date, "order", "select", "timestamp"');
    asked.push(...(await lake.run('users', `${api.origin}/`)).statements, ...await lake.upkeep());
  }, 120_000);
  afterAll(async () => {
    lake.close();
    await api.close();
  });

  test.each([
    ['creates tables', /^CREATE TABLE/, 2],
    ['adds the partition', /^ALTER TABLE .* ADD IF NOT EXISTS PARTITION/, 1],
    ['adds columns', /^ALTER TABLE .* ADD COLUMNS/, 1],
    ['sets properties', /^ALTER TABLE .* SET TBLPROPERTIES/, 2],
  ])('%s in statements that parse', (_what, kind, least) => {
    const statements = [...new Set(asked.filter((sql) => kind.test(sql)))];
    expect(statements.length).toBeGreaterThanOrEqual(least);
    expect(parse(statements.map(withoutIcebergPartitions)).map((verdict, i) => [statements[i], verdict])).toEqual(statements.map((sql) => [sql, 'OK']));
  });

  test('none would parse without its quotes', () => {
    const nested = asked.find((sql) => sql.includes('struct<`date`'))!;
    expect(parse([nested.replace('struct<`date`', 'struct<date')])).toEqual([expect.stringMatching(/cannot recognize input near 'date'/)]);
  });
});
