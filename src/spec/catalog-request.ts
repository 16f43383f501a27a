/** What the workflow asks the catalogue's function. */
export interface CatalogRequest {
  readonly action: 'inspect' | 'reconcile' | 'compare';
  readonly source: string;
  readonly bucket: string;
  readonly database: string;
  readonly table: string;
  /** What the run's result says. Only asked of a source that keeps no state: one that the user's own function extracts. */
  readonly records: number;
  readonly schemaChanged: boolean;
  /** Partition that the run wrote, as `ingestion_date=YYYY-MM-DD`. Only asked of a declared table. */
  readonly partition?: string;
}

/** Answer to `inspect`. */
export interface TableInspection {
  /** Whether the source has stored any record yet: without one there is no table to make. */
  readonly hasData: boolean;
  /** Whether the table shows all that the source has stored. */
  readonly current: boolean;
}

/** Answer to `reconcile`: names of columns. */
export interface TableReconciliation {
  /** Columns that the table lacked. */
  readonly added: readonly string[];
  /** Columns whose type could not hold what was stored, or lacked a nested field. */
  readonly changed: readonly string[];
  /** Partitions that got the table's columns. */
  readonly partitions: number;
}

/** Answer to `compare`: what the records hold and a declared table does not show. */
export interface TableComparison {
  readonly warnings: readonly string[];
}

/** The table's parameter that says which merged schema it shows. */
export const SCHEMA_HASH_PARAMETER = 'datalake_schema_hash';
