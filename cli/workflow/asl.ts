/** The Amazon States Language with JSONata, as far as the laptop interprets it (AWS Step Functions developer guide, "Amazon States Language"). */
export interface StateMachine extends Flow {
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
}

/** States that lead to each other: a machine, a branch, the processor of a map. */
export interface Flow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State = PassState | TaskState | ChoiceState | WaitState | MapState | ParallelState | SucceedState | FailState;
export type StateType = State['Type'];

/** What a template such as `Output` holds: JSON with `{% expression %}` strings in it. */
export type Template = unknown;

interface Outputs {
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
}

/** Where a state leads: to `Next`, or to the end. */
interface Onward extends Outputs {
  readonly Next?: string;
  readonly End?: boolean;
}

export interface PassState extends Onward {
  readonly Type: 'Pass';
}

/** What may fail and be handled. */
export interface Handled {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export interface Catcher extends Outputs {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface TaskState extends Onward, Handled {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly TimeoutSeconds?: Template;
}

export interface ChoiceState extends Outputs {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ChoiceRule extends Outputs {
  readonly Condition: Template;
  readonly Next: string;
}

export interface WaitState extends Onward {
  readonly Type: 'Wait';
  readonly Seconds?: Template;
  readonly Timestamp?: Template;
}

export interface MapState extends Onward, Handled {
  readonly Type: 'Map';
  readonly Items?: Template;
  readonly ItemSelector?: Template;
  readonly ItemProcessor: ItemProcessor;
  readonly MaxConcurrency?: Template;
  readonly ToleratedFailureCount?: Template;
  readonly ToleratedFailurePercentage?: Template;
}

export interface ItemProcessor extends Flow {
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: string };
}

export interface ParallelState extends Onward, Handled {
  readonly Type: 'Parallel';
  readonly Branches: readonly Flow[];
  readonly Arguments?: Template;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Template;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: Template;
  readonly Cause?: Template;
}

export const isDistributed = (processor: ItemProcessor): boolean => processor.ProcessorConfig?.Mode === 'DISTRIBUTED';
