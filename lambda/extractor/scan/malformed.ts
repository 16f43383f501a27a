import { ExtractorError } from '../errors';

/**
 * The response is no JSON. Retryable: a cut or garbled body is mostly a fault of the way, not of the data.
 *
 * @param what is wrong; never a piece of the response, which may hold secrets
 * @param offset of the byte in the decompressed response
 */
export function malformed(what: string, offset: number): ExtractorError {
  return new ExtractorError('MALFORMED_RESPONSE', `the response is not valid JSON: ${what} at byte ${offset}`, {
    retryable: true,
    details: { offset },
  });
}
