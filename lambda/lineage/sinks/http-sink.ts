import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SEND_TIMEOUT_MS, Sink } from './sink';
import { LineageSinkSpec } from '../../../src/spec/lineage-spec';

type HttpSpec = Extract<LineageSinkSpec, { type: 'http' }>;

/** POSTs each event to an OpenLineage endpoint, such as Marquez's `/api/v1/lineage`. */
export function httpSink(spec: HttpSpec, secrets = new SecretsManagerClient({})): Sink {
  let authorization: Promise<string> | undefined;
  const { origin, pathname } = new URL(spec.url);
  return {
    name: `${origin}${pathname}`,
    send: async (event) => {
      authorization ??= spec.secretArn === undefined ? undefined : bearer(spec, secrets);
      authorization?.catch(() => { authorization = undefined; }); // read again with the next event
      const response = await fetch(spec.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization: await authorization }) },
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

async function bearer({ secretArn, secretField }: HttpSpec, secrets: SecretsManagerClient): Promise<string> {
  const { SecretString: text = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const value: unknown = secretField === undefined ? text : (JSON.parse(text) as Record<string, unknown>)[secretField];
  if (typeof value !== 'string' || value === '') {
    throw new Error(`the secret has no text${secretField === undefined ? '' : ` under "${secretField}"`}`);
  }
  return `Bearer ${value}`;
}
