import { ExtractorError } from '../errors';
import { Authenticator } from './authenticator';

/** Refused by the API, or by the token endpoint that gives the way to it. */
const REFUSALS = ['HTTP_401', 'HTTP_403', 'TOKEN_REFUSED', 'RULE_REFRESH_AUTH'];

/** Runs `attempt`; refused, once more with secrets read anew, since they may have been rotated, and with a new token. */
export async function withFreshSecrets<T>(authenticator: Authenticator, attempt: () => Promise<T>): Promise<T> {
  const { generation } = authenticator;
  try {
    return await attempt();
  } catch (error) {
    const refused = error instanceof ExtractorError && !error.retryable && REFUSALS.includes(error.code);
    if (!refused || !authenticator.hasSecrets) {
      throw error;
    }
    authenticator.invalidate(generation);
    return attempt();
  }
}
