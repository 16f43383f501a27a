import { join } from 'node:path';
import { S3Gate } from './s3-gate';
import { Trial, trialSpec } from './trial';
import { FunctionHost, InvocationResult } from '../../../cli/lambda-host';
import { RunResult, SourceSpec } from '../../../src/spec';
import { testSpec } from '../../support/extract';
import { Outcome } from '../../support/lake-checker';
import { BUCKET } from '../../support/test-lake';

export interface ProcessOptions {
  readonly spec?: Partial<SourceSpec>;
  readonly memoryMb?: number;
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a process is killed by: the host keeps it to itself. */
interface Insides {
  readonly sandbox?: { readonly child: { kill(signal: string): boolean } };
}

/** The extractor's bundle in a process of its own, as Lambda runs it, behind a network of its own. */
export class ExtractorProcess {
  static async start(trial: Trial, options: ProcessOptions = {}): Promise<ExtractorProcess> {
    const gate = await trial.newGate();
    const lines: string[] = [];
    const timeoutSeconds = options.timeoutSeconds ?? 30;
    const host = new FunctionHost({
      onLog: (line) => lines.push(line),
      codeDir: join(__dirname, '../../../assets/extractor'),
      handler: 'index.handler',
      memoryMb: options.memoryMb ?? 512,
      timeoutSeconds,
      environment: {
        API_URL: trial.url,
        DATA_BUCKET_NAME: BUCKET,
        EXTRACTOR_ALLOWED_HOSTS: '127.0.0.1',
        SOURCE_SPEC: JSON.stringify(testSpec(trialSpec(options.spec))),
        COMMIT_LEASE_SECONDS: '1',
        COMMIT_QUIET_SECONDS: '0',
      },
      overrides: {
        AWS_ENDPOINT_URL_S3: gate.endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER!,
        ...options.environment,
      },
    });
    trial.onClose(() => host.close());
    return new ExtractorProcess(trial, host, gate, lines, timeoutSeconds);
  }

  private constructor(
    private readonly trial: Trial,
    private readonly host: FunctionHost,
    readonly gate: S3Gate,
    private readonly lines: string[],
    private readonly timeoutSeconds: number,
  ) {}

  /** One invocation; a process that died is told as `killed`. */
  async invoke(runId = this.trial.newRunId()): Promise<Outcome & { ended: InvocationResult }> {
    const first = this.lines.length;
    const ended = await this.host.invoke({ runId, scheduledTime: '2026-11-23T04:00:00Z' });
    const logs = this.lines.slice(first);
    const outcome = { runId, ...endOf(ended, logs), tookMs: ended.durationMs, deadlineMs: this.timeoutSeconds * 1000, logs, ended };
    this.trial.outcomes.push(outcome);
    return outcome;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    (this.host as unknown as Insides).sandbox!.child.kill(signal);
  }
}

function endOf(ended: InvocationResult, logs: readonly string[]): Pick<Outcome, 'result' | 'error' | 'killed'> {
  if ('payload' in ended) {
    return { result: ended.payload as RunResult };
  }
  if (ended.status !== 'error') {
    return { killed: true };
  }
  const line = logs.find((each) => each.startsWith('{') && each.includes('"level":"ERROR"')) ?? '{}';
  const { retryable } = JSON.parse(line) as { retryable?: boolean };
  return { error: { code: ended.error.errorType, retryable, text: JSON.stringify(ended.error) } };
}
