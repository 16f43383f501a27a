import { explore } from './explore';
import { ALL_RULES, Rules, Setting } from './lake';

const setting = (options: Partial<Setting>): Setting => ({
  mode: 'snapshot', rules: ALL_RULES, runs: ['A', 'B'], recover: 'Z', crashes: 1, cuts: true, splitCopies: false, ...options,
});

describe.each(['snapshot', 'append'] as const)('%s: in every interleaving of two processes', (mode) => {
  test.each<[string, Partial<Setting>]>([
    ['two runs', {}],
    ['two attempts of one run', { runs: ['A', 'A'], recover: 'A' }],
    ['copies that arrive late', { splitCopies: true, cuts: false }],
  ])('%s lose, double and show nothing', (_name, options) => {
    const result = explore(setting({ mode, ...options }));

    expect(result).toEqual({ worlds: expect.any(Number), complete: true, violations: [] });
    expect(result.worlds).toBeGreaterThan(1000);
  });
});

describe('a protocol without one of its rules is found wrong', () => {
  test.each<[keyof Rules, Partial<Setting>, RegExp]>([
    ['epochs', { mode: 'append', runs: ['A', 'A'], recover: 'A' }, /I\d/],
    ['results', { mode: 'snapshot', runs: ['A', 'A'], recover: 'A' }, /I2 a run is committed twice/],
    ['onlyOlder', { mode: 'snapshot' }, /I1/],
    ['deleteStaged', { mode: 'snapshot' }, /I2 a record is doubled/],
    ['quiet', { mode: 'snapshot', splitCopies: true }, /I2 a record is doubled/],
    ['noBlindRetry', { mode: 'append' }, /I\d/],
  ])('%s', (rule, options, violation) => {
    const { violations } = explore(setting({ ...options, rules: { ...ALL_RULES, [rule]: false } }), 400_000);

    expect(violations.join('; ')).toMatch(violation);
  });
});
