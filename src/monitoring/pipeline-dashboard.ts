import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { EXTRACTOR_METRICS, METRIC_NAMESPACE, PIPELINE_DIMENSION, SOURCE_DIMENSION } from '../spec/metrics';
import { WORKFLOW_METRICS } from '../spec/workflow-metrics';

const WIDTH = 12;
const DAY = 24 * 3600;

export interface DashboardParts {
  readonly pipelineName: string;
  readonly workgroupNames: readonly string[];
  readonly alarms: cloudwatch.IWidget;
}

/** The pipeline at a glance: its alarms, then per source what ran, what came, how long it took and what it cost. */
export function pipelineDashboard(scope: Construct, { pipelineName, workgroupNames, alarms }: DashboardParts): cloudwatch.Dashboard {
  const bySource = (title: string, metricName: string, statistic: string, label?: string) => graph(title, [{
    // A search finds the sources that are added later, too.
    expression: `SEARCH('{${METRIC_NAMESPACE},${PIPELINE_DIMENSION},${SOURCE_DIMENSION}} MetricName="${metricName}" ${PIPELINE_DIMENSION}="${pipelineName}"', '${statistic}', 3600)`,
  }], label);
  const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard', { defaultInterval: Duration.days(7) });
  dashboard.addWidgets(alarms);
  dashboard.addWidgets(bySource('Complete runs', WORKFLOW_METRICS.succeeded, 'Sum'), bySource('Failed runs', WORKFLOW_METRICS.failed, 'Sum'));
  dashboard.addWidgets(bySource('Records', EXTRACTOR_METRICS.records, 'Sum'), bySource('Quarantined, % of a run', WORKFLOW_METRICS.quarantineRatio, 'Maximum', '%'));
  dashboard.addWidgets(bySource('Bytes written, compressed', EXTRACTOR_METRICS.bytes, 'Sum', 'bytes'), bySource('Duration of a run', WORKFLOW_METRICS.duration, 'Maximum', 'ms'));
  dashboard.addWidgets(
    bySource('Freshness: from the time a run stands for to its table', WORKFLOW_METRICS.lag, 'Maximum', 'ms'),
    bySource('Quality rules not kept', WORKFLOW_METRICS.rulesFailed, 'Sum'),
  );
  dashboard.addWidgets(
    bySource('Waiting for the API', EXTRACTOR_METRICS.waiting, 'Sum', 'ms'),
    graph('Bytes that Athena bills, a day', workgroupNames.map((name) => ({
      expression: `SUM(SEARCH('{AWS/Athena,QueryState,QueryType,WorkGroup} MetricName="ProcessedBytes" WorkGroup="${name}"', 'Sum', ${DAY}))`,
      label: name,
    })), 'bytes'),
  );
  return dashboard;
}

interface Series { readonly expression: string; readonly label?: string }

function graph(title: string, series: readonly Series[], label?: string): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title,
    width: WIDTH,
    left: series.map(({ expression, label: name }) => new cloudwatch.MathExpression({ expression, label: name ?? '', usingMetrics: {}, period: Duration.hours(1) })),
    leftYAxis: { min: 0, label, showUnits: false },
  });
}
