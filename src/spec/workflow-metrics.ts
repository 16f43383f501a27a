/** Metrics that the workflow publishes at the end of each run, by pipeline, and by pipeline and source. */
export const WORKFLOW_METRICS = {
  /** Runs that ended well. */
  succeeded: 'RunsSucceeded',
  /** Runs that failed. */
  failed: 'RunsFailed',
  /** Runs that brought no record. */
  empty: 'EmptyRuns',
  /** From the execution's start to its end, in milliseconds. */
  duration: 'RunDuration',
  /** From the time that a run stands for to its end, in milliseconds: how old its data is when it can be read. */
  lag: 'FreshnessLag',
  /** Quarantined records of all that were read, in percent. */
  quarantineRatio: 'QuarantineRatio',
  /** Quality rules that a run did not keep, of either level. */
  rulesFailed: 'QualityRulesFailed',
} as const;
