import { METRIC_NAMESPACE, PIPELINE_DIMENSION, SOURCE_DIMENSION } from '../../spec/metrics';
import { WORKFLOW_METRICS } from '../../spec/workflow-metrics';
import { integration, jsonata, retryAll, State, Step } from '../asl';

const READ = '($result.records + $result.quarantined)';

/** Value and unit of what a run that ended well tells. */
const OF_A_SUCCESS: Readonly<Record<string, { value: string; unit: string }>> = {
  [WORKFLOW_METRICS.succeeded]: { value: '1', unit: 'Count' },
  [WORKFLOW_METRICS.failed]: { value: '0', unit: 'Count' }, // a zero, so that an alarm on failures finds data
  [WORKFLOW_METRICS.empty]: { value: `${READ} = 0 ? 1 : 0`, unit: 'Count' },
  [WORKFLOW_METRICS.duration]: { value: '$toMillis($now()) - $toMillis($run.startedAt)', unit: 'Milliseconds' },
  [WORKFLOW_METRICS.lag]: { value: '$toMillis($now()) - $toMillis($run.scheduledTime)', unit: 'Milliseconds' },
  [WORKFLOW_METRICS.quarantineRatio]: { value: `${READ} = 0 ? 0 : 100 * $result.quarantined / ${READ}`, unit: 'Percent' },
  [WORKFLOW_METRICS.rulesFailed]: { value: '$count($quality[passed = false])', unit: 'Count' },
};

const OF_A_FAILURE: typeof OF_A_SUCCESS = {
  [WORKFLOW_METRICS.failed]: { value: '1', unit: 'Count' },
};

/** Publishes what a run was like. A run does not fail because CloudWatch does not answer. */
export function metricsSteps(partition: string, pipeline: string): Readonly<Record<'complete' | 'fail', Step>> {
  const step = (entry: string, metrics: typeof OF_A_SUCCESS): Step =>
    ({ entry, states: (next) => ({ [entry]: publish(partition, pipeline, metrics, next) }) });
  return { complete: step('Publish metrics', OF_A_SUCCESS), fail: step('Publish the failure', OF_A_FAILURE) };
}

function publish(partition: string, pipeline: string, metrics: typeof OF_A_SUCCESS, next: string): State {
  const byPipeline = { Name: PIPELINE_DIMENSION, Value: pipeline };
  const bySource = { Name: SOURCE_DIMENSION, Value: jsonata('$plan.source') };
  return {
    Type: 'Task',
    Resource: integration(partition, 'aws-sdk:cloudwatch:putMetricData'),
    Arguments: {
      Namespace: METRIC_NAMESPACE,
      MetricData: [[byPipeline], [byPipeline, bySource]].flatMap((Dimensions) =>
        Object.entries(metrics).map(([MetricName, { value, unit }]) => ({ MetricName, Dimensions, Value: jsonata(value), Unit: unit }))),
    },
    Retry: retryAll(),
    Catch: [{ ErrorEquals: ['States.ALL'], Next: next }],
    Next: next,
  };
}
