import { Definition, exampleDefinition, fullDefinition, tasksOf } from './support/applications';
import { backfillsOf } from './support/backfills';
import { describeWithEmulator, Emulator } from './support/emulator';
import { Answers, Scenario, scenariosOf } from './support/scenarios';
import { comparable, Given, inEmulator, inOurs, Run } from './support/two-interpreters';

/** An error that no definition names. */
const ANY = 'Some.Error';
/** Those that wildcards leave alone. */
const UNCAUGHT = ['States.Timeout', 'States.DataLimitExceeded'];

/** More often than anything is tried again. */
const FOR_GOOD = 25;

type Application = [name: string, read: () => Promise<Definition>, sources: string[], errors: 'every' | 'any'];
// Every error takes a minute and a half: of one of two definitions of the same making.
const APPLICATIONS: Application[] = [['the example', exampleDefinition, ['randomuser'], 'any'], ['everything on', fullDefinition, ['users', 'orders', 'items', 'clicks'], 'every']];

const windowsIn = (states: Record<string, any>) => states['Extract the windows'].ItemProcessor.States;

/** What must not pass for the same workflow, and the scenario that finds it. */
const DAMAGES: [string, string, (states: Record<string, any>) => void][] = [
  ['a pause of another length', 'the API asks for pauses', (states) => { states['Wait as the API asked'].Seconds = '{% $floor($result.retryAfterSeconds) %}'; }],
  ['a run that ends too early', 'goes on until it is done', (states) => { states['Is the run extracted?'].Choices[1].Condition = '{% true %}'; }],
  ['a claim that any execution takes over', 'fired twice', (states) => { states['Has the holder failed?'].Default = 'Take the run over'; }],
  ['a crawl that does not wait for its end', 'the first crawl', (states) => { states['Has the crawl ended?'].Choices[0].Condition = "{% $crawl.status != 'x' %}"; }],
  ['a window that forgets its range', 'a backfill', (states) => { delete windowsIn(states)['Extract (window)'].Arguments.Payload.backfill; }],
  ['a window that is read under another id', 'a backfill that is resumed', (states) => { states['Extract the windows'].ItemSelector.runId = '{% $states.input.backfillId & $string($states.context.Map.Item.Index) %}'; }],
  ['a backfill that tolerates no failed window', 'a backfill of which one window fails', (states) => { states['Extract the windows'].ToleratedFailurePercentage = 0; }],
  ['a gate that lets pass', 'the gate stops it', (states) => { states['Does the quality hold?'].Choices[0].Condition = '{% true %}'; }],
  ['a failure that is told under another name', 'a crawl that fails', (states) => { states.Failed.Error = 'Failed'; }],
  ['further tries that come sooner', 'a failure that nobody can be told of', (states) => { states['Tell of the failure'].Retry[0].BackoffRate = 1; }],
  ['an argument of another value', 'all well', (states) => { states['Add the partition'].Arguments.WorkGroup = 'primary'; }],
  ['an output without the result', 'all well', (states) => { delete states.Succeeded.Output.result; }],
];

describeWithEmulator.each(APPLICATIONS)('the workflow of %s', (_app, read, sources, errors) => {
  const [source] = sources;
  const scenarios = { ...scenariosOf(sources), ...sources.includes('clicks') && backfillsOf('clicks') };
  let definition: Definition;
  let emulator: Emulator;
  /** By state: what leads to it. */
  const leadingTo = new Map<string, { readonly input: object; readonly answers: Answers }>();

  beforeAll(async () => {
    [definition, emulator] = await Promise.all([read(), Emulator.start()]);
  }, 60_000);
  afterAll(async () => emulator?.close());

  /** The emulator's run, then ours of the same start. */
  async function both(given: Omit<Given, 'definition'>, ours = definition): Promise<[Run, Run]> {
    const theirs = await inEmulator(emulator, { ...given, definition });
    return [theirs, await inOurs({ ...given, definition: ours }, theirs.startTime)];
  }

  test.each(Object.entries(scenarios))('%s', async (_name, { input = { source }, answers = {}, reaches, ends }: Scenario) => {
    const [theirs, ours] = await both({ input, answers });
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(theirs.status === 'SUCCEEDED' ? theirs.status : theirs.error).toBe(ends);
    const path = theirs.path.map(({ name }) => name);
    expect(path).toEqual(expect.arrayContaining([...reaches]));
    path.filter((name) => !leadingTo.has(name)).forEach((name) => leadingTo.set(name, { input, answers }));
  });

  test('every state is entered by one of these', () => {
    const states = ({ States }: Definition): string[] =>
      Object.entries(States).flatMap(([name, { ItemProcessor }]) => [name, ...ItemProcessor === undefined ? [] : states(ItemProcessor)]);
    expect(states(definition).filter((name) => !leadingTo.has(name))).toEqual([]);
  });

  test.each(DAMAGES.filter(([, scenario]) => scenario in scenarios))('would be found different with %s', async (_what, scenario, damage) => {
    const { input = { source }, answers = {} } = scenarios[scenario];
    const damaged = structuredClone(definition);
    damage(damaged.States);
    const [theirs, ours] = await both({ input, answers }, damaged);
    expect(comparable(ours)).not.toEqual(comparable(theirs));
  });

  test(`${errors} error of every task, once and for good`, async () => {
    const differing: string[] = [];
    let runs = 0;
    for (const [state, { Retry = [], Catch = [] }] of Object.entries(tasksOf(definition))) {
      const named = [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals as string[]).filter((error) => !error.startsWith('States.'));
      for (const error of errors === 'any' ? [ANY] : new Set([ANY, ...named, ...UNCAUGHT])) {
        for (const times of [1, FOR_GOOD]) {
          const [theirs, ours] = await both({ ...leadingTo.get(state)!, fault: { state, error, times } });
          expect([state, theirs.calls.some((call) => call.state === state)]).toEqual([state, true]);
          runs++;
          if (JSON.stringify(comparable(ours)) !== JSON.stringify(comparable(theirs))) {
            differing.push(`${state}: ${error} x ${times}`);
          }
        }
      }
    }
    expect(differing).toEqual([]);
    console.info(`both interpreters handle ${runs} failures of ${Object.keys(tasksOf(definition)).length} tasks the same`);
  }, 300_000);
});
