import { sqlText } from '../spec/sql-text';
import { CAUSE, integration, jsonata, literal, retryAll, State, States } from '../workflow/asl';

/** What the definition takes from the resources around it. */
export interface UpkeepParts {
  readonly partition: string;
  readonly database: string;
  readonly workgroup: string;
  readonly topicArn: string;
  readonly tables: readonly string[];
  /** Properties that tables get before VACUUM reads them. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Athena does a part at a time (of OPTIMIZE, 100 partitions) and fails with this in its reason while there is more. */
const MORE = '_MORE_RUNS_NEEDED';

/** Parts of one table in one execution: beyond them the next execution goes on. */
const MAX_ROUNDS = 50;

/** A transform that commits at the same time makes a statement fail: it is tried again. */
const MAX_FAILURES = 3;
const PAUSE_SECONDS = 60;

/** The upkeep of curated tables in Amazon States Language. A table that fails keeps the others from nothing; all failures are told at the end. */
export function upkeepDefinition(parts: UpkeepParts): Record<string, unknown> {
  const { partition, topicArn, tables } = parts;
  return {
    Comment: 'Compacts curated Iceberg tables and removes what no snapshot needs. Made by cdk-data-lake-pipeline.',
    QueryLanguage: 'JSONata',
    StartAt: 'Look after the tables',
    States: {
      'Look after the tables': {
        Type: 'Map',
        Items: tables,
        MaxConcurrency: 1,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Take the table', States: tableStates(parts) },
        Assign: { tables: jsonata('$states.result'), failed: jsonata('[$states.result[$exists(error)]]') },
        Next: 'Did any fail?',
      },
      'Did any fail?': {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$count($failed) > 0'), Next: 'Tell of the failures' }],
        Default: 'Succeeded',
      },
      'Succeeded': { Type: 'Succeed', Output: { tables: jsonata('$tables') } },
      'Tell of the failures': {
        Type: 'Task',
        Resource: integration(partition, 'sns:publish'),
        Arguments: {
          TopicArn: topicArn,
          Subject: jsonata("$substring('Upkeep failed: ' & $join($failed.table, ', '), 0, 100)"), // all that SNS takes
          Message: jsonata(`$join($append(${FAILURES}, [${LOOK_FURTHER}]), '\\n')`),
        },
        Retry: retryAll(),
        // Who cannot be told must not hide what failed.
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
        Next: 'Failed',
      },
      'Failed': { Type: 'Fail', Error: 'UPKEEP_FAILED', Cause: jsonata(`$join(${FAILURES}, '; ')`) },
    },
  };
}

/** One text a table that failed. */
const FAILURES = "[$map($failed, function($one) { $one.table & ', ' & $one.statement & ': ' & $one.cause })]";

const LOOK_FURTHER = "'What the upkeep did: aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn ' & $states.context.Execution.Id";

function tableStates({ partition, database, workgroup, properties }: UpkeepParts): States {
  const settings = Object.entries(properties).map(([name, value]) => `${sqlText(name)}=${sqlText(value)}`).join(', ');
  const run = (sql: string, nth: number, next: string): State => ({
    Type: 'Task',
    Resource: integration(partition, 'athena:startQueryExecution.sync'),
    Arguments: { QueryString: jsonata(sql), WorkGroup: workgroup, QueryExecutionContext: { Database: database } },
    // Counted anew for each statement.
    Assign: { rounds: 0, failures: 0 },
    Catch: [{
      ErrorEquals: ['States.ALL'],
      Assign: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE, rounds: jsonata('$rounds + 1') },
      Next: `What became of statement ${nth}?`,
    }],
    Next: next,
  });
  // Names are plain words here: neither statement takes quotes around a database.
  const statements: [string, string][] = [
    ...(settings === '' ? [] : [['ALTER TABLE', `${literal(`ALTER TABLE \`${database}\`.\``)} & $table & ${literal(`\` SET TBLPROPERTIES (${settings})`)}`] as [string, string]]),
    ['OPTIMIZE', `${literal(`OPTIMIZE ${database}.`)} & $table & ' REWRITE DATA USING BIN_PACK'`],
    ['VACUUM', `${literal(`VACUUM ${database}.`)} & $table`],
  ];
  const states = statements.map(([statement, sql], i) => ({
    [statement]: run(sql, i, statements[i + 1]?.[0] ?? 'Done'),
    [`What became of statement ${i}?`]: {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata(`$contains($cause, '${MORE}') and $rounds < ${MAX_ROUNDS}`), Next: statement },
        { Condition: jsonata(`$contains($cause, '${MORE}')`), Next: `Leave the rest of statement ${i}` },
        { Condition: jsonata(`$failures + 1 < ${MAX_FAILURES}`), Next: `Pause before statement ${i}` },
      ],
      Default: `Give up at statement ${i}`,
    },
    [`Leave the rest of statement ${i}`]: { Type: 'Pass', Assign: { rounds: 0, failures: 0, unfinished: true }, Next: statements[i + 1]?.[0] ?? 'Done' },
    [`Pause before statement ${i}`]: { Type: 'Wait', Seconds: PAUSE_SECONDS, Assign: { failures: jsonata('$failures + 1') }, Next: statement },
    [`Give up at statement ${i}`]: { Type: 'Pass', Output: failure(statement), End: true },
  }));
  return {
    'Take the table': { Type: 'Pass', Assign: { table: jsonata('$states.input'), rounds: 0, failures: 0, unfinished: false }, Next: 'Is it there?' },
    'Is it there?': {
      Type: 'Task',
      Resource: integration(partition, 'aws-sdk:glue:getTable'),
      Arguments: { DatabaseName: database, Name: jsonata('$table') },
      Retry: retryAll('Glue.EntityNotFoundException'),
      Catch: [
        { ErrorEquals: ['Glue.EntityNotFoundException'], Next: 'Not there yet' },
        { ErrorEquals: ['States.ALL'], Assign: { error: jsonata('$states.errorOutput.Error'), cause: CAUSE }, Next: 'Not read' },
      ],
      Next: statements[0][0],
    },
    'Not there yet': { Type: 'Pass', Output: { table: jsonata('$table'), missing: true }, End: true },
    'Not read': { Type: 'Pass', Output: failure('GetTable'), End: true },
    ...Object.assign({}, ...states) as States,
    'Done': { Type: 'Pass', Output: { table: jsonata('$table'), unfinished: jsonata('$unfinished') }, End: true },
  };
}

const failure = (statement: string) => ({ table: jsonata('$table'), statement, error: jsonata('$error'), cause: jsonata('$cause') });
