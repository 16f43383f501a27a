/** What both ends of the Runtime API agree on (AWS Lambda developer guide, "Using the Lambda runtime API"). */
export const RUNTIME_API = '/2018-06-01/runtime';

export const HEADER_REQUEST_ID = 'lambda-runtime-aws-request-id';
export const HEADER_DEADLINE_MS = 'lambda-runtime-deadline-ms';
export const HEADER_FUNCTION_ARN = 'lambda-runtime-invoked-function-arn';
/** Ours: peak resident memory of the child, in KiB, for systems without /proc. */
export const HEADER_PEAK_KIB = 'datalake-peak-kib';

/** Ours: the child ends both of its output streams' share of an invocation with this line. */
export const ENV_LOG_MARKER = 'DATALAKE_LOG_MARKER';

/** "Lambda quotas": payload of a synchronous call; the answer may be 100 bytes longer. */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
export const MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100;

/** An error as Lambda returns it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
