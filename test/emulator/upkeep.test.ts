import { describeWithEmulator, Emulator } from './support/emulator';
import { Answers, fails } from './support/scenarios';
import { comparable, inEmulator, inOurs } from './support/two-interpreters';
import { upkeepDefinition } from '../../src/upkeep/upkeep-definition';

const definition = upkeepDefinition({
  partition: 'aws',
  database: 'db',
  workgroup: 'pipeline',
  topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
  tables: ['first', 'second'],
  properties: { vacuum_min_snapshots_to_keep: '2' },
}) as { StartAt: string; States: Record<string, any> };

const failed = (reason: string) => fails('States.TaskFailed', JSON.stringify({ Status: { State: 'FAILED', StateChangeReason: reason } }));
const MORE = failed('ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: there are more partitions to process');
const WELL: Answers = { 'aws-sdk:glue:getTable': ({ Name }) => ({ Table: { Name } }) };
const nth = (...answers: (() => unknown)[]) => (_args: unknown, n: number) => answers[Math.min(n, answers.length - 1)]();
const done = () => ({ QueryExecution: { QueryExecutionId: '1', Status: { State: 'SUCCEEDED' } } });

const SCENARIOS: [name: string, answers: Answers, reaches: string[], ends: string][] = [
  ['all well', {}, ['ALTER TABLE', 'OPTIMIZE', 'VACUUM', 'Done'], 'SUCCEEDED'],
  ['a table that is not there yet', { 'Is it there?': ({ Name }) => (Name === 'first' ? fails('Glue.EntityNotFoundException')() : {}) }, ['Not there yet', 'Done'], 'SUCCEEDED'],
  ['a table that cannot be read', { 'Is it there?': fails('Glue.GlueException') }, ['Not read', 'Tell of the failures'], 'UPKEEP_FAILED'],
  ['more to do, then done', { OPTIMIZE: nth(MORE, MORE, done) }, ['Done'], 'SUCCEEDED'],
  ['more to do than one execution does', { VACUUM: MORE }, ['Leave the rest of statement 2', 'Done'], 'SUCCEEDED'],
  ['a conflict that passes', { OPTIMIZE: nth(failed('ICEBERG_COMMIT_ERROR'), done) }, ['Pause before statement 1', 'Done'], 'SUCCEEDED'],
  ['a statement that fails for good', { 'ALTER TABLE': failed('no such property') }, ['Give up at statement 0', 'Tell of the failures', 'Failed'], 'UPKEEP_FAILED'],
  ['a failure that nobody can be told of', { 'OPTIMIZE': failed('no'), 'sns:publish': fails('Sns.SnsException') }, ['Failed'], 'UPKEEP_FAILED'],
];

describeWithEmulator('the upkeep of curated tables', () => {
  let emulator: Emulator;

  beforeAll(async () => { emulator = await Emulator.start(); }, 60_000);
  afterAll(async () => emulator?.close());

  async function both(answers: Answers, ours = definition) {
    const given = { input: {}, answers: { ...WELL, ...answers } };
    const theirs = await inEmulator(emulator, { ...given, definition });
    return { theirs, ours: await inOurs({ ...given, definition: ours }, theirs.startTime) };
  }

  test.each(SCENARIOS)('%s: both interpreters agree', async (_name, answers, reaches, ends) => {
    const { theirs, ours } = await both(answers);
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(theirs.status === 'SUCCEEDED' ? theirs.status : theirs.error).toBe(ends);
    expect(theirs.path.map(({ name }) => name)).toEqual(expect.arrayContaining(reaches));
  });

  test('would be found different with a pause of another length', async () => {
    const damaged = structuredClone(definition);
    damaged.States['Look after the tables'].ItemProcessor.States['Pause before statement 1'].Seconds = 61;
    const { theirs, ours } = await both({ OPTIMIZE: nth(failed('ICEBERG_COMMIT_ERROR'), done) }, damaged);
    expect(comparable(ours)).not.toEqual(comparable(theirs));
  });
});
