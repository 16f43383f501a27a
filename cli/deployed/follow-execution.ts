import { GetExecutionHistoryCommand, HistoryEvent as AwsEvent } from '@aws-sdk/client-sfn';
import { callAws } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { ExecutionHistory } from './execution-history';
import { poll } from './poll';
import { HistoryEvent } from '../workflow';

const DELAYS = { firstMs: 500, maxMs: 10_000 };

/** How an execution ended. */
export type ExecutionEnd = { readonly began: Date } & (
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string });

/** Follows an execution to its end; the waits between two looks grow while nothing happens. `onLook` is called at each of them. */
export async function followExecution(
  stack: DeployedStack, executionArn: string, onEvent: (event: HistoryEvent) => void, onLook?: () => Promise<void>,
): Promise<ExecutionEnd> {
  const history = new ExecutionHistory();
  const reader = new EventReader(stack, executionArn);
  let began: Date | undefined;
  for (;;) {
    const events = await poll(async () => {
      const news = await reader.news();
      await onLook?.();
      return news.length > 0 ? news : undefined;
    }, DELAYS);
    for (const event of events) {
      began ??= event.timestamp ?? new Date();
      history.read(event).forEach(onEvent);
      const end = endOf(event, began);
      if (end !== undefined) {
        return end;
      }
    }
  }
}

/** Reads each event once, and of a long history only the last page again. */
class EventReader {
  private pageToken: string | undefined;
  private last = 0;

  constructor(private readonly stack: DeployedStack, private readonly executionArn: string) {}

  async news(): Promise<AwsEvent[]> {
    const news: AwsEvent[] = [];
    for (;;) {
      const command = new GetExecutionHistoryCommand({ executionArn: this.executionArn, maxResults: 1000, nextToken: this.pageToken });
      const { events = [], nextToken } = await callAws(`follow execution ${this.executionArn}`, () => this.stack.sfn.send(command));
      news.push(...events.filter(({ id = 0 }) => id > this.last));
      if (nextToken === undefined) {
        this.last = Math.max(this.last, ...news.map(({ id = 0 }) => id));
        return news;
      }
      this.pageToken = nextToken;
    }
  }
}

function endOf(event: AwsEvent, began: Date): ExecutionEnd | undefined {
  switch (event.type) {
    case 'ExecutionSucceeded': return { began, status: 'SUCCEEDED', output: event.executionSucceededEventDetails?.output ?? '{}' };
    case 'ExecutionFailed': return { began, status: 'FAILED', ...event.executionFailedEventDetails };
    case 'ExecutionTimedOut': return { began, status: 'TIMED_OUT', ...event.executionTimedOutEventDetails };
    case 'ExecutionAborted': return { began, status: 'ABORTED', ...event.executionAbortedEventDetails };
    default: return undefined;
  }
}
