export type { HistoryDetail, HistoryEvent } from './history';
export { runWorkflow } from './run-workflow';
export type { WorkflowOptions, WorkflowOutcome } from './run-workflow';
export { StateError } from './state-error';
export type { Integration, Integrations, TaskCall } from './integrations';
