/**
 * As much S3 as the extractor uses, as cheap as can be, since it takes the contenders' cores: every byte is received and conditions
 * hold, but of a part only the length is kept, because nobody reads it.
 */
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeWithParent, say } from '../support/program-end';

interface StoredObject {
  readonly etag: string;
  readonly size: number;
  /** Undefined for a part. */
  readonly body?: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

const LARGEST_KEPT = 1024 * 1024;
const METADATA = 'x-amz-meta-';

const objects = new Map<string, StoredObject>();
let writes = 0;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const key = decodeURIComponent(url.pathname).slice(1);
  if (request.method === 'PUT') {
    const from = request.headers['x-amz-copy-source'];
    if (from === undefined) {
      put(key, request, response);
    } else {
      copy(decodeURIComponent(String(from)), key, request, response);
    }
  } else if (request.method === 'DELETE') {
    objects.delete(key);
    response.writeHead(204).end();
  } else if (url.searchParams.has('list-type')) {
    list(`${key.replace(/\/$/, '')}/${url.searchParams.get('prefix') ?? ''}`, response);
  } else {
    get(key, request, response);
  }
});

function put(key: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST_KEPT) {
      chunks.push(chunk);
    }
  });
  request.on('end', () => {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const present = objects.get(key);
    if ((ifNoneMatch !== undefined && present) || (ifMatch !== undefined && ifMatch !== present?.etag)) {
      fail(response, present ? 412 : 404);
      return;
    }
    const { etag } = store(key, { size, body: size <= LARGEST_KEPT ? Buffer.concat(chunks) : undefined, metadata: metadataOf(request) });
    response.writeHead(200, { etag }).end();
  });
}

function copy(from: string, key: string, request: IncomingMessage, response: ServerResponse): void {
  const source = objects.get(from.replace(/^\//, ''));
  if (!source || request.headers['x-amz-copy-source-if-match'] !== source.etag) {
    fail(response, source ? 412 : 404);
    return;
  }
  const { etag } = store(key, { ...source, metadata: metadataOf(request) });
  response.end(`<CopyObjectResult><ETag>${etag}</ETag></CopyObjectResult>`);
}

function get(key: string, request: IncomingMessage, response: ServerResponse): void {
  const object = objects.get(key);
  if (!object) {
    fail(response, 404);
    return;
  }
  response.writeHead(200, { 'etag': object.etag, 'content-length': object.size, ...object.metadata });
  response.end(request.method === 'HEAD' ? undefined : object.body);
}

function list(prefix: string, response: ServerResponse): void {
  const bucket = prefix.slice(0, prefix.indexOf('/') + 1);
  const contents = [...objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { etag, size }]) => `<Contents><Key>${key.slice(bucket.length)}</Key><ETag>${etag}</ETag><Size>${size}</Size></Contents>`);
  response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`);
}

function store(key: string, object: Omit<StoredObject, 'etag'>): StoredObject {
  const stored = { ...object, etag: `"${++writes}"` };
  objects.set(key, stored);
  return stored;
}

const metadataOf = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(METADATA)).map(([name, value]) => [name, String(value)]));

function fail(response: ServerResponse, status: 404 | 412): void {
  response.writeHead(status).end(`<Error><Code>${status === 404 ? 'NoSuchKey' : 'PreconditionFailed'}</Code></Error>`);
}

server.listen(0, '127.0.0.1', () => {
  say({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  closeWithParent(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
