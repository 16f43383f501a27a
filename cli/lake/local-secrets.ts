import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

/** A secret's value on this machine stands in an environment variable: never in the lake, never on the command line. */
const VARIABLE_PREFIX = 'DATALAKE_SECRET_';

export interface LocalSecrets {
  /** What the function gets to reach them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that were asked for and are not set: one list a secret, of which any will do. */
  readonly missing: readonly (readonly string[])[];
  close(): Promise<void>;
}

/** Secrets Manager on loopback: answers GetSecretValue from the environment. */
export async function startLocalSecrets(): Promise<LocalSecrets> {
  const missing: string[][] = [];
  const server = createServer((request, response) => void answer(request, response, (variables) => missing.push(variables)));
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    missing,
    environment: { AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, missing: (variables: string[]) => unknown): Promise<void> {
  const { SecretId } = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')) as { SecretId?: string };
  const variables = variablesOf(SecretId ?? '');
  const value = variables.map((name) => process.env[name]).find((text) => text !== undefined);
  if (value === undefined) {
    missing(variables);
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ ARN: SecretId, SecretString: value }));
}

/** By the secret's name; an ARN ends with six characters that Secrets Manager added to it. */
export function variablesOf(secretId: string): string[] {
  const name = secretId.slice(secretId.lastIndexOf(':') + 1);
  const names = /-[A-Za-z0-9]{6}$/.test(name) && secretId.startsWith('arn:') ? [name.slice(0, -7), name] : [name];
  return names.map((one) => VARIABLE_PREFIX + one.toUpperCase().replace(/[^A-Z0-9]/g, '_'));
}
