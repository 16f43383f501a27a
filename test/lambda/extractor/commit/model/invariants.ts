import { RECORDS, Setting, World } from './lake';

/** What is wrong with a world; empty when all invariants hold. */
export function check(world: World, setting: Setting): string[] {
  const { state, commits } = world;
  const problems = new Set<string>();
  const committed = new Set(commits.flatMap((commit) => commit.keys));
  if (Object.keys(world.raw).some((key) => !committed.has(key))) {
    problems.add('I4 uncommitted data is visible');
  }
  if (commits.length > 0) {
    const promised = setting.mode === 'snapshot' ? RECORDS : state!.cursor;
    (state!.pending ? lostEverywhere(world, promised) : wrongInTable(world, promised)).forEach((problem) => problems.add(problem));
  }
  for (const { run } of commits) {
    if (commits.filter((commit) => commit.last && commit.run === run).length > 1) {
      problems.add('I2 a run is committed twice');
    }
  }
  if (world.processes.some((process) => process.ended === 'ok' && !commits.some((commit) => commit.run === process.run && commit.last))) {
    problems.add('I8 an answer without a commit');
  }
  return [...problems];
}

/** Nothing is left to publish: the table holds every promised record once. */
function wrongInTable(world: World, promised: number): string[] {
  const visible = Object.values(world.raw).flat();
  const counts = Array.from({ length: promised }, (_, i) => visible.filter((record) => record === i).length);
  return [...counts.some((count) => count === 0) ? ['I1 a record is lost'] : [], ...counts.some((count) => count > 1) ? ['I2 a record is doubled'] : []];
}

/** Something is left to publish: every promised record stands somewhere. */
function lostEverywhere(world: World, promised: number): string[] {
  const somewhere = new Set([...Object.values(world.raw), ...Object.values(world.staged)].flat());
  return Array.from({ length: promised }, (_, i) => i).some((record) => !somewhere.has(record)) ? ['I1 a committed record is gone everywhere'] : [];
}
