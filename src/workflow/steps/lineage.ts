import { LineageEventType, LineageStep } from '../../spec/lineage-spec';
import { integration, jsonata, LAMBDA_FAULTS, retry, State, Step } from '../asl';

/** Tells how a run begins and ends. */
export function lineageSteps(partition: string, functionArn: string): Readonly<Record<'start' | 'complete' | 'fail', Step>> {
  const step = (entry: string, eventType: LineageEventType): Step =>
    ({ entry, states: (next) => ({ [entry]: tell(partition, functionArn, eventType, next) }) });
  return {
    start: step('Tell the lineage of the start', 'START'),
    complete: step('Tell the lineage of the end', 'COMPLETE'),
    fail: step('Tell the lineage of the failure', 'FAIL'),
  };
}

/** The step, and behind it the note when it ended. */
export function timed({ entry, states }: Step, step: LineageStep): Step {
  const note = `Note the end of ${step}`;
  return {
    entry,
    states: (next) => ({
      ...states(note),
      [note]: { Type: 'Pass', Assign: { timeline: jsonata(`$append($timeline, [{'step': '${step}', 'endedAt': $now()}])`) }, Next: next },
    }),
  };
}

const tell = (partition: string, functionArn: string, eventType: LineageEventType, next: string): State => ({
  Type: 'Task',
  Resource: integration(partition, 'lambda:invoke'),
  Arguments: {
    FunctionName: functionArn,
    Payload: {
      eventType,
      source: jsonata('$plan'),
      run: jsonata('$run'),
      ...(eventType !== 'START' && { timeline: jsonata('$timeline'), result: jsonata('$result'), quality: jsonata('$quality') }),
      ...(eventType === 'FAIL' && { error: jsonata('$error') }),
    },
  },
  Retry: [retry(LAMBDA_FAULTS, 3)],
  // Lineage must not fail a run.
  Catch: [{ ErrorEquals: ['States.ALL'], Next: next }],
  Next: next,
});
