import { Failure } from './failures';

export interface InvocationFacts {
  readonly requestId: string;
  readonly durationMs: number;
  /** Only of the first invocation in a process. */
  readonly initMs?: number;
  readonly maxMemoryMb: number;
}

export type InvocationResult = InvocationFacts & ({ readonly payload: unknown } | Failure);
