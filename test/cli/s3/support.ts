import { mkdtempSync, rmSync } from 'fs';
import { request } from 'http';
import { tmpdir } from 'os';
import { join } from 'path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Server, S3ServerOptions, startS3Server } from '../../../cli/s3';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const BUCKET = 'lake';

/** A running server over a fresh folder, with the real SDK's client. */
export interface Lake {
  readonly folder: string;
  readonly root: string;
  server: S3Server;
  client: S3Client;
  /** The same folder under a new server, as after a restart. */
  restart(): Promise<void>;
  put(key: string, body: string, input?: object): Promise<string>;
  text(key: string): Promise<string>;
}

const lakes: Lake[] = [];

export async function startLake(options: Partial<S3ServerOptions> = {}): Promise<Lake> {
  const folder = mkdtempSync(join(tmpdir(), 's3-test-'));
  const root = join(folder, 's3');
  const server = await startS3Server({ root, ...options });
  const lake: Lake = {
    folder,
    root,
    server,
    client: clientOf(server),
    restart: async () => {
      lake.client.destroy();
      await lake.server.close();
      lake.server = await startS3Server({ root, ...options });
      lake.client = clientOf(lake.server);
    },
    put: async (key, body, input = {}) => (await lake.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ...input }))).ETag ?? '',
    text: async (key) => {
      const { Body } = await lake.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      return (await Body?.transformToString()) ?? '';
    },
  };
  lakes.push(lake);
  await lake.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return lake;
}

const clientOf = (server: S3Server) => new S3Client({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
});

export async function cleanUp(): Promise<void> {
  for (const lake of lakes.splice(0)) {
    lake.client.destroy();
    await lake.server.close();
    rmSync(lake.folder, { recursive: true, force: true });
  }
}

/** Status and error name of a call, `200` for a success. */
export async function outcome(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<string> {
  try {
    return String((await call).$metadata.httpStatusCode);
  } catch (error: any) {
    return `${error.$metadata?.httpStatusCode} ${error.name}`;
  }
}

/** A request as it stands, without an SDK. */
export async function raw(lake: Lake, method: string, path: string, headers: Record<string, string> = {}, body: Buffer | string = '') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((done, fail) => {
    const call = request({ host: '127.0.0.1', port: lake.server.port, method, path, headers: { 'content-length': Buffer.byteLength(body), ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => { text += piece; });
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on('error', fail);
    call.end(body);
  });
}
