import { randomBytes } from 'crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import type { AddressInfo } from 'net';
import { resolve } from 'path';
import { Readable } from 'stream';
import { pipeline } from 'stream/promises';
import { CommandError } from '../errors';
import { S3Error } from './errors';
import { ObjectStore } from './object-store';
import { parseRequest, S3Answer, S3Request } from './request';
import { operationOf } from './router';
import { xmlDocument } from './xml';

/** What the hooks are told of a request. */
export interface S3RequestInfo {
  /** As the AWS API names it; `Unknown` for what the local S3 does not know. */
  readonly operation: string;
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export interface S3AnswerInfo extends S3RequestInfo {
  readonly status: number;
  /** S3's code of an error. */
  readonly errorCode?: string;
}

export interface S3ServerOptions {
  /** Folder whose sub-folders are the buckets. */
  readonly root: string;
  /** Folder for what is no object's content, on the same file system. @default - the root with `-meta` behind its name */
  readonly metadataRoot?: string;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Called before a request is handled; an S3Error thrown here is the answer. */
  readonly onRequest?: (info: S3RequestInfo) => void | Promise<void>;
  /** Called after the change is made and before the client hears of it. */
  readonly onAnswer?: (info: S3AnswerInfo) => void | Promise<void>;
}

export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 1000;

/** Amazon S3 over a folder: what the AWS SDK sends, path style, to loopback. Credentials are not checked. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { port = 0, host = '127.0.0.1' } = options;
  const root = resolve(options.root);
  const store = new ObjectStore(root, resolve(options.metadataRoot ?? `${root}-meta`));
  const server = createServer((message, response) => void serve(store, options, message, response));
  // A 16 MiB part over a slow pipe must not meet Node's five minutes.
  server.requestTimeout = 0;
  // Closing an idle connection races with the client's next request, which then fails with ECONNRESET.
  server.keepAliveTimeout = 0;
  try {
    await listen(server, port, host);
  } catch (error) {
    store.close();
    throw error;
  }
  const bound = (server.address() as AddressInfo).port;
  return { endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound, close: async () => close(server, store) };
}

async function serve(store: ObjectStore, options: S3ServerOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  let answer: S3Answer | undefined;
  try {
    answer = await answerTo(store, options, message, requestId);
    await send(message, response, answer, requestId);
  } catch {
    // A client that went away, or a hook that failed after the change.
    if (answer?.body instanceof Readable) answer.body.destroy();
    response.destroy();
  }
}

async function answerTo(store: ObjectStore, options: S3ServerOptions, message: IncomingMessage, requestId: string): Promise<S3Answer> {
  let info: S3RequestInfo = { operation: 'Unknown', method: message.method ?? '', bucket: '', key: '', query: new URLSearchParams() };
  let answer: S3Answer;
  let errorCode: string | undefined;
  try {
    const request = parseRequest(message);
    const operation = operationOf(request);
    info = describe(request, operation.name);
    await options.onRequest?.(info);
    answer = await operation.handle(store, request);
  } catch (error) {
    if (message.destroyed && !message.complete) throw error;
    const failure = error instanceof S3Error ? error : new S3Error('InternalError', `We encountered an internal error: ${(error as Error).message}`);
    errorCode = failure.code;
    answer = errorAnswer(failure, message.url ?? '/', requestId);
  }
  try {
    await options.onAnswer?.({ ...info, status: answer.status, errorCode });
  } catch (error) {
    if (answer.body instanceof Readable) answer.body.destroy();
    throw error;
  }
  return answer;
}

const describe = ({ method, bucket, key, query }: S3Request, operation: string): S3RequestInfo => ({ operation, method, bucket, key, query });

function errorAnswer(error: S3Error, resource: string, requestId: string): S3Answer {
  const document = { Code: error.code, Message: error.message, Resource: resource.split('?')[0], RequestId: requestId };
  const body = error.status === 304 ? undefined : xmlDocument('Error', document, false);
  return { status: error.status, headers: error.headers, body };
}

async function send(message: IncomingMessage, response: ServerResponse, answer: S3Answer, requestId: string): Promise<void> {
  const { status, headers = {}, body } = answer;
  const defined = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  response.writeHead(status, {
    'x-amz-request-id': requestId,
    'x-amz-id-2': requestId,
    ...typeof body === 'string' ? { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) } : {},
    ...status === 204 || status === 304 || body !== undefined || 'content-length' in headers ? {} : { 'content-length': 0 },
    ...Object.fromEntries(defined),
  });
  // What a refused request still sends is read and dropped, so that the client gets to read the answer.
  message.resume();
  if (body instanceof Readable) {
    await pipeline(body, response);
  } else {
    response.end(message.method === 'HEAD' ? undefined : body);
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(error.code === 'EADDRINUSE' ? portInUse(port, host, error) : error));
    server.listen(port, host, done);
  });
}

const portInUse = (port: number, host: string, cause: Error) => new CommandError(
  'PORT_IN_USE',
  `port ${port} on ${host} is in use by another program`,
  { hint: 'stop that program, name another port, or name none to take any free one', cause },
);

async function close(server: Server, store: ObjectStore): Promise<void> {
  if (server.listening) {
    const closed = new Promise((done) => server.close(done));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(timer);
  }
  store.close();
}
