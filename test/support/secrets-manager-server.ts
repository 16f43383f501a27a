import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';

/** What a secret's ARN answers: its text, binary, or an error of the service by its name. */
export type FakeSecret = string | { readonly binary: string } | { readonly error: string; readonly status?: number };

const ENDPOINT = 'AWS_ENDPOINT_URL_SECRETS_MANAGER';
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  // One attempt: the tests count requests.
  AWS_MAX_ATTEMPTS: '1',
};

/** Secrets Manager's GetSecretValue on loopback; the SDK finds it by environment until `close`. */
export class FakeSecretsManager {
  static async start(secrets: Record<string, FakeSecret>): Promise<FakeSecretsManager> {
    const server = createServer();
    const fake = new FakeSecretsManager(server, secrets);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const arn = JSON.parse(Buffer.concat(chunks).toString()).SecretId as string;
      fake.asked.push(arn);
      const secret = fake.secrets[arn] ?? { error: 'ResourceNotFoundException' };
      const send = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      if (typeof secret === 'string') {
        send(200, { ARN: arn, Name: arn, SecretString: secret });
      } else if ('binary' in secret) {
        send(200, { ARN: arn, Name: arn, SecretBinary: secret.binary });
      } else {
        send(secret.status ?? 400, { __type: secret.error, Message: `refused, echoing ${arn}` });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, ENVIRONMENT, { [ENDPOINT]: `http://127.0.0.1:${port}` });
    return fake;
  }

  /** ARNs asked for, in order. */
  readonly asked: string[] = [];
  private readonly before = { ...process.env };

  private constructor(private readonly server: Server, readonly secrets: Record<string, FakeSecret>) {}

  async close(): Promise<void> {
    for (const name of [...Object.keys(ENVIRONMENT), ENDPOINT]) {
      delete process.env[name];
      if (this.before[name] !== undefined) {
        process.env[name] = this.before[name];
      }
    }
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
