import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, PIPELINE_DIMENSION, SOURCE_DIMENSION } from '../spec/metrics';

/** A metric that the workflow publishes at a run's end, of a pipeline or of one of its sources. */
export function workflowMetric(metricName: string, pipeline: string, source?: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    statistic: cloudwatch.Stats.SUM,
    period: Duration.minutes(5),
    ...options,
    dimensionsMap: { [PIPELINE_DIMENSION]: pipeline, ...(source !== undefined && { [SOURCE_DIMENSION]: source }) },
  });
}
