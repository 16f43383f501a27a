import { Duration, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** Longest time that an alarm looks back (Amazon CloudWatch user guide, "Evaluating an alarm"). */
export const MAX_STALE_HOURS = 7 * 24;

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

export const share = (size: Size, percent: number): number => Math.floor(size.toBytes({ rounding: 0 }) * percent / 100);
