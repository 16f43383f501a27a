import { HEADER_DEADLINE_MS, HEADER_FUNCTION_ARN, HEADER_REQUEST_ID } from './protocol';
import type { Invocation } from './runtime-client';

/** The second argument of a handler. */
export function createContext({ headers }: Invocation) {
  const deadline = Number(headers[HEADER_DEADLINE_MS]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers[HEADER_FUNCTION_ARN],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: headers[HEADER_REQUEST_ID],
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
