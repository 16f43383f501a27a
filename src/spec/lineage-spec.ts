import type { RunResult } from './run-result';
import type { QualityResult, SourcePlan, TransformPlan, WorkflowError, WorkflowRun } from './workflow-plan';

/** What the lineage function knows from its environment (`LINEAGE_CONFIG`). */
export interface LineageConfig {
  /** Namespace of the jobs. */
  readonly namespace: string;
  /** Name of the pipeline; the jobs' names begin with it. */
  readonly pipeline: string;
  /** `arn:<partition>:glue:<region>:<account>`: namespace of the tables in the catalogue. */
  readonly glueNamespace: string;
  readonly region: string;
  /** Where events go besides the lake. */
  readonly sinks: readonly LineageSinkSpec[];
}

export const ENV_LINEAGE_CONFIG = 'LINEAGE_CONFIG';

/** Set: events stay in the lake. The local command sets it, because what a laptop tries is no lineage of production. */
export const ENV_LINEAGE_LAKE_ONLY = 'LINEAGE_LAKE_ONLY';

export type LineageSinkSpec =
  | { readonly type: 'http'; readonly url: string; readonly secretArn?: string; readonly secretField?: string }
  | { readonly type: 'eventBridge'; readonly busName: string }
  | { readonly type: 'dataZone'; readonly domainId: string };

export type LineageEventType = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** The steps of a run that move or judge data, in their order. */
export type LineageStep = 'extract' | 'catalogue' | 'quality' | 'transforms';

/** What the workflow tells: once when a run begins, once when it ends. */
export interface LineageRequest {
  readonly eventType: LineageEventType;
  readonly source: LineageSource;
  readonly run: WorkflowRun;
  /** Steps that are over, in their order; a run that failed ends with the step before the one that failed. */
  readonly timeline?: readonly { readonly step: LineageStep; readonly endedAt: string }[];
  /** Empty until the extractor has answered. */
  readonly result?: Partial<Pick<RunResult, 'records' | 'bytes' | 'parts' | 'partition'>>;
  readonly quality?: readonly LineageAssertion[];
  readonly error?: WorkflowError;
}

/** The part of a source's plan that lineage tells of. */
export type LineageSource = Pick<SourcePlan, 'source' | 'url' | 'database' | 'table' | 'bucket' | 'prefix'> & {
  readonly transforms: readonly LineageTransform[];
};

export type LineageTransform = Pick<TransformPlan, 'name' | 'table' | 'inputs' | 'query'>;

/** The verdict of a rule, and the column that it judges where that is known. */
export type LineageAssertion = Pick<QualityResult, 'name' | 'level' | 'passed'> & Partial<QualityResult> & { readonly column?: string };

/** What the lineage function returns; it never throws because of a sink. */
export interface LineageReport {
  /** Events that stand in the lake. */
  readonly events: number;
  readonly failures: readonly { readonly sink: string; readonly message: string }[];
}

/** How events are named on an EventBridge bus. */
export const LINEAGE_EVENT_SOURCE = 'cdk-data-lake-pipeline';
export const LINEAGE_DETAIL_TYPE = 'OpenLineage RunEvent';

/** What EventBridge tells when Step Functions ended an execution without its own failure path (aborted, timed out). */
export interface ExecutionEnded {
  readonly detail: {
    readonly executionArn: string;
    readonly status: string;
    /** The execution's input, as JSON. */
    readonly input?: string;
    /** Epoch milliseconds. */
    readonly stopDate?: number;
    readonly error?: string;
    readonly cause?: string;
  };
}

export const LINEAGE_PREFIX = '_lineage/';

/** By the run's OpenLineage id. `END` stands for whichever terminal event came first: a run has one. */
export const lineageEventKey = (source: string, runUuid: string, job: string, moment: 'START' | 'END') =>
  `${LINEAGE_PREFIX}${source}/${runUuid}/${job}.${moment}.json`;
