import { randomUUID } from 'node:crypto';
import { Integrations } from '../integrations';

/** What a workflow tells someone outside: kept in the run's folder, because on a laptop nobody listens. */
export type Message =
  | { readonly to: 'sns'; readonly topic: string; readonly subject?: string; readonly text: string }
  | { readonly to: 'events'; readonly source: string; readonly detailType: string; readonly detail: unknown; readonly bus: string }
  | { readonly to: 'cloudwatch'; readonly namespace: string; readonly metrics: readonly unknown[] };

export type Outbox = (message: Message) => void;

export const messageTasks = (outbox: Outbox): Integrations => ({
  'sns:publish': {
    required: ['TopicArn', 'Message'],
    optional: ['Subject', 'MessageAttributes'],
    run: async ({ arguments: { TopicArn, Subject, Message } }) => {
      const text = typeof Message === 'string' ? Message : JSON.stringify(Message);
      outbox({ to: 'sns', topic: String(TopicArn), subject: Subject as string | undefined, text });
      return { MessageId: randomUUID() };
    },
  },
  'events:putEvents': {
    required: ['Entries'],
    run: async ({ arguments: { Entries } }) => putEvents(Entries as readonly EventEntry[], outbox),
  },
  'aws-sdk:cloudwatch:putMetricData': {
    required: ['Namespace', 'MetricData'],
    run: async ({ arguments: { Namespace, MetricData } }) => {
      outbox({ to: 'cloudwatch', namespace: String(Namespace), metrics: MetricData as unknown[] });
      return {};
    },
  },
});

export interface EventEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: unknown;
  readonly EventBusName?: string;
}

export function putEvents(entries: readonly EventEntry[], outbox: Outbox) {
  for (const { Source, DetailType, Detail, EventBusName } of entries) {
    outbox({ to: 'events', source: Source, detailType: DetailType, detail: Detail, bus: EventBusName ?? 'default' });
  }
  return { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: randomUUID() })) };
}
