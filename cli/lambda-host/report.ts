import type { Failure } from './failures';
import type { InvocationFacts } from './invocation';

const ms = (value: number) => `${value.toFixed(2)} ms`;

/** The line that Lambda writes after every invocation. */
export function reportLine(facts: InvocationFacts, memoryMb: number, failure: Failure | undefined): string {
  const { requestId, durationMs, initMs, maxMemoryMb } = facts;
  return [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${ms(durationMs)}`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${maxMemoryMb} MB`,
    ...initMs === undefined ? [] : [`Init Duration: ${ms(initMs)}`],
    ...statusOf(failure),
  ].join('\t');
}

/** An error that the handler threw is a normal end for the platform. */
function statusOf(failure: Failure | undefined): string[] {
  if (!failure || failure.status === 'error') return [];
  return failure.status === 'timeout' ? ['Status: timeout'] : ['Status: error', `Error Type: ${failure.error.errorType}`];
}
