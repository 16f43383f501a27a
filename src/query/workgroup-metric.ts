import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/**
 * A metric of a workgroup's queries that read or write rows and succeeded.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
 */
export function workgroupMetric(metricName: string, workgroupName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Athena',
    metricName,
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.minutes(5),
    ...options,
    dimensionsMap: { WorkGroup: workgroupName, QueryState: 'SUCCEEDED', QueryType: 'DML' },
  });
}
