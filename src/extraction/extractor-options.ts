import { Duration } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';

/** 1,769 MB is one full vCPU (AWS Lambda developer guide); with less, parsing and compression share a fraction of one. */
export const DEFAULT_MEMORY_SIZE = 1769;

/** Lambda's longest: a run that needs more goes on in the next call. */
export const DEFAULT_TIMEOUT_MINUTES = 15;

export const DEFAULT_LOG_RETENTION = logs.RetentionDays.ONE_MONTH;

/** Memory, time and logs of an extractor. */
export interface ExtractorOptions {
  /**
   * Memory in MiB. CPU grows with it: one full vCPU at 1769, a second one for parallel compression at 3538.
   *
   * @default 1769
   */
  readonly memorySize?: number;

  /**
   * Longest time of one call. A run that needs more goes on in the next one.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;
}
