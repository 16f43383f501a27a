import { ExtractorError } from '../errors';
import { Authenticator } from './authenticator';

/** Runs `attempt`; refused with 401 or 403, once more with secrets read anew, since they may have been rotated. */
export async function withFreshSecrets<T>(authenticator: Authenticator, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const refused = error instanceof ExtractorError && !error.retryable && ['HTTP_401', 'HTTP_403'].includes(error.code);
    if (!refused || !authenticator.hasSecrets) {
      throw error;
    }
    authenticator.invalidate();
    return attempt();
  }
}
