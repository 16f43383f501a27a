import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { GLUE_OPERATIONS, GlueError, GlueInput, GlueServices } from '../../glue';
import { EventEntry, Outbox, putEvents } from '../../workflow/tasks/messages';

export interface LocalAws {
  /** What functions get, so that no call of theirs leaves this machine. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

type Operation = (input: GlueInput) => unknown;

/** The other AWS services on loopback, for the functions: Glue, and EventBridge into the outbox. What there is not is refused by name. */
export async function startLocalAws(glue: GlueServices, outbox: Outbox): Promise<LocalAws> {
  const operations = new Map<string, Operation>([
    ...Object.entries(GLUE_OPERATIONS).map(([name, { run }]): [string, Operation] => [`AWSGlue.${name}`, (input) => run(glue, input)]),
    ['AWSEvents.PutEvents', ({ Entries }) => putEvents(Entries as readonly EventEntry[], outbox)],
  ]);
  const server = createServer((request, response) => void answer(operations, request, response));
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}

/** The AWS JSON 1.1 protocol (Smithy specification, "AWS JSON 1.1 protocol"). */
async function answer(operations: ReadonlyMap<string, Operation>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`);
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  const operation = operations.get(target);
  const reply = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  if (operation === undefined) {
    // A client error: the SDK would repeat a server's.
    reply(400, { __type: 'NotSupportedLocally', message: `${target} is not there on this machine` });
    return;
  }
  try {
    reply(200, await operation(JSON.parse(text) as GlueInput));
  } catch (error) {
    const known = error instanceof GlueError;
    reply(known ? 400 : 500, { __type: known ? error.code : 'InternalServiceException', message: (error as Error).message });
  }
}
