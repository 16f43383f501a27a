import type { FunctionError } from './protocol';
import type { SandboxEvent } from './sandbox';

/** How an invocation failed; `error` is the function's own. */
export type FailureStatus = 'error' | 'init' | 'timeout' | 'crash' | 'oom';

export interface Failure {
  readonly error: FunctionError;
  readonly status: FailureStatus;
}

export const timeoutFailure = (requestId: string, seconds: number): Failure => ({
  status: 'timeout',
  error: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds` },
});

export const initTimeoutFailure = (requestId: string, seconds: number): Failure => ({
  status: 'timeout',
  error: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Init phase timed out after ${seconds.toFixed(2)} seconds` },
});

/** The process ended by itself, in the words of Lambda's sandbox. */
export function exitFailure(requestId: string, exit: Extract<SandboxEvent, { type: 'exit' }>, memoryMb: number): Failure {
  const prefix = `RequestId: ${requestId} Error: `;
  if (exit.outOfMemory) {
    const errorMessage = `${prefix}Runtime exited with error: signal: killed: the function needs more than its ${memoryMb} MB of memory`;
    return { status: 'oom', error: { errorType: 'Runtime.OutOfMemory', errorMessage } };
  }
  const why = exit.signal !== null ? `with error: signal: ${SIGNALS[exit.signal] ?? exit.signal}`
    : exit.code === 0 ? 'without providing a reason' : `with error: exit status ${exit.code}`;
  return { status: 'crash', error: { errorType: 'Runtime.ExitError', errorMessage: `${prefix}Runtime exited ${why}` } };
}

const SIGNALS: Record<string, string> = { SIGKILL: 'killed', SIGABRT: 'aborted', SIGTERM: 'terminated', SIGINT: 'interrupt', SIGSEGV: 'segmentation fault' };
