import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ended, StateEntry } from './ended';
import { TaskServer } from './task-server';
import { Integrations } from '../../../cli/workflow';
import { freePort } from '../../support/free-port';

/** A Python that has ministack: `MINISTACK=$(.ci/ministack) npx jest test/emulator`. */
const PYTHON = process.env.MINISTACK;

const START_MS = 30_000;
const EXECUTION_MS = 30_000;

/** Who both interpreters say they are. */
export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:users';
export const EXECUTION = 'run-1';
const ROLE = 'arn:aws:iam::000000000000:role/flow';

/** A describe that is skipped, and counted as skipped, where the emulator is not there. */
export const describeWithEmulator: jest.Describe = PYTHON === undefined ? describe.skip : describe;

interface HistoryEvent {
  readonly type: string;
  readonly testEventDetails?: { readonly name: string; readonly type: string; readonly asked: number; readonly time: string };
}

/** An interpreter of state machines that is not ours: ministack's Step Functions, on loopback. Its tasks are the test's. */
export class Emulator {
  /** `unpatched`: patches of test/emulator/ministack/patches.py that are left out. */
  static async start(unpatched: readonly string[] = []): Promise<Emulator> {
    const [port, tasks] = await Promise.all([freePort(), TaskServer.start()]);
    const server = spawn(PYTHON!, [join(__dirname, '..', 'ministack')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, GATEWAY_PORT: String(port), TASKS_URL: tasks.url, UNPATCHED: unpatched.join(','), PYTHONDONTWRITEBYTECODE: '1' },
    });
    const emulator = new Emulator(server, `http://127.0.0.1:${port}`, tasks);
    await emulator.listening();
    return emulator;
  }

  private output = '';

  private constructor(private readonly server: ChildProcess, private readonly url: string, private readonly tasks: TaskServer) {
    [server.stdout, server.stderr].forEach((stream) => stream!.on('data', (chunk) => { this.output += String(chunk); }));
  }

  /** Names of the patches that were applied. */
  get patches(): string[] {
    return [...this.output.matchAll(/^patched: (.+)$/gm)].map(([, name]) => name);
  }

  /** Forgets every execution before: names may be used again. */
  async execute(definition: unknown, input: unknown, integrations: Integrations): Promise<Ended> {
    await fetch(`${this.url}/_ministack/reset`, { method: 'POST' });
    const stateMachineArn = MACHINE_ARN;
    await this.call('CreateStateMachine', { name: MACHINE_ARN.split(':').at(-1), definition: JSON.stringify(definition), roleArn: ROLE });
    return this.tasks.answering(EXECUTION, integrations, async () => {
      const { executionArn } = await this.call('StartExecution', { stateMachineArn, name: EXECUTION, input: JSON.stringify(input) });
      const { status, output, error, cause } = await this.ended(executionArn as string);
      return {
        ...status === 'SUCCEEDED' ? { status, output: JSON.parse(output) as unknown } : { status, error, cause },
        ...await this.history(executionArn as string),
      };
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.server.once('exit', done));
    if (this.server.exitCode === null && this.server.kill('SIGKILL')) {
      await ended;
    }
    await this.tasks.close();
  }

  private async ended(executionArn: string): Promise<any> {
    const end = performance.now() + EXECUTION_MS;
    for (;;) {
      const execution = await this.call('DescribeExecution', { executionArn });
      if (execution.status !== 'RUNNING') {
        return execution;
      }
      if (performance.now() > end) {
        throw new Error(`execution ${executionArn} does not end: ${JSON.stringify(await this.history(executionArn)).slice(-2000)}`);
      }
      await sleep(25);
    }
  }

  /** States in the order they were entered, and what each Wait asked for. */
  private async history(executionArn: string): Promise<Pick<Ended, 'path' | 'waits' | 'retries' | 'startTime'>> {
    const events: HistoryEvent[] = [];
    for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
      const page = await this.call('GetExecutionHistory', { executionArn, maxResults: 1000, nextToken }) as { events: HistoryEvent[]; nextToken?: string };
      events.push(...page.events);
      nextToken = page.nextToken;
    }
    const told = events.filter(({ type }) => type.startsWith('Test'));
    const { time } = told[0].testEventDetails!;
    const entered = told.filter(({ type }) => type === 'TestStateEntered').map(({ testEventDetails }): StateEntry => ({ name: testEventDetails!.name, type: testEventDetails!.type }));
    // Who waits and is no Wait state tries again.
    const waited = (byWait: boolean) => told.filter(({ type }, i) => type === 'TestWaiting' && (told[i - 1].testEventDetails!.type === 'Wait') === byWait)
      .map(({ testEventDetails }) => testEventDetails!.asked);
    return { startTime: time, path: entered, waits: waited(true), retries: waited(false) };
  }

  private async call(action: string, body: object): Promise<any> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${action}`, 'authorization': 'AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/states/aws4_request' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(`${action}: ${JSON.stringify(answer)}`);
    }
    return answer;
  }

  private async listening(): Promise<void> {
    const end = performance.now() + START_MS;
    while (!await fetch(`${this.url}/_ministack/health`).then(({ ok }) => ok, () => false)) {
      if (this.server.exitCode !== null || performance.now() > end) {
        await this.close();
        throw new Error(`ministack did not start: ${this.output}`);
      }
      await sleep(50);
    }
  }
}
