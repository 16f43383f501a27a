import * as events from 'aws-cdk-lib/aws-events';
import type { PipelineWorkflow } from './pipeline-workflow';

/** The runs of a workflow that `startAfter` waits for. */
export interface CompletedRun {
  /** Workflow of the runs; it may stand in another stack of the account and region. */
  readonly workflow: PipelineWorkflow;

  /**
   * Source whose runs are waited for.
   *
   * @default - every source of the workflow
   */
  readonly source?: string;
}

/** Options of `onRunComplete`. */
export interface OnRunCompleteOptions {
  /**
   * What is told of the run.
   *
   * @default - nothing; add targets to the rule
   */
  readonly target?: events.IRuleTarget;

  /**
   * Source whose runs are followed.
   *
   * @default - every source of the workflow
   */
  readonly source?: string;
}
