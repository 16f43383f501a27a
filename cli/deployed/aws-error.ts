import { CommandError, messageOf } from '../errors';

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly requestId?: string };
}

/** Calls AWS; what goes wrong comes back with what to do about it. */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof CommandError ? error : explain(what, error);
  }
}

export const isAwsError = (error: unknown, name: string): boolean =>
  (error as SdkError | undefined)?.name === name || (error instanceof CommandError && error.code === name);

const CREDENTIAL_ERRORS = ['CredentialsProviderError', 'TokenProviderError', 'ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId'];

function explain(what: string, error: unknown): CommandError {
  const { name = 'Error', $metadata } = error as SdkError;
  const message = messageOf(error);
  if (CREDENTIAL_ERRORS.includes(name)) {
    return new CommandError('NO_CREDENTIALS', `cannot ${what}: no usable AWS credentials (${message})`, {
      hint: 'sign in (`aws sso login`, or AWS_PROFILE), or add --local to work on this machine', cause: error,
    });
  }
  if (/region is missing|region not accepted/i.test(message)) {
    return new CommandError('NO_REGION', `cannot ${what}: no AWS region is set, and the stack names none`, { hint: 'set AWS_REGION or AWS_PROFILE', cause: error });
  }
  return new CommandError(name, `cannot ${what}: ${message}`, { details: { requestId: $metadata?.requestId }, cause: error });
}
