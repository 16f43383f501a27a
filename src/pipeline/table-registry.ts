import { IDataLake } from '../data-lake';

const TABLES = new WeakMap<IDataLake, Map<string, string>>();

/**
 * Notes who fills a table of a lake: a source, or a transform.
 *
 * @returns the path of the construct that fills a table of this name already.
 */
export function claimTable(lake: IDataLake, table: string, path: string): string | undefined {
  const owners = TABLES.get(lake) ?? new Map<string, string>();
  TABLES.set(lake, owners);
  const owner = owners.get(table);
  if (owner === undefined) {
    owners.set(table, path);
  }
  return owner;
}

/** The path of the construct that fills a table. */
export const ownerOf = (lake: IDataLake, table: string): string | undefined => TABLES.get(lake)?.get(table);
