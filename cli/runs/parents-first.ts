import { Selected } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { SourceFailure } from '../render/results';

/** Every source behind its parent; otherwise in the order given. */
export function parentsFirst(selected: readonly Selected[]): readonly Selected[] {
  const ordered = new Set<Selected>();
  const add = (one: Selected): void => {
    const parent = selected.find(({ pipeline, source }) => pipeline === one.pipeline && source.name === one.source.parent);
    if (parent && parent !== one && !ordered.has(parent)) {
      add(parent);
    }
    ordered.add(one);
  };
  selected.forEach(add);
  return [...ordered];
}

/** A child does not run when its parent has failed before it: it would ask for the children of older records. */
export function refuseAfterParent({ source }: Selected, failures: readonly SourceFailure[]): void {
  const failed = failures.find((failure) => failure.source === source.parent);
  if (failed) {
    throw new CommandError('PARENT_FAILED', `source "${source.name}" was not run, because its parent "${failed.source}" failed (${failed.error.code})`, {
      hint: `put the failure of "${failed.source}" right, then run both again`, details: { source: source.name, parent: failed.source },
    });
  }
}
