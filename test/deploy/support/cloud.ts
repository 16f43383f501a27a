import { ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ACCOUNT, REGION } from './application';
import { cleanEnvironment, Ended } from '../../support/datalake-bin';
import { freePort } from '../../support/free-port';

/** A Python that has ministack: `MINISTACK=$(.ci/ministack) npx jest test/deploy`. */
const PYTHON = process.env.MINISTACK;

const ROOT = resolve(__dirname, '../../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
const START_MS = 30_000;
const CDK_MS = 60_000;
const DECISION_MS = 30_000;
const MAX_OUTPUT = 2 ** 26;

/** A describe that is skipped, and counted as skipped, where the emulator is not there. */
export const describeWithCloud: jest.Describe = PYTHON === undefined ? describe.skip : describe;

/** What IAM decided about a call. */
export interface Decision {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
}

/** Fails with what a command said, unless it ended well. */
export function succeeded({ code, stdout, stderr }: Ended): void {
  if (code !== 0) {
    throw new Error(`ended with ${code}: ${`${stdout}\n${stderr}`.split('\n').filter((line) => /FAILED|rror|❌|fail/.test(line)).join('\n')}`);
  }
}

/** An account on loopback: ministack with IAM enforced over TLS, and with what its start-up plugin adds. */
export class Cloud {
  static async start(): Promise<Cloud> {
    const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
    // Lambda's own runtime brings the SDK: the CDK's function that empties buckets relies on it. Ours bundle theirs.
    mkdirSync(join(folder, 'runtime/node_modules'), { recursive: true });
    ['@aws-sdk', '@smithy', '@aws'].forEach((scope) => symlinkSync(join(ROOT, 'node_modules', scope), join(folder, 'runtime/node_modules', scope)));
    const cloud = new Cloud(folder, await freePort());
    await cloud.listening();
    return cloud;
  }

  private readonly server: ChildProcess;
  private output = '';

  private constructor(readonly folder: string, private readonly port: number) {
    this.server = spawn(PYTHON!, [join(__dirname, '..', 'ministack')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TMPDIR: folder, GATEWAY_PORT: String(port), FOLDER: folder, PYTHONDONTWRITEBYTECODE: '1' },
    });
    [this.server.stdout, this.server.stderr].forEach((stream) => stream!.on('data', (chunk) => { this.output += String(chunk); }));
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Names of the patches that were applied. */
  get patches(): string[] {
    return [...this.output.matchAll(/^patched: (.+)$/gm)].map(([, name]) => name);
  }

  /** What a client of the SDK takes to ask here as the account's root. */
  get client() {
    return {
      endpoint: this.url,
      region: REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(this.authority) }) },
    };
  }

  /** What a command takes to ask here as the account's root. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      NODE_EXTRA_CA_CERTS: this.authority,
      AWS_CA_BUNDLE: this.authority,
    };
  }

  private get authority(): string {
    return join(this.folder, 'authority.pem');
  }

  /** The CDK's own command, as a person would type it. Ended by itself, or after a minute. */
  async cdk(...args: string[]): Promise<Ended> {
    const env = { ...cleanEnvironment(), ...this.env, HOME: this.folder, CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' };
    return promisify(execFile)(process.execPath, [CDK, ...args, '--no-notices'], { cwd: this.folder, env, timeout: CDK_MS, maxBuffer: MAX_OUTPUT }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, killed, stdout, stderr }) => ({ code: killed ? null : code, stdout, stderr }),
    );
  }

  bootstrap = () => this.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  deploy = (assembly: string) => this.cdk('deploy', '--app', assembly, '--require-approval', 'never', '--progress', 'events');
  destroy = (assembly: string) => this.cdk('destroy', '--app', assembly, '--force');

  /** What roles were refused. */
  refusals(): Decision[] {
    return this.decisions().filter(({ allowed, principal }) => !allowed && principal.includes('role/'));
  }

  /** Every decision of IAM since the start. */
  decisions(): Decision[] {
    const path = join(this.folder, 'calls.jsonl');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)) : [];
  }

  /** Waits for a decision. */
  async decision(wanted: (decision: Decision) => boolean): Promise<Decision> {
    const end = performance.now() + DECISION_MS;
    for (;;) {
      const found = this.decisions().find(wanted);
      if (found) {
        return found;
      }
      if (performance.now() > end) {
        throw new Error('IAM was not asked');
      }
      await sleep(250);
    }
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.server.once('exit', done));
    if (this.server.exitCode === null && this.server.kill('SIGTERM')) {
      const killed = setTimeout(() => this.server.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(killed);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async listening(): Promise<void> {
    const end = performance.now() + START_MS;
    while (!/Running on https/.test(this.output)) {
      if (this.server.exitCode !== null || performance.now() > end) {
        const told = this.output;
        await this.close();
        throw new Error(`ministack did not start: ${told}`);
      }
      await sleep(50);
    }
  }
}
