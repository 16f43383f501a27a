export { Meter } from './meter';
export { invocationNames, publishMetrics } from './publish-metrics';
