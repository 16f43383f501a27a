import { FunctionHost, FunctionHostOptions } from './host';
import { InvocationResult } from './invocation';

export interface InvokeFunctionOptions extends FunctionHostOptions {
  readonly event: unknown;
  readonly requestId?: string;
}

/** One invocation in a process of its own. */
export async function invokeFunction({ event, requestId, ...options }: InvokeFunctionOptions): Promise<InvocationResult> {
  const host = new FunctionHost(options);
  try {
    return await host.invoke(event, requestId);
  } finally {
    await host.close();
  }
}
