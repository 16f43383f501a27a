import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Server, S3ServerOptions, startS3Server } from '../../cli/s3';
import { S3LakeStore } from '../../lambda/extractor/store';
import { partitionPrefix, rawPrefix, SourceState, stateKey } from '../../src/spec';

export const BUCKET = 'lake';

/** A lake on the local S3, with what a test asks of it. */
export class TestLake {
  static async start(hooks: Pick<S3ServerOptions, 'onRequest' | 'onAnswer'> = {}): Promise<TestLake> {
    const root = mkdtempSync(join(tmpdir(), 'test-lake-'));
    mkdirSync(join(root, 's3', BUCKET), { recursive: true });
    const server = await startS3Server({ root: join(root, 's3'), ...hooks });
    return new TestLake(root, server);
  }

  readonly store: S3LakeStore;
  private readonly client: S3Client;

  private constructor(private readonly root: string, private readonly server: S3Server) {
    this.client = new S3Client({
      endpoint: server.endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    this.store = new S3LakeStore({ bucket: BUCKET, client: this.client });
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  /** Keys below a prefix, sorted. */
  keys(prefix: string): string[] {
    return filesBelow(join(this.root, 's3', BUCKET), prefix);
  }

  read(key: string): Buffer {
    return readFileSync(join(this.root, 's3', BUCKET, key));
  }

  /** The lines that a reader of the table sees. */
  lines(source: string, date?: string): string[] {
    return this.keys(date === undefined ? rawPrefix(source) : partitionPrefix(source, date))
      .flatMap((key) => gunzipSync(this.read(key)).toString('utf8').split('\n').slice(0, -1));
  }

  state(source: string): SourceState {
    return JSON.parse(this.read(stateKey(source)).toString('utf8')) as SourceState;
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Paths of the files in a folder below `root`, relative to it and sorted; none when the folder is not there. */
export function filesBelow(root: string, folder: string): string[] {
  const below = (path: string): string[] => readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? below(join(path, entry.name)) : [join(path, entry.name)]));
  try {
    return below(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
