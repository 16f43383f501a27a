import { ExtractorError } from '../errors';

type Kind = readonly [code: string, retryable: boolean, explain: string];

const KINDS: Readonly<Record<string, Kind>> = {
  ResourceNotFoundException: ['SECRET_NOT_FOUND', false, 'does not exist or has no value; create it, or check the ARN and its region'],
  InvalidRequestException: ['SECRET_NOT_FOUND', false, 'cannot be read in its present state (marked for deletion?); restore it'],
  AccessDeniedException: ['SECRET_ACCESS_DENIED', false, "may not be read by the function's role; grant it secretsmanager:GetSecretValue"],
  DecryptionFailure: ['SECRET_ACCESS_DENIED', false, "cannot be decrypted; grant the function's role kms:Decrypt on its key"],
};

const UNAVAILABLE: Kind = ['SECRET_UNAVAILABLE', true, 'could not be read now'];
const UNREADABLE: Kind = ['SECRET_UNREADABLE', false, 'could not be read'];

const PASSING = /Throttl|TooManyRequests|InternalService|ServiceUnavailable|Timeout|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;

interface Failure {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

/** What Secrets Manager's refusal means for the one who runs the source. */
export function secretError(arn: string, error: unknown): ExtractorError {
  if (error instanceof ExtractorError) {
    return error;
  }
  const { name = '', code = '', message = '', $metadata } = Object(error) as Failure;
  const [ourCode, retryable, explain] = KINDS[name]
    ?? (PASSING.test(`${name} ${code} ${message}`) || ($metadata?.httpStatusCode ?? 0) >= 500 ? UNAVAILABLE : UNREADABLE);
  // Neither cause nor message: what the service echoes is not ours to print.
  return new ExtractorError(ourCode, `secret ${arn} ${explain} (${name || code || 'no name'})`, { retryable, details: { secretArn: arn, cause: name } });
}
