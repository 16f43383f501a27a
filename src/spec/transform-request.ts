import { TransformPlan } from './workflow-plan';

/** What the workflow asks of the catalogue's function before a transform. */
export interface TransformRequest {
  readonly action: 'prepareTransform';
  readonly bucket: string;
  readonly database: string;
  readonly runId: string;
  readonly ingestionDate: string;
  readonly transform: TransformPlan;
}

export interface TransformPreparation {
  /** Whether all tables are there that the query reads. */
  readonly ready: boolean;
  /** Those that are not. */
  readonly missing?: readonly string[];
  /** A statement whose result has the query's columns, and no rows. */
  readonly columns?: string;
  /** A statement that answers one row: the partitions that the query's rows fall into, and its rows whose key is NULL. */
  readonly counts?: string;
}

export interface QueryColumn {
  readonly Name: string | undefined;
  readonly Type: string | undefined;
  readonly Precision?: number;
  readonly Scale?: number;
}

/** What the workflow asks then, with what Athena answered. */
export interface TransformPlanRequest extends Omit<TransformRequest, 'action'> {
  readonly action: 'planTransform';
  /** As Athena's GetQueryResults tells them. */
  readonly columns: readonly QueryColumn[];
  readonly partitions?: number;
  /** Rows of a merge that have no key. */
  readonly nullKeys?: number;
}

export interface TransformStatements {
  /** Run one after the other; each may be run again. */
  readonly statements: readonly string[];
  /** A statement that then counts the rows of the table that the run wrote. */
  readonly rows: string;
}
