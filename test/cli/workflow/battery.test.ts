import { BATTERY } from './battery-cases';
import { execute } from './support';

describe.each(BATTERY)('%s', (_subject, cases) => {
  test.each(cases)('$name', async ({ definition, input, output, error, cause, calls: expectedCalls }) => {
    const { outcome, calls } = await execute(definition, input);
    if (error === undefined) {
      expect(outcome).toEqual({ status: 'SUCCEEDED', output });
    } else {
      expect(outcome).toMatchObject({ status: 'FAILED', error, cause: expect.stringMatching(cause ?? /^/) as string });
    }
    expect(expectedCalls ?? calls.length).toBe(calls.length);
  });
});

test('every case expects an output or an error', () => {
  const all = BATTERY.flatMap(([, cases]) => cases);
  expect(all.filter((one) => (one.output === undefined) === (one.error === undefined))).toEqual([]);
});
