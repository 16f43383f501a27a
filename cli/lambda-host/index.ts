export type { Failure, FailureStatus } from './failures';
export { FunctionHost } from './host';
export type { FunctionHostOptions, InvocationFacts, InvocationResult } from './host';
export { invokeFunction } from './invoke';
export type { InvokeFunctionOptions } from './invoke';
export type { FunctionError } from './protocol';
export type { LogStream } from './sandbox';
