/** A transform and the tables that it reads. */
export interface Dependent {
  readonly name: string;
  readonly inputs: readonly string[];
}

/** Each after those that it reads; beside each other in the order they were added. Transforms of a cycle are left out. */
export function inOrder<T extends Dependent>(transforms: readonly T[]): T[] {
  const names = new Set(transforms.map(({ name }) => name));
  const ordered: T[] = [];
  let waiting = [...transforms];
  let done = new Set<string>();
  for (let ready = waiting; ready.length > 0;) {
    ready = waiting.filter(({ inputs }) => inputs.every((input) => !names.has(input) || done.has(input)));
    ordered.push(...ready);
    done = new Set(ordered.map(({ name }) => name));
    waiting = waiting.filter(({ name }) => !done.has(name));
  }
  return ordered;
}

/** The way round of a cycle: `a -> b -> a`, where each reads the next. */
export function findCycle(transforms: readonly Dependent[]): string[] | undefined {
  const inputsOf = new Map(transforms.map(({ name, inputs }) => [name, inputs]));
  const finished = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) {
      return [...path.slice(path.indexOf(name)), name];
    }
    for (const input of finished.has(name) ? [] : inputsOf.get(name) ?? []) {
      const cycle = walk(input, [...path, name]);
      if (cycle) {
        return cycle;
      }
    }
    finished.add(name);
    return undefined;
  };
  for (const { name } of transforms) {
    const cycle = walk(name, []);
    if (cycle) {
      return cycle;
    }
  }
  return undefined;
}

/** Those that read a source, or what was made of it. They must be in order. */
export function following<T extends Dependent>(source: string, ordered: readonly T[]): T[] {
  const reached = new Set([source]);
  return ordered.filter(({ name, inputs }) => {
    const follows = inputs.some((input) => reached.has(input));
    if (follows) {
      reached.add(name);
    }
    return follows;
  });
}
