import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import type { AddressInfo } from 'net';
import { FunctionError, HEADER_PEAK_KIB, MAX_RESPONSE_BYTES, RUNTIME_API } from './protocol';

export type Outcome = { readonly payload: unknown } | { readonly error: FunctionError };

/** What the child says. */
export interface RuntimeApiEvents {
  /** It is ready for an invocation, to be answered with this response. */
  next(response: ServerResponse): void;
  outcome(requestId: string, outcome: Outcome): void;
  initError(error: FunctionError): void;
  peak(kib: number): void;
}

/** The host's end of the Runtime API, on loopback. */
export class RuntimeApi {
  private readonly server: Server;

  constructor(private readonly events: RuntimeApiEvents) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
    // The child is silent while its handler works; a connection that Node closes meanwhile would lose its answer.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
  }

  /** Returns host:port. */
  async listen(): Promise<string> {
    await new Promise<void>((done, fail) => this.server.once('error', fail).listen(0, '127.0.0.1', done));
    this.server.unref();
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.events.peak(Number(request.headers[HEADER_PEAK_KIB] ?? 0));
    const path = (request.url ?? '').startsWith(RUNTIME_API) ? (request.url ?? '').slice(RUNTIME_API.length) : '';
    if (request.method === 'GET' && path === '/invocation/next') return this.events.next(response);
    const body = await read(request);
    const invocation = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path);
    if (request.method === 'POST' && invocation) {
      this.events.outcome(invocation[1], invocation[2] === 'error' ? { error: parseError(body) } : parseResponse(body));
    } else if (request.method === 'POST' && path === '/init/error') {
      this.events.initError(parseError(body));
    } else {
      response.writeHead(404).end(JSON.stringify({ errorType: 'NotFound', errorMessage: `no such call in the Runtime API: ${request.method} ${path}` }));
      return;
    }
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'OK' }));
  }
}

interface Body { readonly text: string; readonly bytes: number }

/** A body beyond the limit is counted and dropped. */
async function read(request: IncomingMessage): Promise<Body> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= MAX_RESPONSE_BYTES) pieces.push(piece);
  }
  return { text: Buffer.concat(pieces).toString(), bytes };
}

function parseResponse({ text, bytes }: Body): Outcome {
  if (bytes > MAX_RESPONSE_BYTES) {
    const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  try {
    return { payload: JSON.parse(text) };
  } catch {
    return { error: { errorType: 'Runtime.InvalidResponse', errorMessage: 'The function answered with something other than JSON.' } };
  }
}

function parseError({ text }: Body): FunctionError {
  try {
    const { errorType, errorMessage, trace } = JSON.parse(text);
    return { errorType: String(errorType), errorMessage: String(errorMessage), ...Array.isArray(trace) ? { trace: trace.map(String) } : {} };
  } catch {
    return { errorType: 'Runtime.Unknown', errorMessage: 'The function failed with an error that is not readable.' };
  }
}
