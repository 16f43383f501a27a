import { StateType } from './asl';
import { WaitKind } from './pace';

/** What happens in an execution, in the words of GetExecutionHistory where it has any. */
export type HistoryDetail =
  | { readonly type: 'ExecutionStarted'; readonly input: unknown }
  | { readonly type: 'ExecutionSucceeded'; readonly output: unknown }
  | { readonly type: 'ExecutionFailed' | 'ExecutionTimedOut'; readonly error: string; readonly cause: string }
  | { readonly type: `${StateType}StateEntered`; readonly name: string; readonly input: unknown }
  | { readonly type: `${StateType}StateExited`; readonly name: string; readonly output: unknown; readonly assigned?: Readonly<Record<string, unknown>> }
  | { readonly type: 'TaskScheduled'; readonly name: string; readonly resource: string; readonly parameters: unknown }
  | { readonly type: 'TaskSucceeded'; readonly name: string; readonly resource: string; readonly output: unknown }
  | { readonly type: 'TaskFailed' | 'TaskTimedOut'; readonly name: string; readonly resource: string; readonly error: string; readonly cause: string }
  | { readonly type: 'MapIterationStarted' | 'MapIterationSucceeded'; readonly name: string; readonly index: number }
  | { readonly type: 'MapIterationFailed'; readonly name: string; readonly index: number; readonly error: string; readonly cause: string }
  // What only the laptop tells.
  | { readonly type: 'RetryScheduled'; readonly name: string; readonly error: string; readonly cause: string; readonly seconds: number }
  | { readonly type: 'ErrorCaught'; readonly name: string; readonly error: string; readonly cause: string; readonly next: string }
  | { readonly type: 'Waiting'; readonly name: string; readonly kind: WaitKind; readonly asked: number; readonly seconds: number };

export type HistoryEvent = HistoryDetail & { readonly id: number; readonly timestamp: string };

export type Recorder = (detail: HistoryDetail) => void;
