import { PARTITION_KEY } from './object-keys';
import { ParentSpec } from './parent-spec';
import { placeholdersInOrigin, placeholdersOf } from './request-template';
import type { SourceSpec } from './source-spec';
import { onePlaceProblems } from './validate-pagination';
import { GLUE_NAME_PATTERN, type SpecProblem } from './validate-source-spec';

const PLACEHOLDER_NAME = /^[A-Za-z_]\w*$/;

type Check = (ok: boolean, property: string, got: unknown, fix: string) => void;

/** Everything that is wrong with a child source, besides its placeholders. */
export function parentProblems(spec: SourceSpec): SpecProblem[] {
  const { parent } = spec;
  if (parent === undefined) {
    return [];
  }
  const { problems, check } = collect();
  check(GLUE_NAME_PATTERN.test(parent.source), 'parent', parent.source, 'name a source');
  check(parent.source !== spec.source, 'parent', parent.source, 'a source cannot be its own parent: name another one');
  check(['newest', 'added'].includes(parent.reads), 'parent.reads', parent.reads, "use 'newest' or 'added'");
  check(parent.unusable === undefined || ['fail', 'skip'].includes(parent.unusable), 'parent.unusable', parent.unusable, "use 'fail' or 'skip'");
  check(spec.incremental === undefined, 'incremental', `${spec.incremental?.type} with parent`,
    'one watermark cannot stand for many parents, and a parent that comes later would lack its older records: '
    + 'leave it out, and make the parent incremental to ask for the children of what is new');
  check(parent.reads !== 'added' || spec.writeMode?.type === 'append', 'writeMode', 'snapshot with a parent that appends',
    'a run reads the children of what its parent added, and would replace those of all others: use WriteMode.append()');
  const bounds = Object.keys(spec.pagination ?? {}).filter((name) => name === 'maxPages' || name === 'maxRecords');
  check(parent.reads !== 'added' || bounds.length === 0, 'pagination', `${bounds.join()} with a parent that appends`,
    'the parents that a bound cuts off would never be asked for again: leave it out');
  const names = Object.keys(parent.bind).filter((name) => !PLACEHOLDER_NAME.test(name));
  check(names.length === 0, 'parent.bind', names[0], 'placeholders are letters, digits and underscores, and start with no digit');
  Object.entries(parent.bind).forEach(([name, path]) => problems.push(...fieldProblems(path, `parent.bind.${name}`)));
  includeProblems(spec, parent, check);
  Object.entries(parent.include ?? {}).forEach(([name, path]) => problems.push(...fieldProblems(path, `parent.include.${name}`)));
  return problems;
}

/**
 * What is wrong with the placeholders of a request.
 *
 * @param url undefined when it is known at deployment only: then what stands in it cannot be told
 */
export function placeholderProblems(url: string | undefined, spec: SourceSpec): SpecProblem[] {
  const { parent, request } = spec;
  const { problems, check } = collect();
  const inOrigin = placeholdersInOrigin(url ?? '');
  check(inOrigin.length === 0, 'url', `{${inOrigin[0]}} before the path`, 'a parent\'s record cannot choose the server that is asked: write scheme, host and port out');
  if (parent === undefined) {
    const [first] = placeholdersOf(url ?? '', undefined);
    check(first === undefined || inOrigin.length > 0, 'url', `{${first?.name}} without parent`, 'name the source whose records fill it as "parent", or write the braces as %7B and %7D');
    return problems;
  }
  const bound = Object.keys(parent.bind);
  const used = placeholdersOf(url ?? '', request, bound);
  used.filter(({ name }) => !bound.includes(name)).forEach(({ name, property }) =>
    problems.push({ property, got: `{${name}}`, fix: `add "${name}" to parent.bind, or use one of ${bound.map((each) => `{${each}}`).join(', ') || 'its names'}` }));
  const idle = url === undefined ? [] : bound.filter((name) => !used.some((each) => each.name === name));
  idle.forEach((name) => problems.push({ property: `parent.bind.${name}`, got: parent.bind[name], fix: `write {${name}} into url, query, headers, form or body, or leave it out` }));
  check(bound.length > 0, 'parent.bind', 'no placeholder', 'every parent would be asked for the same: write a field of the parent\'s records into the request, for example {id} into url');
  return problems;
}

function includeProblems(spec: SourceSpec, { include = {} }: ParentSpec, check: Check): void {
  const names = Object.keys(include);
  const lower = names.map((name) => name.toLowerCase());
  const renamed = (spec.transforms ?? []).flatMap((transform) => (transform.type === 'rename' && /^\$(\.[^.[]+|\['[^']*'\])$/.test(transform.path) ? [transform.name.toLowerCase()] : []));
  names.forEach((name, index) => {
    check(name !== '', 'parent.include', name, 'give the field a name');
    check(lower[index] !== PARTITION_KEY, 'parent.include', name, 'the partition has this name: choose another one');
    check(lower.indexOf(lower[index]) === index, 'parent.include', name, 'Athena does not tell upper from lower case: two fields would be one column');
    check(!renamed.includes(lower[index]), 'parent.include', name, 'a transform gives this name to another field: choose another one');
  });
}

function fieldProblems(path: string, property: string): SpecProblem[] {
  return path === '$' ? [{ property, got: path, fix: "name a field of the parent's record, for example '$.id'" }] : onePlaceProblems(path, property);
}

function collect(): { problems: SpecProblem[]; check: Check } {
  const problems: SpecProblem[] = [];
  const check: Check = (ok, property, got, fix) => {
    if (!ok) {
      problems.push({ property, got, fix });
    }
  };
  return { problems, check };
}
