import { Kind } from './simulation/extraction';
import { Faults } from './simulation/scheduler';
import { SimulatedLake } from './simulation/simulated-lake';
import { walk, WalkOptions } from './simulation/walk';
import { PutOptions, PutOutcome } from '../../../../lambda/extractor/store';
import { STAGING_PREFIX, STATE_PREFIX } from '../../../../src/spec';

const FAULTS: Faults = { refused: 0.01, lost: 0.02, late: 0.02, pauses: 0.02, crashes: 2 };

const RUNS: Record<string, string[]> = {
  'two runs': ['A', 'B'],
  'one run twice': ['A', 'A'],
  'one run twice and another': ['A', 'A', 'B'],
};

const WALKS = Number(process.env.WALKS ?? 150);

async function firstViolation(walks: number, options: Omit<WalkOptions, 'seed' | 'lake'>, lake?: () => SimulatedLake): Promise<string | undefined> {
  for (let seed = 1; seed <= walks; seed++) {
    const { violations, trace } = await walk({ ...options, seed, lake: lake?.() });
    if (violations.length > 0) {
      return `seed ${seed}: ${violations.slice(0, 3).join('; ')}\n${trace.join('\n')}`;
    }
  }
  return undefined;
}

describe('the real run log under a scheduler that crashes, delays and loses answers', () => {
  for (const kind of ['snapshot', 'append', 'units'] as Kind[]) {
    for (const [name, runs] of Object.entries(RUNS)) {
      test(`${kind}: ${name} lose, double and show nothing, and a clean run converges`, async () => {
        expect(await firstViolation(WALKS, { kind, runs, faults: FAULTS })).toBeUndefined();
      });
    }
  }
});

describe('a rule taken away is noticed by the walks', () => {
  const cases: [string, Partial<WalkOptions>, (() => SimulatedLake)?][] = [
    ['no quiet time before deletions', { kind: 'snapshot', quietSeconds: -1 }],
    ['a state that is written without its condition', { kind: 'snapshot' }, () => new UnconditionalState()],
    ['staged parts that are not deleted', { kind: 'snapshot' }, () => new UndeletedParts()],
  ];
  for (const [name, options, lake] of cases) {
    test(name, async () => {
      expect(await firstViolation(3000, { kind: 'snapshot', runs: ['A', 'A', 'B'], faults: { ...FAULTS, late: 0.05 }, ...options }, lake)).toMatch(/seed \d+: I\d/);
    });
  }
});

class UnconditionalState extends SimulatedLake {
  override put(key: string, body: Buffer, options: PutOptions): PutOutcome {
    return super.put(key, body, key.startsWith(STATE_PREFIX) ? { ...options, ifMatch: undefined } : options);
  }
}

/** A copy that comes late still finds its source. */
class UndeletedParts extends SimulatedLake {
  override delete(key: string): void {
    if (!(key.startsWith(STAGING_PREFIX) && key.endsWith('.gz'))) {
      super.delete(key);
    }
  }
}
