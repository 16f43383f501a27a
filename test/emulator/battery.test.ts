import { describeWithEmulator, Emulator } from './support/emulator';
import { BATTERY, Case } from '../cli/workflow/battery-cases';
import { TestFunction } from '../cli/workflow/support';

/** What the emulator answers otherwise, and no workflow of ours does. */
const OTHERWISE = ['a function is no output', 'input that is too large', 'there is no result in a catcher', 'Arguments are the input of the branches'];

/** What each patch is there for. A patch that is left out must fail its cases: so it is known that they can fail. */
const PATCHED: Readonly<Record<string, readonly string[]>> = {
  'succeed-output': ['a Succeed shapes its output'],
  'boolean-condition': ['a condition that is no boolean'],
  'assign-at-once': ['Assign and Output see the variables of before', 'a variable of more than 256 KiB'],
  'terminal-errors': ['States.ALL does not catch too much data', 'States.Runtime is never caught'],
  'limited-output': ['an output of more than 256 KiB, in bytes of UTF-8'],
  'limited-result': ['a result of more than 256 KiB'],
  'computed-timeout': ['a timeout is caught by its name, and the limit may be computed'],
  'one-failure-is-all': ['a map is retried as a whole'],
  'too-many-failures-are-the-end': ['a distributed map that has failed too often begins no further item (AWS may begin some)'],
  'distributed-jsonata': [
    'an item of a distributed map is an execution of its own', 'a distributed map does not see the variables around it', 'a share of failures that is tolerated',
  ],
};

const ALL = BATTERY.flatMap(([, cases]) => cases);
const named = (names: readonly string[]) => ALL.filter(({ name }) => names.includes(name));

/** Whether the case ends as AWS documents it. */
async function holds(emulator: Emulator, { definition, input = {}, output, error, calls }: Case): Promise<boolean> {
  const called = new TestFunction();
  const ended = await emulator.execute(definition, input, called.integrations);
  const asExpected = error === undefined
    ? ended.status === 'SUCCEEDED' && JSON.stringify(ended.output) === JSON.stringify(output)
    : ended.status === 'FAILED' && ended.error === error;
  return asExpected && (calls ?? called.calls.length) === called.calls.length;
}

describeWithEmulator('the emulator', () => {
  let emulator: Emulator;
  afterEach(async () => emulator?.close());

  test('answers the battery as AWS documents it, but for what no workflow of ours does', async () => {
    emulator = await Emulator.start();
    expect(emulator.patches).toEqual(Object.keys(PATCHED));
    const wrong: string[] = [];
    for (const one of ALL) {
      if (!await holds(emulator, one)) {
        wrong.push(one.name);
      }
    }
    expect(wrong).toEqual(OTHERWISE);
  }, 120_000);

  test('would fail it without its patches', async () => {
    emulator = await Emulator.start(Object.keys(PATCHED));
    expect(emulator.patches).toEqual([]);
    const cases = named(Object.values(PATCHED).flat());
    for (const one of cases) {
      expect([one.name, await holds(emulator, one)]).toEqual([one.name, false]);
    }
  }, 120_000);

  test('has a case for each patch', () => {
    expect(Object.entries(PATCHED).filter(([, cases]) => named(cases).length !== cases.length || cases.length === 0)).toEqual([]);
    expect(named(OTHERWISE)).toHaveLength(OTHERWISE.length);
  });
});
