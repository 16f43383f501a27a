import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DataLakePipeline, Incremental, TokenPlace } from '../../../src';
import { datalake } from '../../support/datalake-bin';
import { ExecutionEvents } from '../../support/execution-history';
import { AwsAnswer, awsError, deployedStack, Script, ScriptedAws, startScriptedAws } from '../../support/scripted-aws';
import { newStack, usersSource } from '../../support/synth';

let folder: string;
let aws: ScriptedAws;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deployed-request-'));
  const stack = newStack(undefined, { outdir: join(folder, 'cdk.out') });
  const incremental = Incremental.cursor({ path: '$.at', target: TokenPlace.query('since') });
  new DataLakePipeline(stack, 'Users', { databaseName: 'db', sources: [usersSource({ key: ['$.id'], incremental }), usersSource({}, 'prices')] });
  App.of(stack)!.synth();
});

afterEach(async () => aws.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: readonly string[], script: Script) {
  aws = await startScriptedAws({ DescribeStackResources: deployedStack, ...script });
  const { code, stdout, stderr } = await datalake([...args, '--assembly', 'cdk.out'], { cwd: folder, env: aws.env });
  expect(aws.unexpected).toEqual([]);
  return { code, stdout, stderr, operations: aws.calls.map(({ operation }) => operation).filter((name) => name !== 'DescribeStackResources') };
}

const inputOf = (operation: string) => aws.calls.find((call) => call.operation === operation)?.input ?? {};
const BACKFILL = ['backfill', 'users', '--from', '2026-01-01', '--to', '2026-01-03', '--step', '1d', '--concurrency', '2'];
const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:flow:one';
const RESULT = {
  source: 'users', runId: 'backfill-0123456789ab', done: true, records: 12, quarantined: 0, bytes: 9, parts: 2, pages: 2, schemaChanged: true, schemaHash: 'h', partition: 'ingestion_date=2026-01-05',
};
const history = (events: ExecutionEvents, count = Infinity): AwsAnswer => ({ body: { events: events.events.slice(0, count) } });
const begun = () => new ExecutionEvents().pass('Identify the run', { run: { runId: RESULT.runId } });
const succeeded = (output: object) => () => history(begun().succeeded(output));
/** The windows are read, then the table is brought up to date. */
const backfilled = () => begun()
  .entered('Map', 'Extract the windows').exited('Map', 'Extract the windows', {})
  .task('Sum up the windows', ['lambda', 'invoke'], { result: RESULT })
  .task('Start the crawler', ['aws-sdk:glue', 'startCrawler'])
  .succeeded({ source: 'users', runId: RESULT.runId, result: RESULT });
const SCRIPT: Script = {
  StartExecution: () => ({ body: { executionArn: EXECUTION, startDate: 1_767_600_000 } }),
  GetExecutionHistory: (_input, nth) => history(backfilled(), nth === 0 ? 4 : Infinity),
  ListMapRuns: () => ({ body: { mapRuns: [{ executionArn: EXECUTION, mapRunArn: 'map', stateMachineArn: 'flow', startDate: 1_767_600_000 }] } }),
  DescribeMapRun: (_input, nth) => ({ body: { mapRunArn: 'map', itemCounts: { succeeded: nth + 1, total: 2, failed: 0 } } }),
};

test('a backfill starts the deployed workflow, tells how far its windows are, and ends with what they brought', async () => {
  const { code, stdout, stderr } = await run(BACKFILL, SCRIPT);
  expect(stderr).toContain('users: 1 of 2 windows that were left are read, 0 failed\n');
  expect(stderr).toContain('users: 2 of 2 windows that were left are read, 0 failed\n');
  expect(stderr).toMatch(/users: extract \(run backfill-0123456789ab\)\n[^]*users: 12 records from 2 pages, .*\nusers: catalogue\nusers: crawled\n/);
  expect(stdout).toMatch(/│ users  │      12 │     2 │     2 │/);
  expect(code).toBe(0);
  const { stateMachineArn, input, name } = inputOf('StartExecution');
  expect(stateMachineArn).toMatch(/^real-UsersWorkflowStateMachine/);
  expect(JSON.parse(input)).toEqual({ source: 'users', backfill: { from: '2026-01-01', to: '2026-01-03', step: '1d', concurrency: 2 } });
  expect(name).toMatch(/^\d{8}T\d{6}Z-\w{6}$/);
}, 30_000);

test('its failure is the command\'s, with the commands to look further and to go on', async () => {
  const { code, stdout } = await run([...BACKFILL, '--json'], {
    ...SCRIPT, GetExecutionHistory: () => history(begun().endedWith('ExecutionFailed', { error: 'BACKFILL_INCOMPLETE', cause: '1 of 2 windows are not read' })),
  });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'BACKFILL_INCOMPLETE',
    message: '1 of 2 windows are not read',
    hint: expect.stringMatching(new RegExp(`--execution-arn ${EXECUTION}.*datalake backfill users --from 2026-01-01 --to 2026-01-03 --step 1d`)),
  });
});

test('who may not look at the windows still sees the end', async () => {
  const { code, stderr } = await run(BACKFILL, { ...SCRIPT, ListMapRuns: () => awsError('AccessDeniedException', 'no') });
  expect(stderr).toContain("the windows' progress is not known: no\n");
  expect(code).toBe(0);
}, 30_000);

test('a backfill that another execution has is left to it', async () => {
  const { code, stdout } = await run([...BACKFILL, '--json'], { ...SCRIPT, GetExecutionHistory: succeeded({ runId: RESULT.runId, alreadyStarted: true, heldBy: 'other' }) });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'ALREADY_STARTED', message: expect.stringContaining('in other'), hint: expect.stringContaining(`datalake replay ${RESULT.runId} --source users`) });
});

test('a replay starts the workflow for the stored run', async () => {
  const { code, operations } = await run(['replay', 'run-7', '--source', 'users', '--json'], { ...SCRIPT, GetExecutionHistory: succeeded({ runId: 'run-7', result: { ...RESULT, runId: 'run-7' } }) });
  expect(code).toBe(0);
  expect(JSON.parse(inputOf('StartExecution').input)).toEqual({ source: 'users', replay: 'run-7' });
  expect(operations).toEqual(['StartExecution', 'GetExecutionHistory']);
});

test.each([
  ['a replay of a run whose source is not named', ['replay', 'run-7'], 'AMBIGUOUS_SOURCE'],
  ['a backfill that ends before it begins', ['backfill', 'users', '--from', '2026-01-03', '--to', '2026-01-01', '--step', '1d'], 'BACKFILL_INVALID'],
  ['a backfill of a source without parts', ['backfill', 'prices', ...BACKFILL.slice(2)], 'BACKFILL_UNSUPPORTED'],
  ['another endpoint', [...BACKFILL, '--url', 'users=http://127.0.0.1:1/'], 'USAGE'],
])('%s is wrong usage, and starts nothing', async (_, args, code) => {
  const ended = await run([...args, '--json'], {});
  expect(ended).toMatchObject({ code: 2, operations: [] });
  expect(JSON.parse(ended.stdout).error.code).toBe(code);
});
