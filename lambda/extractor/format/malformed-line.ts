import { ExtractorError } from '../errors';

/** Adds the line, counted from 1 in the response. */
export function malformedLine(error: ExtractorError, line: number): ExtractorError {
  return new ExtractorError(error.code, `line ${line}: ${error.message}`, { retryable: error.retryable, details: { ...error.details, line }, cause: error });
}

/** Retryable as malformed JSON is: a cut or garbled body is mostly a fault of the way. Never quotes the response. */
export function malformedCsv(what: string, line: number): ExtractorError {
  return new ExtractorError('MALFORMED_RESPONSE', `line ${line}: the response is not valid CSV: ${what}`, { retryable: true, details: { line } });
}
