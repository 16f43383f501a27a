import { check } from './invariants';
import { newProcess, newWorld, RECORDS, Setting, World } from './lake';
import { choices, end, step } from './steps';

export interface Exploration {
  readonly worlds: number;
  /** False: ended at the bound. */
  readonly complete: boolean;
  readonly violations: readonly string[];
}

const LONGEST_RUN = 300;

/** Visits every world that interleavings and crashes can reach, up to a bound; ends at the first violation. */
export function explore(setting: Setting, mostWorlds = 200_000): Exploration {
  const first = JSON.stringify(newWorld(setting));
  const seen = new Set([first]);
  const open = [first];
  let worlds = 0;
  while (open.length > 0 && worlds < mostWorlds) {
    const text = open.pop()!;
    worlds++;
    const violations = check(JSON.parse(text), setting);
    if (violations.length > 0) {
      return { worlds, complete: false, violations };
    }
    const following = successors(text, setting);
    if (following.length === 0) {
      const late = recover(JSON.parse(text), setting);
      if (late.length > 0) {
        return { worlds, complete: false, violations: late };
      }
    }
    for (const next of following.filter((each) => !seen.has(each))) {
      seen.add(next);
      open.push(next);
    }
  }
  return { worlds, complete: open.length === 0, violations: [] };
}

function successors(text: string, setting: Setting): string[] {
  const found: string[] = [];
  const world = JSON.parse(text) as World;
  world.processes.forEach((process, i) => {
    if (process.ended) {
      return;
    }
    for (const choice of choices(process, setting)) {
      const next = JSON.parse(text) as World;
      step(next, next.processes[i], setting, choice);
      found.push(JSON.stringify(next));
    }
    if (world.crashed < setting.crashes && process.at !== 'read') {
      const next = JSON.parse(text) as World;
      end(next.processes[i], 'crashed');
      next.crashed++;
      found.push(JSON.stringify(next));
    }
  });
  return found;
}

/** I10: a run alone, at the end, ends well and leaves the right lake. */
function recover(world: World, setting: Setting): string[] {
  const process = newProcess('last', setting.recover);
  world.processes.push(process);
  for (let i = 0; i < LONGEST_RUN && !process.ended; i++) {
    step(world, process, setting, 2);
  }
  const problems = check(world, setting);
  if (process.ended !== 'ok') {
    problems.push(`I10 the last run ends as ${process.ended}`);
  }
  if (setting.mode === 'append' && world.state!.cursor !== RECORDS) {
    problems.push('I10 not converged');
  }
  return problems.map((problem) => `${problem} (after a clean run)`);
}
