import { ExtractorError } from '../errors';

/** @param record its number in the response, from 1 on */
export function recordTooLarge(record: number, maxRecordBytes: number): ExtractorError {
  const message = `record ${record} of the response is longer than ${maxRecordBytes} bytes: raise limits.maxRecordBytes if the function's memory allows`;
  return new ExtractorError('RECORD_TOO_LARGE', message, { retryable: false, details: { record, maxRecordBytes } });
}
