import { Duration, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** Longest time that an alarm looks back (Amazon CloudWatch user guide, "Evaluating an alarm"). */
export const MAX_STALE_HOURS = 7 * 24;

const A_DAY = Duration.days(1);

/** What an alarm of a pipeline needs to say. */
interface AlarmText {
  readonly id: string;
  /** What is wrong, and what to do. */
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  /** The alarm goes off at this value. */
  readonly threshold: number;
}

/** Goes off at the first value that reaches the threshold; no data is no trouble. */
export function addAlarm(scope: Construct, { id, description, metric, threshold }: AlarmText): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription: description,
    metric,
    threshold,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** Executions that ended badly, in whatever way: also those that could publish nothing themselves. */
export function endedBadly(stateMachine: sfn.IStateMachine): cloudwatch.IMetric {
  const period = Duration.minutes(5);
  return new cloudwatch.MathExpression({
    expression: 'failed + timedOut + aborted',
    label: 'Executions that failed, timed out or were aborted',
    usingMetrics: {
      failed: stateMachine.metricFailed({ period }),
      timedOut: stateMachine.metricTimedOut({ period }),
      aborted: stateMachine.metricAborted({ period }),
    },
    period,
  });
}

/** What could not be started. */
export const deadLetters = (queue: sqs.IQueue): cloudwatch.IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(5) });

/** Goes off when no run has succeeded for so long: the one alarm for which no data is the trouble. */
export function addStaleAlarm(scope: Construct, source: string, succeeded: cloudwatch.Metric, after: Duration): cloudwatch.Alarm {
  const hours = Math.min(Math.ceil(after.toHours({ integral: false })), MAX_STALE_HOURS);
  return new cloudwatch.Alarm(scope, `Stale-${source}`, {
    alarmDescription: `The table ${source} has not been brought up to date for ${hours} hours. Look at the source's schedule, at the dead-letter queue, `
      + 'and at the last execution of the state machine.',
    metric: succeeded.with({ statistic: cloudwatch.Stats.SUM, period: Duration.hours(1) }),
    threshold: 1,
    evaluationPeriods: hours,
    datapointsToAlarm: hours,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
}

/** When a source's records are too few, or too many of them are in quarantine. */
interface RecordLimits {
  /** Runs of one day without a record. */
  readonly emptyRuns: number;
  /** Quarantined records of a run. */
  readonly quarantinePercent: number;
}

/**
 * What a source brought: 1 when that is nothing, or much that does not keep its contract. One alarm tells both, because a source
 * has eight resources at most.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export const badRecords = (metrics: Readonly<Record<'empty' | 'quarantined', cloudwatch.Metric>>, limits: RecordLimits): cloudwatch.IMetric =>
  new cloudwatch.MathExpression({
    expression: `empty >= ${limits.emptyRuns} OR quarantined >= ${limits.quarantinePercent}`,
    label: 'Runs without a record, or with many in quarantine',
    usingMetrics: {
      empty: metrics.empty.with({ statistic: cloudwatch.Stats.SUM, period: A_DAY }),
      quarantined: metrics.quarantined.with({ statistic: cloudwatch.Stats.MAXIMUM, period: A_DAY }),
    },
    period: A_DAY,
  });

/** How many empty runs in a day are too many: all of them, where fewer run. */
export function emptyRunsOfADay(most: number, interval?: Duration): number {
  const runs = interval ? Math.floor(A_DAY.toSeconds() / interval.toSeconds()) : most;
  return Math.max(1, Math.min(most, runs));
}

export const share = (size: Size, percent: number): number => Math.floor(size.toBytes({ rounding: 0 }) * percent / 100);
