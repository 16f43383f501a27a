import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryEvent } from '../../workflow';
import { ExecutionStatus, Message } from '../../workflow/tasks';
import { keepNewest, newestFirst } from '../keep-newest';

const HISTORY = 'history.jsonl';
const MESSAGES = 'messages.jsonl';

const ENDS: Readonly<Record<string, PastExecution['status'] | undefined>> = {
  ExecutionSucceeded: 'SUCCEEDED', ExecutionFailed: 'FAILED', ExecutionTimedOut: 'TIMED_OUT',
};

/** Where one execution keeps what happened and what it told; written at once, so that a kill loses nothing. A source's oldest are forgotten. */
export class ExecutionFolder {
  static create(runs: string, source: string, name: string): ExecutionFolder {
    const path = join(runs, source, name);
    mkdirSync(path, { recursive: true });
    keepNewest(join(runs, source));
    return new ExecutionFolder(path);
  }

  private readonly file: number;

  private constructor(readonly path: string) {
    this.file = openSync(this.history, 'a');
  }

  get history(): string { return join(this.path, HISTORY); }

  get messages(): string { return join(this.path, MESSAGES); }

  record(event: HistoryEvent): void {
    writeSync(this.file, `${JSON.stringify(event)}\n`);
  }

  tell(message: Message): void {
    appendFileSync(this.messages, `${JSON.stringify({ time: new Date().toISOString(), ...message })}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** How an execution of an earlier process ended; one without an end died with its process. */
export interface PastExecution {
  readonly name: string;
  /** File with its events. */
  readonly history: string;
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly events: readonly HistoryEvent[];
}

/** The execution of this name, of any source. */
export function findExecution(runs: string, name: string): PastExecution | undefined {
  const path = list(runs).map((source) => join(runs, source, name)).find((one) => existsSync(join(one, HISTORY)));
  return path === undefined ? undefined : readExecution(path, name);
}

/** The execution of a source that began last. */
export function lastExecution(runs: string, source: string): PastExecution | undefined {
  const folder = join(runs, source);
  const [newest] = newestFirst(folder);
  return newest === undefined ? undefined : readExecution(join(folder, newest), newest);
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function readExecution(path: string, name: string): PastExecution {
  const history = join(path, HISTORY);
  // The last line of a process that was killed may be cut.
  const lines = readFileSync(history, 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as HistoryEvent);
  return { name, history, events, status: ENDS[events.at(-1)?.type ?? ''] ?? 'ABORTED' };
}
