import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';

/** What the server got. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How the server answers one request. */
export type Behaviour = (request: Received, response: ServerResponse, socket: Socket) => void | Promise<void>;

/**
 * An HTTP server on loopback that answers the n-th request by the n-th behaviour, and all later ones by the last.
 * A route (`/path`) has its own list and count.
 */
export class HostileServer {
  /** @param host a second address of loopback is another origin */
  static async start(behaviours: Behaviour[] | Record<string, Behaviour[]>, host = '127.0.0.1'): Promise<HostileServer> {
    const server = createServer();
    const hostile = new HostileServer(server, Array.isArray(behaviours) ? { '*': behaviours } : behaviours);
    server.on('request', (request, response) => void hostile.answer(request, response));
    server.on('connection', (socket) => {
      hostile.connections++;
      hostile.sockets.add(socket);
      socket.on('close', () => hostile.sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return hostile;
  }

  readonly received: Received[] = [];
  /** TCP connections accepted. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly counts = new Map<string, number>();

  private constructor(private readonly server: Server, private readonly routes: Record<string, Behaviour[]>) {}

  get origin(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const received = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    const path = received.url.split('?')[0];
    const route = path in this.routes ? path : '*';
    const count = this.counts.get(route) ?? 0;
    this.counts.set(route, count + 1);
    const behaviours = this.routes[route] ?? [status(404)];
    await behaviours[Math.min(count, behaviours.length - 1)](received, response, request.socket);
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const json = (value: unknown, headers: Record<string, string> = {}): Behaviour => (_request, response) => {
  response.writeHead(200, { ...JSON_TYPE, ...headers }).end(JSON.stringify(value));
};

export const status = (code: number, headers: Record<string, string> = {}, body = ''): Behaviour => (_request, response) => {
  response.writeHead(code, headers).end(body);
};

/** Any body with any headers, as they are: a wrong Content-Length included. The connection ends after it. */
export const raw = (body: Buffer | string, headers: Record<string, string> = {}): Behaviour => (_request, response, socket) => {
  const lines = Object.entries({ ...JSON_TYPE, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  response.detachSocket(socket);
  socket.write(`HTTP/1.1 200 OK\r\n${lines}connection: close\r\n\r\n`);
  socket.end(body);
};

export const html = (body: string): Behaviour => (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
};

export const redirect = (code: number, location: string): Behaviour => status(code, { location });

/** Never answers. */
export const silence: Behaviour = () => undefined;

/** Headers, then the start of a body, then nothing. */
export const stall = (start = ''): Behaviour => (_request, response) => {
  response.writeHead(200, JSON_TYPE);
  response.flushHeaders();
  response.write(start);
};

/** One byte each interval, for ever. */
export const drip = (intervalMs: number): Behaviour => (_request, response) => {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(' '), intervalMs);
  response.on('close', () => clearInterval(timer));
};

/** Resets the connection (RST), after the start of a body when one is given. */
export const reset = (start?: string): Behaviour => async (_request, response, socket) => {
  if (start !== undefined) {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
    await new Promise((sent) => response.write(start, sent));
    // The reader must have the start before the reset throws away what is under way.
    await new Promise((later) => setTimeout(later, 50));
  }
  socket.resetAndDestroy();
};
