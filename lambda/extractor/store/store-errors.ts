import { ExtractorError } from '../errors';

/** What was asked of the store when it failed. */
export interface StoreRequest {
  /** IAM action, such as `s3:PutObject`. */
  readonly action: string;
  readonly bucket: string;
  readonly key: string;
}

interface ServiceFault {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export const statusOf = (error: unknown): number | undefined => (error as ServiceFault).$metadata?.httpStatusCode;

export const nameOf = (error: unknown): string => (error as ServiceFault).name ?? 'Error';

// Faults of the request that pass by themselves: new credentials, a corrected clock, a body sent again.
const PASSING = /^(ExpiredToken|RequestTimeout|RequestTimeTooSkewed|BadDigest|XAmzContent(Checksum|SHA256)Mismatch|SlowDown|Throttl|TooManyRequests)/;

/** Turns a failure of the SDK into an error that names bucket, key, action and what to do. */
export function storeError(error: unknown, request: StoreRequest): ExtractorError {
  const { action, bucket, key } = request;
  const status = statusOf(error);
  const name = nameOf(error);
  const what = `${action} on s3://${bucket}/${key}`;
  const because = `${name}: ${String((error as ServiceFault).message ?? error).slice(0, 300)}`;
  const make = (code: string, retryable: boolean, text: string) =>
    new ExtractorError(code, text, { retryable, details: { ...request, status, name }, cause: error });

  if (name === 'NoSuchBucket') {
    return make('STORE_BUCKET_MISSING', false, `bucket "${bucket}" does not exist (${what}): deploy it, or correct DATA_BUCKET_NAME`);
  }
  if (name.startsWith('KMS.') || /\bKMS\b|kms:/.test(because)) {
    return make('STORE_KEY_UNUSABLE', false, `the KMS key of bucket "${bucket}" cannot be used (${what}; ${because}): `
      + 'enable the key, and grant the role kms:GenerateDataKey and kms:Decrypt on it');
  }
  if (PASSING.test(name)) {
    return make('STORE_UNAVAILABLE', true, `the store did not serve ${what} (${because}): try again`);
  }
  if (status === 403) {
    return make('STORE_ACCESS_DENIED', false, `access denied: ${what} (${because}). Grant the role ${action} on this key`
      + (action === 's3:GetObject' ? ', and s3:ListBucket on the bucket: without it a missing key is answered by 403 too' : ''));
  }
  // No status at all: the connection was refused, reset or timed out.
  if (status === undefined || status >= 500 || status === 429 || status === 409) {
    return make('STORE_UNAVAILABLE', true, `the store did not serve ${what} (${because}): try again`);
  }
  return make('STORE_ERROR', false, `the store refused ${what} with status ${status} (${because})`);
}
