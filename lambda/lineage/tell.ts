import { EventLog } from './event-log';
import { RunEvent } from './events/open-lineage';
import { NamedEvent } from './events/run-events';
import { Sink } from './sinks';
import { LineageReport } from '../../src/spec/lineage-spec';

export interface Teller {
  readonly log: EventLog;
  readonly sinks: readonly Sink[];
}

/** Stores the events in the lake and sends what stands there to every sink, in order. A sink that fails gets no further event of this call. */
export async function tell(source: string, parentId: string, events: readonly NamedEvent[], { log, sinks }: Teller): Promise<LineageReport> {
  const told: RunEvent[] = [];
  const failures: LineageReport['failures'][number][] = [];
  try {
    for (const event of events) {
      told.push(await log.add(source, parentId, event));
    }
  } catch (error) {
    failures.push({ sink: 'lake', message: (error as Error).message });
  }
  const sent = await Promise.all(sinks.map((sink) => sendAll(sink, told)));
  return { events: told.length, failures: [...failures, ...sent.flat()] };
}

async function sendAll(sink: Sink, events: readonly RunEvent[]): Promise<LineageReport['failures']> {
  try {
    for (const event of events) {
      await sink.send(event);
    }
    return [];
  } catch (error) {
    return [{ sink: sink.name, message: (error as Error).message }];
  }
}
