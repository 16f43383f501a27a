import { JsonPathStep, parseJsonPath } from './json-path';
import { TransformSpec } from './transform-spec';
import type { SpecProblem } from './validate-source-spec';

const TRANSFORM_TYPES = ['drop', 'rename', 'hash', 'mask'];

interface Placed {
  readonly transform: TransformSpec;
  readonly property: string;
  readonly steps: readonly JsonPathStep[];
}

/** Everything that is wrong with the transforms of a source, alone and together. */
export function transformProblems(transforms: readonly TransformSpec[]): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const placed: Placed[] = [];
  transforms.forEach((transform, index) => {
    const property = `transforms[${index}]`;
    const steps = stepsOf(transform.path);
    if (typeof steps === 'string') {
      problems.push({ property: `${property}.path`, got: transform.path, fix: steps });
    } else {
      placed.push({ transform, property, steps });
    }
    problems.push(...optionProblems(transform, property));
  });
  return [...problems, ...placed.flatMap((one, index) => contradictions(one, placed.slice(0, index)))];
}

/** The steps of a path to a member, or what to write instead. */
function stepsOf(path: string): JsonPathStep[] | string {
  try {
    const steps = parseJsonPath(path);
    const last = steps.at(-1);
    return last !== undefined && 'key' in last ? steps : 'name a field of the record, for example \'$.email\' or \'$.phones[*].number\'';
  } catch (error) {
    return (error as Error).message;
  }
}

function optionProblems(transform: TransformSpec, property: string): SpecProblem[] {
  switch (transform.type) {
    case 'drop':
    case 'hash':
      return [];
    case 'rename':
      return transform.name === '' ? [{ property: `${property}.name`, got: '', fix: 'give the field its new name' }] : [];
    case 'mask': {
      const { keepLast } = transform;
      const fits = keepLast === undefined || (Number.isInteger(keepLast) && keepLast >= 0);
      return fits ? [] : [{ property: `${property}.keepLast`, got: keepLast, fix: 'use 0 or a whole number above it' }];
    }
    default:
      return [{ property: `${property}.type`, got: (transform as TransformSpec).type, fix: `use one of ${TRANSFORM_TYPES.join(', ')}` }];
  }
}

function contradictions(one: Placed, earlier: readonly Placed[]): SpecProblem[] {
  return earlier.flatMap((other): SpecProblem[] => {
    const fix = contradiction(one, other) ?? contradiction(other, one);
    return fix === undefined ? [] : [{ property: `${one.property}.path`, got: one.transform.path, fix: `${fix} (${other.property}: ${other.transform.path})` }];
  });
}

/** Why two transforms cannot stand together; the shorter path, or either of two equal ones, is `above`. */
function contradiction(above: Placed, below: Placed): string | undefined {
  const [a, b] = [above.transform, below.transform];
  if (samePlace(above.steps, below.steps)) {
    const combines = (a.type === 'rename') !== (b.type === 'rename') && a.type !== 'drop' && b.type !== 'drop';
    return combines ? undefined : 'a field is dropped, or hashed or masked and perhaps renamed: once each';
  }
  if (a.type !== 'rename' && above.steps.length < below.steps.length && samePlace(above.steps, below.steps.slice(0, above.steps.length))) {
    return 'nothing is left to transform in a field that is dropped, hashed or masked as a whole';
  }
  const siblings = a.type === 'rename' && b.type === 'rename' && a.name === b.name && samePlace(above.steps.slice(0, -1), below.steps.slice(0, -1));
  return siblings ? 'two fields of one object cannot take the same name' : undefined;
}

const samePlace = (a: readonly JsonPathStep[], b: readonly JsonPathStep[]) =>
  a.length === b.length && a.every((step, index) => JSON.stringify(step) === JSON.stringify(b[index]));
