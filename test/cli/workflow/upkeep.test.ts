import { Integrations } from '../../../cli/workflow/integrations';
import { runWorkflow } from '../../../cli/workflow/run-workflow';
import { StateError } from '../../../cli/workflow/state-error';
import { upkeepDefinition } from '../../../src/upkeep/upkeep-definition';

const MORE = 'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: there are more partitions to process';

/** Runs the upkeep of two tables; `answers` fail a statement, as often as they name a reason. */
async function upkeep(answers: Record<string, readonly string[]>, properties: Record<string, string> = {}, missing: readonly string[] = []) {
  const asked: string[] = [];
  const notices: { Subject: string; Message: string }[] = [];
  const integrations: Integrations = {
    'aws-sdk:glue:getTable': {
      required: ['DatabaseName', 'Name'],
      run: async ({ arguments: { Name } }) => {
        if (missing.includes(String(Name))) {
          throw new StateError('Glue.EntityNotFoundException', 'not found');
        }
        return { Table: { Name } };
      },
    },
    'athena:startQueryExecution.sync': {
      required: ['QueryString'],
      optional: ['WorkGroup', 'QueryExecutionContext'],
      run: async ({ arguments: { QueryString } }) => {
        const sql = String(QueryString);
        const nth = asked.filter((one) => one === sql).length;
        asked.push(sql);
        const reason = answers[sql]?.[nth];
        if (reason !== undefined) {
          throw new StateError('States.TaskFailed', JSON.stringify({ Status: { State: 'FAILED', StateChangeReason: reason } }));
        }
        return { QueryExecution: { QueryExecutionId: '1' } };
      },
    },
    'sns:publish': {
      required: ['TopicArn', 'Message'],
      optional: ['Subject'],
      run: async ({ arguments: given }) => {
        notices.push(given as typeof notices[number]);
        return {};
      },
    },
  };
  const definition = upkeepDefinition({ partition: 'aws', database: 'db', workgroup: 'w', topicArn: 'arn:aws:sns:eu-west-1:1:t', tables: ['a', 'b'], properties });
  const outcome = await runWorkflow({ definition, machineArn: 'arn:aws:states:eu-west-1:1:stateMachine:m', name: 'n', input: {}, integrations, pace: () => 0 });
  return { outcome, asked, notices };
}

const OPTIMIZE = (table: string) => `OPTIMIZE db.${table} REWRITE DATA USING BIN_PACK`;
const VACUUM = (table: string) => `VACUUM db.${table}`;

test('each table is compacted, then rid of what no snapshot needs', async () => {
  const { outcome, asked, notices } = await upkeep({});
  expect(asked).toEqual([OPTIMIZE('a'), VACUUM('a'), OPTIMIZE('b'), VACUUM('b')]);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { tables: [{ table: 'a', unfinished: false }, { table: 'b', unfinished: false }] } });
  expect(notices).toEqual([]);
});

test('a statement is repeated as long as Athena says that more remains', async () => {
  const { outcome, asked } = await upkeep({ [OPTIMIZE('a')]: [MORE, MORE], [VACUUM('b')]: ['ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 1000 files'] });
  expect(outcome.status).toBe('SUCCEEDED');
  expect(asked).toEqual([OPTIMIZE('a'), OPTIMIZE('a'), OPTIMIZE('a'), VACUUM('a'), OPTIMIZE('b'), VACUUM('b'), VACUUM('b')]);
});

test('what is too much for one execution is left to the next', async () => {
  const { outcome, asked } = await upkeep({ [OPTIMIZE('a')]: Array.from({ length: 200 }, () => MORE) });
  expect(asked.filter((sql) => sql === OPTIMIZE('a'))).toHaveLength(50);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { tables: [{ table: 'a', unfinished: true }, { table: 'b', unfinished: false }] } });
});

test('a commit of a transform in between is no failure', async () => {
  const { outcome, asked } = await upkeep({ [OPTIMIZE('a')]: ['ICEBERG_COMMIT_ERROR: Failed to commit', 'ICEBERG_COMMIT_ERROR: Failed to commit'] });
  expect(outcome.status).toBe('SUCCEEDED');
  expect(asked.filter((sql) => sql === OPTIMIZE('a'))).toHaveLength(3);
});

test('a table that fails is told, and keeps no other from its turn', async () => {
  const denied = Array.from({ length: 9 }, () => 'Access Denied "s3://lake"');
  const { outcome, asked, notices } = await upkeep({ [VACUUM('a')]: denied });
  expect(asked).toEqual([OPTIMIZE('a'), VACUUM('a'), VACUUM('a'), VACUUM('a'), OPTIMIZE('b'), VACUUM('b')]);
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'UPKEEP_FAILED', cause: 'a, VACUUM: Access Denied "s3://lake"' });
  expect(notices).toEqual([expect.objectContaining({ Subject: 'Upkeep failed: a', Message: expect.stringMatching(/^a, VACUUM: Access Denied "s3:\/\/lake"\nWhat the upkeep did: aws stepfunctions get-execution-history .*:m:n$/) })]);
});

test('a table that no transform has made yet is passed over', async () => {
  const { outcome, asked } = await upkeep({}, {}, ['a']);
  expect(asked).toEqual([OPTIMIZE('b'), VACUUM('b')]);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { tables: [{ table: 'a', missing: true }, { table: 'b' }] } });
});

test('what VACUUM keeps is set first', async () => {
  const { asked } = await upkeep({}, { vacuum_min_snapshots_to_keep: '3' });
  expect(asked.slice(0, 2)).toEqual(["ALTER TABLE `db`.`a` SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='3')", OPTIMIZE('a')]);
});
