/** CloudWatch namespace of all that this library publishes. */
export const METRIC_NAMESPACE = 'CdkDataLakePipeline';

/** Dimensions: the pipeline's construct path, and the source's name. */
export const PIPELINE_DIMENSION = 'pipeline';
export const SOURCE_DIMENSION = 'source';

/**
 * What the extractor publishes at the end of each invocation, by pipeline and source: what this invocation added, so
 * that the sum over a run's invocations is the run's. An invocation that is killed publishes nothing.
 */
export const EXTRACTOR_METRICS = {
  /** Records made safe for the table. */
  records: 'RecordsExtracted',
  /** Records made safe in quarantine. */
  quarantined: 'RecordsQuarantined',
  /** Compressed bytes made safe. */
  bytes: 'BytesWritten',
  /** Pages of which all records are safe. */
  pages: 'PagesRead',
  /** Requests sent again after a failure. */
  retries: 'Retries',
  /** Milliseconds that went, or by the API's word must go, without a request: rate limit, pause before a retry, Retry-After. */
  waiting: 'WaitingTime',
  /** Invocations that ended in an error, those that another run held up included. */
  failures: 'FailedInvocations',
} as const;
