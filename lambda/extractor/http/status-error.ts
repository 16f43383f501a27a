import { RETRYABLE_STATUS } from '../../../src/spec/defaults';
import { ExtractorError } from '../errors';

export type Peer = 'API' | 'token endpoint';

export interface FailedStatus {
  readonly call: string;
  /** @default 'API' */
  readonly peer?: Peer;
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** Start of the body, redacted. */
  readonly excerpt: string;
  /** Origin of the API, when the request went elsewhere and so without credentials. */
  readonly withoutCredentialsOf?: string;
}

/** The error for a response that is no success: `HTTP_<status>`. */
export function statusError(failed: FailedStatus): ExtractorError {
  const { call, peer = 'API', status, retryAfterSeconds } = failed;
  const body = failed.excerpt === '' ? '' : `: ${failed.excerpt}`;
  return new ExtractorError(`HTTP_${status}`, `${call}: the ${peer} answered ${status}${advice(failed)}${body}`, {
    // A 403 that names a time is a rate limit (GitHub and others answer so), not a lack of rights.
    retryable: RETRYABLE_STATUS.includes(status) || (status === 403 && retryAfterSeconds !== undefined),
    retryAfterSeconds,
    details: { status, call },
  });
}

function advice({ peer, status, withoutCredentialsOf }: FailedStatus): string {
  if (peer === 'token endpoint') {
    return [400, 401, 403].includes(status) ? ' (check the client, its secret and what it asks for)' : [404, 405].includes(status) ? ' (check tokenUrl)' : '';
  }
  if ((status === 401 || status === 403) && withoutCredentialsOf !== undefined) {
    return ` (credentials are sent to ${withoutCredentialsOf} only; set the source's url to the final address)`;
  }
  if (status === 401 || status === 403) {
    return ' (check the source\'s auth and the secret it names)';
  }
  return status === 404 ? ' (check the source\'s url and pagination)' : '';
}
