import { BackfillRequest, BackfillUnit } from './backfill';
import { RunResult } from './run-result';

/** What starts the workflow: by hand, by a schedule, or by an event. */
export interface WorkflowInput {
  /** Source to run, by its name. */
  readonly source: string;
  /** Identity of the run. Default: made from `scheduledTime`, so that a double fire is one run, else from the execution's start. */
  readonly runId?: string;
  /** ISO 8601 time the run stands for, with seconds and a zone; its UTC date is the partition. Default: the execution's start. */
  readonly scheduledTime?: string;
  /** A part of the source is read, window by window. Without `runId`. */
  readonly backfill?: BackfillRequest;
  /** Id of a run that is over: all that follows its extraction is done again. Without `runId`. */
  readonly replay?: string;
}

/** What the workflow knows of one source: the variable `$plan`. All names are those of deployed resources. */
export interface SourcePlan {
  readonly source: string;
  /** The extractor. */
  readonly functionArn: string;
  /** Endpoint without query and credentials; absent for a source with a function of its own, or when known at deployment only. */
  readonly url?: string;
  /** Name of the extractor's log group, for who looks further. */
  readonly logGroup: string;
  readonly database: string;
  readonly table: string;
  readonly bucket: string;
  /** Where the table's partitions stand in the bucket: `raw/<source>/`. */
  readonly prefix: string;
  /** Athena workgroup of the pipeline's own queries. */
  readonly workgroup: string;
  readonly catalogue: CataloguePlan;
  /** What the bounds of a backfill are; absent: the source cannot be asked for a part of it. */
  readonly backfill?: BackfillUnit;
  /** Absent: nothing is checked. */
  readonly quality?: QualityPlan;
  /** What follows the source, in order. */
  readonly transforms: readonly TransformPlan[];
}

export type CataloguePlan = CrawlPlan | { readonly strategy: 'explicit' };

export interface CrawlPlan {
  readonly strategy: Exclude<CataloguingStrategy, 'explicit'>;
  readonly crawlerName: string;
  /** SQL that adds the run's partition. */
  readonly addPartition: string;
}

/** The names are those of Cataloguing's factories. */
export type CataloguingStrategy = 'crawlOnSchemaChange' | 'crawlAlways' | 'explicit';

/** Rules, and the one thing that evaluates them. */
export interface QualityPlan {
  readonly rules: readonly QualityRulePlan[];
  /** One SELECT of Athena that answers one row a rule, in their order: `name`, `passed`, `actual`. */
  readonly statement?: string;
  /** A ruleset of Glue Data Quality that has the rules in their order, and the role that it is evaluated under. */
  readonly evaluation?: { readonly ruleset: string; readonly roleArn: string };
}

export interface QualityRulePlan {
  readonly name: string;
  readonly level: 'WARN' | 'ERROR';
  readonly expected: string;
}

/** One curated table and how a run fills it. Names of columns are lower case. */
export interface TransformPlan {
  readonly name: string;
  /** The curated table: the transform's name. */
  readonly table: string;
  /** Tables of the database that the query reads; the transform is left out while one of them is missing. */
  readonly inputs: readonly string[];
  /** One SELECT; may hold the placeholders. */
  readonly query: string;
  readonly mode: TransformModePlan;
  /** Columns that the table is partitioned by. */
  readonly partitionBy: readonly string[];
  /** Types in Hive's notation, of columns whose type the query does not tell. */
  readonly columns: Readonly<Record<string, string>>;
}

export type TransformModePlan =
  | { readonly type: 'append' | 'replacePartition' | 'fullRefresh' }
  | { readonly type: 'merge'; readonly key: readonly string[]; readonly latestBy: string };

/** The column of every curated table that tells which run wrote the row. */
export const RUN_ID_COLUMN = '_run_id';

/** In SQL texts of a plan: filled by the workflow. */
export const RUN_ID_PLACEHOLDER = '{{run_id}}';
export const INGESTION_DATE_PLACEHOLDER = '{{ingestion_date}}';

/** The workflow's variables besides `$plan`, `error` absent until a step fails. */
export interface WorkflowVariables {
  readonly run: WorkflowRun;
  /** The extractor's last answer. */
  readonly result: RunResult;
  readonly quality: readonly QualityResult[];
  readonly transforms: readonly TransformResult[];
  /** Steps that are over, and when. */
  readonly timeline: readonly { readonly step: string; readonly endedAt: string }[];
  readonly error: WorkflowError;
}

export interface WorkflowRun {
  readonly runId: string;
  readonly scheduledTime: string;
  readonly startedAt: string;
  readonly executionArn: string;
}

export interface QualityResult {
  readonly name: string;
  readonly level: 'WARN' | 'ERROR';
  readonly passed: boolean;
  readonly actual: string;
  readonly expected: string;
}

export interface TransformResult {
  readonly name: string;
  readonly table: string;
  readonly rows?: number;
}

export interface WorkflowError {
  /** Step that failed: `claim`, `extract`, `catalogue`, `quality`, `transforms`, `notice`. */
  readonly step: string;
  readonly error: string;
  readonly cause: string;
}

/**
 * Errors of the extractor after which the same call may succeed: another run holds the source, or took it, or publishes its parent; all end
 * by themselves.
 */
export const RETRYABLE_CODES: readonly string[] = ['BUSY', 'FENCED', 'PARENT_BUSY'];

/** Calls of the extractor in a row that bring no page further before the run is given up with NO_PROGRESS. */
export const MAX_IDLE_INVOCATIONS = 3;
