import { createServer, IncomingHttpHeaders, IncomingMessage, request, Server, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';
import { RUNS_PREFIX, SourceState, STAGING_PREFIX, STATE_PREFIX } from '../../../src/spec';

export type S3Operation = 'GET' | 'HEAD' | 'LIST' | 'PUT' | 'COPY' | 'DELETE';

/** One request on its way to the lake. */
export interface S3Call {
  readonly operation: S3Operation;
  readonly bucket: string;
  /** Empty for a list. */
  readonly key: string;
  /** Path and query as they go on to the store. */
  path: string;
  body: Buffer;
}

/** True for the first call that fits, and for no other. */
export const first = (fits: (call: S3Call) => boolean) => {
  let left = 1;
  return (call: S3Call) => fits(call) && left-- > 0;
};

/** What the store answered, before the client gets it. */
export interface S3Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An answer in the store's place: an error of S3 by its code, or a connection that breaks. */
export type S3Fault = 'cut' | { readonly status: number; readonly code: string; readonly message?: string };

type Hook<Rest extends unknown[]> = (call: S3Call, ...rest: Rest) => S3Fault | void | Promise<S3Fault | void>;

export const isPart = ({ operation, key }: S3Call) => operation === 'PUT' && key.startsWith(STAGING_PREFIX) && key.endsWith('.gz');

export const isCheckpoint = ({ operation, key }: S3Call) => operation === 'PUT' && key.startsWith(STAGING_PREFIX) && key.endsWith('.json');

export const isResult = ({ operation, key }: S3Call) => operation === 'PUT' && key.startsWith(RUNS_PREFIX);

export const isStateWrite = ({ operation, key }: S3Call) => operation === 'PUT' && key.startsWith(STATE_PREFIX);

/** The compare-and-swap that commits. */
export const isCommit = (call: S3Call) => isStateWrite(call) && (JSON.parse(call.body.toString()) as SourceState).pending?.helped === false;

export const isWrite = ({ operation }: S3Call) => ['PUT', 'COPY', 'DELETE'].includes(operation);

/**
 * The network between one process and the lake's S3: every request passes here, and can be refused before it
 * reached the store (`before`), lost or changed after the store has done it (`after`), or held for ever (`freeze`).
 */
export class S3Gate {
  static async start(endpoint: string): Promise<S3Gate> {
    const server = createServer();
    const gate = new S3Gate(server, new URL(endpoint));
    server.keepAliveTimeout = 0;
    server.on('request', (message, response) => void gate.pass(message, response).catch(() => response.destroy()));
    server.on('connection', (socket) => {
      gate.sockets.add(socket);
      socket.on('close', () => gate.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  /** All that came, in order. */
  readonly calls: S3Call[] = [];
  private frozen = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly target: URL) {}

  before: Hook<[]> = () => undefined;
  after: Hook<[reply: S3Reply]> = () => undefined;

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on nothing passes and nothing is answered: for the lake, the process behind this gate is dead. */
  freeze(): void {
    this.frozen = true;
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.before = () => undefined;
    this.after = () => undefined;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = callOf(message, await bodyOf(message));
    this.calls.push(call);
    const early = this.frozen ? undefined : await this.before(call);
    if (this.frozen) {
      return;
    }
    if (early) {
      return answer(response, early, message.method);
    }
    const reply = await this.forward(message, call);
    const late = await this.after(call, reply);
    if (this.frozen) {
      return;
    }
    if (late) {
      return answer(response, late, message.method);
    }
    response.writeHead(reply.status, reply.headers).end(message.method === 'HEAD' ? undefined : reply.body);
  }

  private forward({ method, headers }: IncomingMessage, { path, body }: S3Call): Promise<S3Reply> {
    return new Promise((resolve, reject) => {
      const { expect: _expect, ...passed } = headers;
      const onward = request({ host: this.target.hostname, port: this.target.port, method, path, headers: passed }, (reply) => {
        bodyOf(reply).then((received) => resolve({ status: reply.statusCode!, headers: reply.headers, body: received }), reject);
      });
      onward.on('error', reject).end(body);
    });
  }
}

function answer(response: ServerResponse, fault: S3Fault, method?: string): void {
  if (fault === 'cut') {
    response.socket?.resetAndDestroy();
    return;
  }
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${fault.code}</Code><Message>${fault.message ?? fault.code}</Message><RequestId>1</RequestId></Error>`;
  response.writeHead(fault.status, { 'content-type': 'application/xml', 'date': new Date().toUTCString() }).end(method === 'HEAD' ? undefined : xml);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function callOf({ method, url, headers }: IncomingMessage, body: Buffer): S3Call {
  const [, bucket, rest] = /^\/([^/?]*)\/?([^?]*)/.exec(url!)!;
  const key = decodeURIComponent(rest);
  const operation = method === 'GET' && key === '' ? 'LIST' : method === 'PUT' && headers['x-amz-copy-source'] ? 'COPY' : method as S3Operation;
  return { operation, bucket, key, path: url!, body };
}

/**
 * Where run after run dies: after a write that none before it died after. A write is known by its kind and its place among
 * its kind, because writes of different kinds run at once, in any order.
 */
export class DeathAfterEachWrite {
  private readonly died = new Set<string>();

  /** Operations and prefixes of the writes that runs died after. */
  get kinds(): Set<string> {
    return new Set([...this.died].map((write) => write.replace(/ \d+$/, '')));
  }

  /** For one run. */
  next(): (call: S3Call, when: 'before' | 'after') => boolean {
    const seen = new Map<string, number>();
    let dead = false;
    return (call, when) => {
      if (when !== 'after' || !isWrite(call) || dead) {
        return false;
      }
      const kind = `${call.operation} ${call.key.split('/')[0]}`;
      const place = (seen.get(kind) ?? 0) + 1;
      seen.set(kind, place);
      dead = !this.died.has(`${kind} ${place}`);
      this.died.add(`${kind} ${place}`);
      return dead;
    };
  }
}
