import { createHash } from 'node:crypto';
import { DataZoneClient, PostLineageEventCommand } from '@aws-sdk/client-datazone';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SEND_TIMEOUT_MS, Sink } from './sink';
import { LINEAGE_DETAIL_TYPE, LINEAGE_EVENT_SOURCE, LineageSinkSpec } from '../../../src/spec/lineage-spec';

/** Largest event that DataZone takes (Amazon DataZone API reference, "PostLineageEvent"). */
const MAX_DATA_ZONE_BYTES = 300_000;

export function eventBridgeSink({ busName }: Extract<LineageSinkSpec, { type: 'eventBridge' }>, client = new EventBridgeClient({})): Sink {
  return {
    name: `EventBridge ${busName}`,
    send: async (event) => {
      const Entries = [{ EventBusName: busName, Source: LINEAGE_EVENT_SOURCE, DetailType: LINEAGE_DETAIL_TYPE, Detail: JSON.stringify(event) }];
      const { Entries: [entry] = [] } = await client.send(new PutEventsCommand({ Entries }), timeout());
      if (entry?.ErrorCode !== undefined) {
        throw new Error(`${entry.ErrorCode}: ${entry.ErrorMessage}`);
      }
    },
  };
}

export function dataZoneSink({ domainId }: Extract<LineageSinkSpec, { type: 'dataZone' }>, client = new DataZoneClient({})): Sink {
  return {
    name: `DataZone ${domainId}`,
    send: async (event) => {
      const body = Buffer.from(JSON.stringify(event));
      if (body.length > MAX_DATA_ZONE_BYTES) {
        throw new Error(`the event has ${body.length} bytes, and DataZone takes ${MAX_DATA_ZONE_BYTES}`);
      }
      const clientToken = createHash('sha256').update(body).digest('hex');
      await client.send(new PostLineageEventCommand({ domainIdentifier: domainId, event: body, clientToken }), timeout());
    },
  };
}

const timeout = () => ({ abortSignal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
