import { LocalCatalog } from '../catalog/local-catalog';

export interface LocalAthenaOptions {
  readonly catalog: LocalCatalog;
  /** Folder that holds a folder for every bucket. */
  readonly bucketRoot: string;
  /** Database of table names without one. */
  readonly database?: string;
}

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes?: number;
}
