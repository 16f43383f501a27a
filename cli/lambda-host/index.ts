export type { Failure, FailureStatus } from './failures';
export { FunctionHost } from './host';
export type { FunctionHostOptions } from './host';
export type { InvocationFacts, InvocationResult } from './invocation';
export { invokeFunction } from './invoke';
export type { InvokeFunctionOptions } from './invoke';
export type { FunctionError } from './protocol';
export type { LogStream } from './sandbox';
