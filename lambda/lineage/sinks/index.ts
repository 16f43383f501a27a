import { dataZoneSink, eventBridgeSink } from './aws-sinks';
import { httpSink } from './http-sink';
import { Sink } from './sink';
import { LineageSinkSpec } from '../../../src/spec/lineage-spec';

export type { Sink } from './sink';

export function createSink(spec: LineageSinkSpec): Sink {
  switch (spec.type) {
    case 'http': return httpSink(spec);
    case 'eventBridge': return eventBridgeSink(spec);
    case 'dataZone': return dataZoneSink(spec);
  }
}
