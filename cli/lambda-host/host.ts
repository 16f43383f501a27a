import { randomUUID } from 'crypto';
import { existsSync } from 'fs';
import type { ServerResponse } from 'http';
import { performance } from 'perf_hooks';
import { CommandError } from '../errors';
import { functionArn } from './child-environment';
import { exitFailure, Failure, initTimeoutFailure, timeoutFailure } from './failures';
import { InvocationResult } from './invocation';
import { HEADER_DEADLINE_MS, HEADER_FUNCTION_ARN, HEADER_REQUEST_ID, MAX_REQUEST_BYTES } from './protocol';
import { reportLine } from './report';
import { LogStream, Sandbox } from './sandbox';

export interface FunctionHostOptions {
  /** Folder of the bundled function. */
  readonly codeDir: string;
  /** As in the template: `index.handler`. */
  readonly handler: string;
  /** The function's variables, from the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the laptop sets on top: `AWS_ENDPOINT_URL_S3` and the like. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** @default 128, as in CloudFormation */
  readonly memoryMb?: number;
  /** @default 3, as in CloudFormation */
  readonly timeoutSeconds?: number;
  /** @default 10, as in Lambda */
  readonly initTimeoutSeconds?: number;
  /** @default function */
  readonly functionName?: string;
  /** @default us-east-1 */
  readonly region?: string;
  /** The function's lines and the platform's START, END and REPORT. */
  readonly onLog?: (line: string, stream: LogStream) => void;
}

interface Ready { readonly sandbox: Sandbox; readonly response: ServerResponse; readonly initMs?: number }

/** One execution environment of a function: calls wait for each other and share a process while it lives. */
export class FunctionHost {
  private readonly options: Required<FunctionHostOptions>;
  private sandbox?: Sandbox;
  /** Outcomes that the present process gave. */
  private outcomes = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(options: FunctionHostOptions) {
    this.options = {
      ...options,
      environment: options.environment ?? {},
      overrides: options.overrides ?? {},
      memoryMb: options.memoryMb ?? 128,
      timeoutSeconds: options.timeoutSeconds ?? 3,
      initTimeoutSeconds: options.initTimeoutSeconds ?? 10,
      functionName: options.functionName ?? 'function',
      region: options.region ?? 'us-east-1',
      onLog: options.onLog ?? (() => undefined),
    };
    if (!existsSync(options.codeDir)) {
      throw new CommandError('FUNCTION_CODE_MISSING', `the code of function "${this.options.functionName}" is not there: ${options.codeDir}`, { hint: 'synthesize the app again' });
    }
  }

  /** Never rejects because of what the function does. */
  async invoke(event: unknown, requestId: string = randomUUID()): Promise<InvocationResult> {
    const result = this.queue.then(async () => this.invokeNow(event, requestId));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Ends the process; an invocation under way ends as a crash. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sandbox?.stop();
    await this.queue;
    await this.discard();
  }

  private async invokeNow(event: unknown, requestId: string): Promise<InvocationResult> {
    if (this.closed) throw new Error('the function host is closed');
    const text = JSON.stringify(event ?? {});
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_REQUEST_BYTES) {
      const errorMessage = `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${MAX_REQUEST_BYTES} bytes)`;
      return { requestId, durationMs: 0, maxMemoryMb: 0, status: 'error', error: { errorType: 'RequestTooLargeException', errorMessage } };
    }
    this.log(`START RequestId: ${requestId} Version: $LATEST`);
    const initStart = performance.now();
    const ready = await this.ready(requestId);
    const start = performance.now();
    const result = 'sandbox' in ready ? await this.run(ready, requestId, text) : ready;
    const end = performance.now();
    const facts = {
      requestId,
      durationMs: end - ('sandbox' in ready ? start : initStart),
      initMs: 'sandbox' in ready ? ready.initMs : undefined,
      maxMemoryMb: this.sandbox?.peakMb ?? 0,
    };
    this.log(`END RequestId: ${requestId}`);
    this.log(reportLine(facts, this.options.memoryMb, 'error' in result ? result : undefined));
    if ('error' in result && result.status !== 'error') await this.discard();
    return { ...facts, ...result };
  }

  /** A process that waits for an invocation: the present one if it lives, otherwise a new one. */
  private async ready(requestId: string): Promise<Ready | Failure> {
    const { memoryMb, initTimeoutSeconds } = this.options;
    for (;;) {
      const start = performance.now();
      const warm = this.sandbox;
      const sandbox = warm ?? await this.start();
      const event = await sandbox.event(initTimeoutSeconds * 1000);
      if (event.type === 'ready' && !sandbox.alive) continue; // it asked, and died while nothing was to do
      if (event.type === 'ready') return { sandbox, response: event.response, initMs: warm ? undefined : performance.now() - start };
      if (warm) {
        // It died, or hangs, after its last answer: Lambda takes a new one.
        if (event.type === 'exit' || event.type === 'timeout') await this.discard();
        continue;
      }
      if (event.type === 'init-error') {
        await sandbox.logsOf(1);
        return { status: 'init', error: event.error };
      }
      if (event.type === 'exit') return exitFailure(requestId, event, memoryMb);
      if (event.type === 'timeout') return initTimeoutFailure(requestId, initTimeoutSeconds);
    }
  }

  private async run({ sandbox, response }: Ready, requestId: string, text: string): Promise<{ payload: unknown } | Failure> {
    const { timeoutSeconds, memoryMb, region, functionName } = this.options;
    const deadline = performance.now() + timeoutSeconds * 1000;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      [HEADER_REQUEST_ID]: requestId,
      [HEADER_DEADLINE_MS]: Date.now() + timeoutSeconds * 1000,
      [HEADER_FUNCTION_ARN]: functionArn(region, functionName),
    });
    response.end(text);
    for (;;) {
      const event = await sandbox.event(Math.max(0, deadline - performance.now()));
      if (event.type === 'exit') return exitFailure(requestId, event, memoryMb);
      if (event.type === 'timeout') {
        await sandbox.stop();
        this.log(`${new Date().toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
        return timeoutFailure(requestId, timeoutSeconds);
      }
      if (event.type !== 'outcome' || event.requestId !== requestId) continue;
      await sandbox.logsOf(++this.outcomes);
      return 'error' in event.outcome ? { status: 'error', error: event.outcome.error } : event.outcome;
    }
  }

  private async start(): Promise<Sandbox> {
    this.outcomes = 0;
    this.sandbox = await Sandbox.start(this.options);
    return this.sandbox;
  }

  private async discard(): Promise<void> {
    const { sandbox } = this;
    this.sandbox = undefined;
    await sandbox?.stop();
  }

  private log(line: string): void {
    this.options.onLog(line, 'platform');
  }
}
