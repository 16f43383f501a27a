import { SEND_TIMEOUT_MS, Sink } from './sink';
import { LineageSinkSpec } from '../../../src/spec/lineage-spec';
import { SecretReader } from '../../extractor/auth';

type HttpSpec = Extract<LineageSinkSpec, { type: 'http' }>;

/** POSTs each event to an OpenLineage endpoint, such as Marquez's `/api/v1/lineage`. */
export function httpSink({ url, secretArn, secretField: field }: HttpSpec, secrets = new SecretReader()): Sink {
  const { origin, pathname } = new URL(url);
  return {
    name: `${origin}${pathname}`,
    send: async (event) => {
      const authorization = secretArn === undefined ? undefined : `Bearer ${await secrets.read({ secretArn, field })}`;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
        body: JSON.stringify(event),
        redirect: 'error', // the token is for this address only
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (!response.ok) {
        throw new Error(`HTTP status ${response.status}`);
      }
    },
  };
}
