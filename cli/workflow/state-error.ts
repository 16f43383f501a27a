/** Names that Step Functions itself gives (developer guide, "Error names"). */
export const ALL = 'States.ALL';
export const TASK_FAILED = 'States.TaskFailed';
export const TIMEOUT = 'States.Timeout';
export const RUNTIME = 'States.Runtime';
export const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';
export const QUERY_EVALUATION = 'States.QueryEvaluationError';
export const NO_CHOICE_MATCHED = 'States.NoChoiceMatched';
export const EXCEED_TOLERATED_FAILURES = 'States.ExceedToleratedFailureThreshold';

/** What `$states.errorOutput` holds, and what an execution ends with. */
export interface ErrorOutput {
  readonly Error: string;
  readonly Cause: string;
}

/** A state failed: what Retry and Catch see. */
export class StateError extends Error {
  /** Name of the state that failed. */
  state: string | undefined;

  constructor(readonly error: string, readonly errorCause: string, options: ErrorOptions = {}) {
    super(`${error}: ${errorCause}`, options);
    this.name = 'StateError';
  }

  /** The innermost state tells. */
  at(state: string): this {
    this.state ??= state;
    return this;
  }

  get output(): ErrorOutput {
    return { Error: this.error, Cause: this.errorCause };
  }
}

/** Terminal: a wildcard matches neither. */
const TERMINAL = [DATA_LIMIT_EXCEEDED, RUNTIME];

/** Whether a Retry or a Catch with these names takes an error. */
export function matches(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.some((name) => {
    switch (name) {
      case ALL: return !TERMINAL.includes(error);
      case TASK_FAILED: return !TERMINAL.includes(error) && error !== TIMEOUT;
      default: return name === error && error !== RUNTIME;
    }
  });
}
