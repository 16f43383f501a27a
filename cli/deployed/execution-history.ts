import { HistoryEvent as AwsEvent } from '@aws-sdk/client-sfn';
import { HistoryDetail, HistoryEvent } from '../workflow';

/**
 * Reads what GetExecutionHistory answers as the laptop's history of an execution. Events that tell a person nothing are left out.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class ExecutionHistory {
  /** The state that each event belongs to: only a state's first and last event name it. */
  private readonly states = new Map<number, string>();
  private readonly failures = new Map<number, AwsEvent>();

  /** What follows from the next event. Every event must come once, in order. */
  read(event: AwsEvent): HistoryEvent[] {
    const { id = 0, previousEventId = 0, timestamp = new Date(0) } = event;
    const name = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name ?? this.states.get(previousEventId) ?? '';
    this.states.set(id, name);
    const at = { id, timestamp: timestamp.toISOString() };
    return this.details(event, name).map((detail) => ({ ...detail, ...at }));
  }

  private details(event: AwsEvent, name: string): HistoryDetail[] {
    const { type = '' } = event;
    if (type.endsWith('StateEntered')) {
      return [{ type: type as 'TaskStateEntered', name, input: json(event.stateEnteredEventDetails?.input) }];
    }
    if (type.endsWith('StateExited')) {
      const { output, assignedVariables = {} } = event.stateExitedEventDetails ?? {};
      const assigned = Object.fromEntries(Object.entries(assignedVariables).map(([variable, value]) => [variable, json(value)]));
      return [{ type: type as 'TaskStateExited', name, output: json(output), assigned }];
    }
    switch (type) {
      case 'ExecutionSucceeded': return [{ type, output: json(event.executionSucceededEventDetails?.output) }];
      case 'TaskFailed': case 'TaskTimedOut': case 'TaskStartFailed': case 'TaskSubmitFailed':
        this.failures.set(event.id ?? 0, event);
        return [];
      case 'TaskScheduled': return this.scheduled(event, name);
      default: return [];
    }
  }

  /** A task that is scheduled upon its failure is tried again. */
  private scheduled(event: AwsEvent, name: string): HistoryDetail[] {
    const { resourceType = '', resource = '', parameters } = event.taskScheduledEventDetails ?? {};
    const begin: HistoryDetail = { type: 'TaskScheduled', name, resource: `${resourceType}:${resource}`, parameters: json(parameters) };
    const failed = this.failures.get(event.previousEventId ?? 0);
    if (failed === undefined) {
      return [begin];
    }
    const { error = 'States.Timeout', cause = '' } = failed.taskFailedEventDetails ?? failed.taskTimedOutEventDetails
      ?? failed.taskStartFailedEventDetails ?? failed.taskSubmitFailedEventDetails ?? {};
    const seconds = ((event.timestamp?.getTime() ?? 0) - (failed.timestamp?.getTime() ?? 0)) / 1000;
    return [{ type: 'RetryScheduled', name, error, cause, seconds }, begin];
  }
}

/** Step Functions sends values as JSON texts. */
function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
