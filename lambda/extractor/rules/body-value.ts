import { parseJsonPath } from '../../../src/spec/json-path';

/** Reads paths of a body that is no page: an error's, short enough to be parsed. A body that is no JSON has nothing anywhere. */
export function bodyValues(body: Buffer): (path: string) => unknown {
  const root = parsed(body);
  return (path) => parseJsonPath(path).reduce<unknown>((place, step) => {
    const inside = typeof place === 'object' && place !== null && 'key' in step && Object.hasOwn(place, step.key);
    return inside ? (place as Record<string, unknown>)[step.key] : undefined;
  }, root);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
