import { ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/free-port';
import { LakeFiles } from '../../support/lake-reader';
import { filesBelow } from '../../support/test-lake';

/** The server's program: `VERSITYGW=$(.ci/versitygw) npx jest test/s3-peer`. */
const PROGRAM = process.env.VERSITYGW;

const START_MS = 20_000;

/** A describe that is skipped, and counted as skipped, where the server is not there. */
export const describeWithPeer: jest.Describe = PROGRAM === undefined ? describe.skip : describe;

/** A real S3 server that is not ours: versitygw over a folder, on loopback. */
export class S3Peer implements LakeFiles {
  static async start(bucket: string): Promise<S3Peer> {
    const root = mkdtempSync(join(tmpdir(), 's3-peer-'));
    mkdirSync(join(root, bucket));
    const port = await freePort();
    const args = ['--access', 'test', '--secret', 'test-secret', '--port', `127.0.0.1:${port}`, '--quiet', 'posix', root];
    const server = spawn(PROGRAM!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const peer = new S3Peer(join(root, bucket), root, server, `http://127.0.0.1:${port}`);
    await peer.listening();
    return peer;
  }

  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly root: string,
    private readonly server: ChildProcess,
    readonly endpoint: string,
  ) {
    [server.stdout, server.stderr].forEach((stream) => stream!.on('data', (chunk) => { this.output += String(chunk); }));
  }

  /** What leads an SDK to the server. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      AWS_SESSION_TOKEN: '',
    };
  }

  /** Keys below a prefix, sorted: an object is a file. */
  keys(prefix: string): string[] {
    return filesBelow(this.folder, prefix);
  }

  read(key: string): Buffer {
    return readFileSync(join(this.folder, key));
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.server.once('exit', done));
    if (this.server.exitCode === null && this.server.kill('SIGKILL')) {
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  private async listening(): Promise<void> {
    const end = performance.now() + START_MS;
    for (;;) {
      const answer = await fetch(this.endpoint).catch(() => undefined);
      if (answer) {
        return;
      }
      if (this.server.exitCode !== null || performance.now() > end) {
        await this.close();
        throw new Error(`versitygw did not start: ${this.output}`);
      }
      await sleep(50);
    }
  }
}
