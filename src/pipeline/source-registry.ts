import { IDataLake } from '../data-lake';

const SOURCES = new WeakMap<IDataLake, Map<string, string>>();

/**
 * Notes that a pipeline owns a source of a lake.
 *
 * @returns the path of the construct that owns a source of this name already.
 */
export function claimSource(lake: IDataLake, source: string, path: string): string | undefined {
  const owners = SOURCES.get(lake) ?? new Map<string, string>();
  SOURCES.set(lake, owners);
  const owner = owners.get(source);
  if (owner === undefined) {
    owners.set(source, path);
  }
  return owner;
}
