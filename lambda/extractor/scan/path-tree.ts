import { JsonPathStep, parseJsonPath } from '../../../src/spec/json-path';
import { ExtractorError } from '../errors';

/** One place on the way to the records or to a captured value. */
export class PathPlace {
  readonly keys = new Map<string, PathPlace>();
  /** Where every element of an array leads. */
  every: PathPlace | undefined;
  isRecords = false;
  leadsToRecords = false;
  /** The JSONPath texts whose value stands here. */
  readonly captures: string[] = [];
}

/** Leads nowhere: what stands here is checked and skipped. */
export const NOWHERE = new PathPlace();

/** Joins the records' path and those of the captured values; returns the place of the root. */
export function pathTree(records: readonly JsonPathStep[], captures: readonly string[] = []): PathPlace {
  const root = new PathPlace();
  const place = walk(root, withoutLastEvery(records), true);
  place.isRecords = true;
  for (const text of captures) {
    const captured = walk(root, parseJsonPath(text), false);
    if (captured.leadsToRecords) {
      throw new ExtractorError('CAPTURE_CONTAINS_RECORDS', `the value at "${text}" contains the records: name a place outside of them`, {
        retryable: false,
        details: { path: text },
      });
    }
    captured.captures.push(text);
  }
  return root;
}

/** The places below, to look for their values inside a value that was taken as a whole. */
export function below(place: PathPlace): PathPlace | undefined {
  if (place.keys.size === 0) {
    return undefined;
  }
  const root = new PathPlace();
  place.keys.forEach((child, key) => root.keys.set(key, child));
  return root;
}

/** `$.results[*]` and `$.results` name the same records: those of the array. */
function withoutLastEvery(steps: readonly JsonPathStep[]): readonly JsonPathStep[] {
  return steps.length > 0 && 'every' in steps[steps.length - 1] ? steps.slice(0, -1) : steps;
}

function walk(root: PathPlace, steps: readonly JsonPathStep[], toRecords: boolean): PathPlace {
  let place = root;
  place.leadsToRecords ||= toRecords;
  for (const step of steps) {
    place = next(place, step);
    place.leadsToRecords ||= toRecords;
  }
  return place;
}

function next(place: PathPlace, step: JsonPathStep): PathPlace {
  if ('every' in step) {
    return (place.every ??= new PathPlace());
  }
  const known = place.keys.get(step.key) ?? new PathPlace();
  place.keys.set(step.key, known);
  return known;
}
