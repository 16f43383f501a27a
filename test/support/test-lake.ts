import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Server, S3ServerOptions, startS3Server } from '../../cli/s3';
import { S3LakeStore } from '../../lambda/extractor/store';
import { partitionPrefix, quarantinePrefix, rawPrefix, SourceState, stateKey } from '../../src/spec';

export const BUCKET = 'lake';

/** A lake on the local S3, with what a test asks of it. */
export class TestLake {
  static async start(hooks: Pick<S3ServerOptions, 'onRequest' | 'onAnswer'> = {}): Promise<TestLake> {
    const root = mkdtempSync(join(tmpdir(), 'test-lake-'));
    const server = await startS3Server({ root: join(root, 's3'), ...hooks });
    return new TestLake(root, server);
  }

  readonly store: S3LakeStore;
  private readonly clients: S3Client[] = [];

  private constructor(private readonly root: string, private readonly server: S3Server) {
    this.store = this.bucket(BUCKET);
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  /** A bucket of the S3, made when it is not there. */
  bucket(name: string): S3LakeStore {
    mkdirSync(join(this.root, 's3', name), { recursive: true });
    const client = new S3Client({
      endpoint: this.server.endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    this.clients.push(client);
    return new S3LakeStore({ bucket: name, client });
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
    return this.linesBelow(date === undefined ? rawPrefix(source) : partitionPrefix(source, date));
  }

  quarantineLines(source: string): string[] {
    return this.linesBelow(quarantinePrefix(source));
  }

  state(source: string): SourceState {
    return JSON.parse(this.read(stateKey(source)).toString('utf8')) as SourceState;
  }

  private linesBelow(prefix: string): string[] {
    return this.keys(prefix).flatMap((key) => gunzipSync(this.read(key)).toString('utf8').split('\n').slice(0, -1));
  }

  async close(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
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
