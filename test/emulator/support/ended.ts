import { WorkflowOutcome } from '../../../cli/workflow';

export interface StateEntry {
  readonly name: string;
  readonly type: string;
}

/** An execution that is over, in either interpreter. */
export type Ended = WorkflowOutcome & {
  readonly startTime: string;
  /** States in the order they were entered, those inside maps included. */
  readonly path: readonly StateEntry[];
  /** Seconds that each Wait state asked for. */
  readonly waits: readonly number[];
  /** Seconds before each further try, without jitter. */
  readonly retries: readonly number[];
};
