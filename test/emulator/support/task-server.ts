import { createServer, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Integrations, StateError } from '../../../cli/workflow';
import { serviceOf } from '../../../cli/workflow/integrations';

interface Task {
  readonly execution: string;
  readonly state: string;
  readonly resource: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Answers the tasks of the emulator's executions by the integrations that our own interpreter would call. */
export class TaskServer {
  static async start(): Promise<TaskServer> {
    const tasks = new TaskServer();
    await new Promise<void>((done) => tasks.server.listen(0, '127.0.0.1', done));
    return tasks;
  }

  private readonly integrations = new Map<string, Integrations>();

  private readonly server: Server = createServer((request, response) => {
    this.answer(request).then(
      (answer) => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** While `work` lasts, tasks of the execution are answered by `integrations`. */
  async answering<T>(execution: string, integrations: Integrations, work: () => Promise<T>): Promise<T> {
    this.integrations.set(execution, integrations);
    try {
      return await work();
    } finally {
      this.integrations.delete(execution);
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    const task = await json(request) as Task;
    const integration = this.integrations.get(task.execution)?.[serviceOf(task.resource) ?? ''];
    if (integration === undefined) {
      return { error: 'States.Runtime', cause: `nobody answers ${task.resource} of execution ${task.execution}` };
    }
    try {
      return { result: await integration.run({ arguments: task.arguments, state: task.state, signal: new AbortController().signal }) };
    } catch (error) {
      if (!(error instanceof StateError)) {
        return { error: 'States.Runtime', cause: `the test's own answer failed: ${String(error)}` };
      }
      return { error: error.error, cause: error.errorCause };
    }
  }
}
