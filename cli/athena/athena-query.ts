import { LocalCatalog } from '../catalog/local-catalog';

export interface LocalAthenaOptions {
  readonly catalog: LocalCatalog;
  /** Folder that holds a folder for every bucket. */
  readonly bucketRoot: string;
  /** Database of table names without one. */
  readonly database?: string;
}

/** A column of a result (Amazon Athena API reference, "ColumnInfo"). */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  /** Of a decimal. */
  readonly precision?: number;
  /** Of a decimal. */
  readonly scale?: number;
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes?: number;
  /** Rows that the statement wrote or removed. */
  readonly updateCount?: number;
}

export interface QueryRequest {
  readonly sql: string;
  /** Database of table names without one, instead of the session's. */
  readonly database?: string;
}

/** How a statement ended (Amazon Athena API reference, "QueryExecution"). */
export interface QueryExecution {
  /** Undefined when the text is no statement. */
  readonly statementType?: 'DDL' | 'DML' | 'UTILITY';
  readonly state: 'SUCCEEDED' | 'FAILED';
  readonly stateChangeReason?: string;
  readonly athenaError?: AthenaError;
  /** Of a statement that succeeded. */
  readonly result?: QueryResult;
}

/** Amazon Athena API reference, "AthenaError"; the types are in the user guide's "Athena error catalog". */
export interface AthenaError {
  /** 1 system, 2 user, 3 other. */
  readonly errorCategory: 1 | 2 | 3;
  readonly errorType: number;
  readonly retryable: boolean;
  readonly errorMessage: string;
}
