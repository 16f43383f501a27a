import { ChildProcess, spawn } from 'child_process';
import { randomBytes } from 'crypto';
import type { ServerResponse } from 'http';
import { bootstrapPath } from './bootstrap-path';
import { childEnvironment, ChildEnvironmentOptions } from './child-environment';
import { LineSplitter } from './line-splitter';
import { MemoryWatch } from './memory';
import { ENV_LOG_MARKER, FunctionError } from './protocol';
import { Outcome, RuntimeApi } from './runtime-api';

export type LogStream = 'stdout' | 'stderr' | 'platform';

export interface SandboxOptions extends Omit<ChildEnvironmentOptions, 'runtimeApi'> {
  readonly onLog: (line: string, stream: LogStream) => void;
}

export type SandboxEvent =
  | { readonly type: 'ready'; readonly response: ServerResponse }
  | { readonly type: 'outcome'; readonly requestId: string; readonly outcome: Outcome }
  | { readonly type: 'init-error'; readonly error: FunctionError }
  | { readonly type: 'exit'; readonly code: number | null; readonly signal: string | null; readonly outOfMemory: boolean }
  | { readonly type: 'timeout' };

/** Share of the function's memory that Lambda's Node runtime gives to V8's old space. */
const OLD_SPACE_SHARE = 0.9;
/** Output that comes later than this after an end is not waited for. */
const LOG_GRACE_MS = 1000;

/** One child process with its Runtime API; what happens to it stands in a queue with one reader. */
export class Sandbox {
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    sandbox.launch(await sandbox.api.listen());
    return sandbox;
  }

  private readonly events: SandboxEvent[] = [];
  private reader?: (event: SandboxEvent) => void;
  private readonly marker = `end-of-log-${randomBytes(12).toString('hex')}`;
  private readonly ended = { stdout: 0, stderr: 0 };
  private onEnded?: () => void;
  private heapExhausted = false;
  private child!: ChildProcess;
  /** It ended and its last line is read. */
  private closed!: Promise<void>;
  private memory!: MemoryWatch;
  private readonly api: RuntimeApi;

  private constructor(private readonly options: SandboxOptions) {
    this.api = new RuntimeApi({
      next: (response) => this.emit({ type: 'ready', response }),
      outcome: (requestId, outcome) => this.emit({ type: 'outcome', requestId, outcome }),
      initError: (error) => this.emit({ type: 'init-error', error }),
      peak: (kib) => this.memory.note(kib),
    });
  }

  get alive(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get peakMb(): number {
    return Math.ceil(this.memory.peakKib / 1024);
  }

  /** What happened next, or `timeout`. */
  async event(timeoutMs: number): Promise<SandboxEvent> {
    const waiting = this.events.shift();
    if (waiting) return waiting;
    return new Promise((done) => {
      const timer = setTimeout(() => this.reader?.({ type: 'timeout' }), timeoutMs);
      this.reader = (event) => {
        clearTimeout(timer);
        this.reader = undefined;
        done(event);
      };
    });
  }

  /** Waits until both streams' share of the first `invocations` is read. */
  async logsOf(invocations: number): Promise<void> {
    const complete = () => Math.min(this.ended.stdout, this.ended.stderr) >= invocations;
    if (complete()) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, LOG_GRACE_MS);
      this.onEnded = () => {
        if (!complete()) return;
        clearTimeout(timer);
        done();
      };
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.pid !== undefined) await this.closed;
    this.memory.stop();
    await this.api.close();
  }

  private launch(runtimeApi: string): void {
    const { codeDir, memoryMb, onLog } = this.options;
    const env = { ...childEnvironment({ ...this.options, runtimeApi }), [ENV_LOG_MARKER]: this.marker };
    const flags = [`--max-old-space-size=${Math.max(16, Math.floor(memoryMb * OLD_SPACE_SHARE))}`];
    this.child = spawn(process.execPath, [...flags, bootstrapPath()], { cwd: codeDir, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.memory = new MemoryWatch(this.child.pid ?? 0, memoryMb, () => this.child.kill('SIGKILL'));
    this.child.stdin?.on('error', () => undefined); // it is only held open; a child that dies breaks it
    this.forward('stdout', (line) => onLog(line, 'stdout'));
    this.forward('stderr', (line) => {
      if (line.includes('JavaScript heap out of memory')) this.heapExhausted = true;
      onLog(line, 'stderr');
    });
    this.child.once('error', (error) => this.emit({
      type: 'init-error',
      error: { errorType: 'Runtime.StartError', errorMessage: `${process.execPath} could not be started: ${error.message}` },
    }));
    this.closed = this.watchExit(this.child);
  }

  private forward(stream: 'stdout' | 'stderr', onLine: (line: string) => void): void {
    const splitter = new LineSplitter(this.marker, onLine, () => {
      this.ended[stream]++;
      this.onEnded?.();
    });
    this.child[stream]?.on('data', (chunk: Buffer) => splitter.push(chunk)).on('end', () => splitter.end());
  }

  private async watchExit(child: ChildProcess): Promise<void> {
    const closed = new Promise((done) => child.once('close', done));
    const [code, signal] = await new Promise<[number | null, string | null]>((done) => child.once('exit', (...exit) => done(exit)));
    this.memory.stop();
    let timer: NodeJS.Timeout | undefined;
    // `close` comes when the last line is read; a grandchild that holds the stream must not delay it for ever.
    await Promise.race([closed, new Promise((done) => { timer = setTimeout(done, LOG_GRACE_MS); })]);
    clearTimeout(timer);
    this.emit({ type: 'exit', code, signal, outOfMemory: this.memory.exceeded || this.heapExhausted });
  }

  private emit(event: SandboxEvent): void {
    if (this.reader) {
      this.reader(event);
    } else {
      this.events.push(event);
    }
  }
}
