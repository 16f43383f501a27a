export type { Checkpoint, Counts } from './checkpoint';
export type { CommitFacts } from './commit';
export { RunLog } from './run-log';
export type { CheckpointFacts, RunLogOptions, SuspendFacts } from './run-log-options';
export type { StageablePart } from './stage';
export type { Timing } from './timing';
