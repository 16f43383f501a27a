import { DATA_LIMIT_EXCEEDED, StateError } from './state-error';

/** "Step Functions service quotas": input or output of a task, state or execution, as a UTF-8 string. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

/** @throws StateError `States.DataLimitExceeded`, as in AWS: what passes here passes there. */
export function checkPayload<T>(value: T, state: string, what: string): T {
  const bytes = Buffer.byteLength(JSON.stringify(value ?? null));
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new StateError(DATA_LIMIT_EXCEEDED, `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit: its ${what} has ${bytes} bytes, the limit is ${MAX_PAYLOAD_BYTES}.`);
  }
  return value;
}
