import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepNewest } from './keep-newest';
import { Emit } from '../render/events';

/** What the extractor said of the error it ended with. */
export interface LoggedError {
  readonly code: string;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
}

interface LogLine {
  readonly message?: unknown;
  readonly level?: unknown;
  readonly pages?: unknown;
  readonly records?: unknown;
  readonly bytes?: unknown;
  readonly code?: unknown;
  readonly retryable?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Keeps a run's log lines in a file, and tells the renderer of the progress in them. */
export class FunctionLog {
  lastError: LoggedError | undefined;
  private readonly file: number;

  constructor(readonly path: string, private readonly source: string, private readonly emit: Emit) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a');
    keepNewest(dirname(path));
  }

  line(text: string): void {
    writeSync(this.file, text.endsWith('\n') ? text : `${text}\n`);
    const line = parse(text);
    if (line?.message === 'progress') {
      this.emit({ type: 'progress', source: this.source, pages: Number(line.pages ?? 0), records: Number(line.records ?? 0), bytes: Number(line.bytes ?? 0) });
    } else if (line?.level === 'WARN') {
      this.emit({ type: 'warning', source: this.source, message: String(line.message) });
    } else if (line?.level === 'ERROR' && typeof line.code === 'string') {
      this.lastError = { code: line.code, retryable: line.retryable === true, details: line.details };
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

function parse(text: string): LogLine | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
