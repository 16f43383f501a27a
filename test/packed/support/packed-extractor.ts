import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionHost } from '../../../cli/lambda-host';
import { RunResult, SourceSpec } from '../../../src/spec';
import { testSpec } from '../../support/extract';
import { PackedLibrary } from '../../support/packed-library';
import { BUCKET, TestLake } from '../../support/test-lake';

const FENCE = join(__dirname, '../../support/loopback-fence.cjs');

export interface PackedOptions {
  readonly apiUrl: string;
  readonly spec?: Partial<SourceSpec>;
  /** Hosts that the source allows though they are not public. @default - none */
  readonly allowedHosts?: readonly string[];
  /** What names resolve to: a list of answers each, the last one for ever. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** How an invocation ended. */
export interface PackedOutcome {
  readonly result?: RunResult;
  readonly code?: string;
  /** All that left the process: its log lines, and its answer. */
  readonly said: string;
  readonly peakMb: number;
}

let processes = 0;
let runs = 0;

/** The extractor of the packed library in a process as Lambda runs it, which cannot leave loopback even when its own guard is broken. */
export class PackedExtractor {
  private readonly host: FunctionHost;
  private readonly lines: string[] = [];
  private readonly fenceLog: string;

  constructor(library: PackedLibrary, lake: TestLake, options: PackedOptions) {
    this.fenceLog = join(library.folder, `fence-${++processes}.log`);
    this.host = new FunctionHost({
      onLog: (line) => this.lines.push(line),
      codeDir: join(library.content, 'assets/extractor'),
      handler: 'index.handler',
      memoryMb: 512,
      timeoutSeconds: 30,
      environment: {
        API_URL: options.apiUrl,
        DATA_BUCKET_NAME: BUCKET,
        EXTRACTOR_ALLOWED_HOSTS: (options.allowedHosts ?? []).join(','),
        SOURCE_SPEC: JSON.stringify(testSpec({ retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 2 }, ...options.spec })),
        COMMIT_LEASE_SECONDS: '1',
        COMMIT_QUIET_SECONDS: '0',
      },
      overrides: {
        AWS_ENDPOINT_URL_S3: lake.endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? 'http://127.0.0.1:9',
        NODE_OPTIONS: `--require ${FENCE}`,
        FENCE_LOG: this.fenceLog,
        FENCE_NAMES: JSON.stringify(options.names ?? {}),
        ...options.environment,
      },
    });
  }

  async invoke(event: object = { runId: `run-${++runs}`, scheduledTime: '2026-11-23T04:00:00Z' }): Promise<PackedOutcome> {
    const first = this.lines.length;
    const ended = await this.host.invoke(event);
    const said = [...this.lines.slice(first), JSON.stringify('payload' in ended ? ended.payload : ended.error)].join('\n');
    return 'payload' in ended
      ? { result: ended.payload as RunResult, said, peakMb: ended.maxMemoryMb }
      : { code: ended.error.errorType, said, peakMb: ended.maxMemoryMb };
  }

  /** Addresses that a socket was about to connect to and that the fence held back. Empty when the extractor's own guard holds. */
  heldBack(): string[] {
    return this.fence().filter(({ event }) => event === 'refused').map(({ address }) => address!);
  }

  /** Names that were asked for, but the lake's. */
  lookedUp(): string[] {
    return this.fence().filter(({ event }) => event === 'lookup').map(({ host }) => host!);
  }

  close(): Promise<void> {
    return this.host.close();
  }

  private fence(): { event: string; host?: string; address?: string }[] {
    return existsSync(this.fenceLog) ? readFileSync(this.fenceLog, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line)) : [];
  }
}
