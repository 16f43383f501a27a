import { CommandError } from '../errors';

/** What a command ends with. */
export type Result =
  | RunReport
  | CrawlReport
  | QueryReport
  | StatusReport
  | ConsoleReport
  | DoctorReport
  | { readonly kind: 'done'; readonly message: string; readonly json: Readonly<Record<string, unknown>> };

export interface RunReport {
  readonly kind: 'run';
  readonly runs: readonly SourceRun[];
  /** One a source that failed; the others have run. */
  readonly failures: readonly SourceFailure[];
  /** What to type next when all went well. */
  readonly next?: string;
}

export interface SourceRun {
  readonly source: string;
  readonly runId: string;
  readonly records: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly parts: number;
  readonly pages: number;
  readonly durationMs: number;
  readonly partition: string;
  readonly database: string;
  readonly table: string;
  /** What became of the table; undefined when it was left alone. */
  readonly catalogue?: string;
  readonly warnings: readonly string[];
}

export interface SourceFailure {
  readonly source: string;
  readonly error: CommandError;
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

export interface CrawlReport {
  readonly kind: 'crawl';
  readonly tables: readonly CrawledTable[];
  readonly failures: readonly SourceFailure[];
}

export interface CrawledTable {
  readonly source: string;
  readonly database: string;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly partitions?: number;
}

export interface QueryReport {
  readonly kind: 'query';
  readonly columns: readonly Column[];
  /** Values as Athena's GetQueryResults prints them. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes?: number;
}

export interface StatusReport {
  readonly kind: 'status';
  readonly lake: string;
  readonly sources: readonly SourceStatus[];
}

export interface SourceStatus {
  readonly source: string;
  readonly pipeline: string;
  readonly database: string;
  readonly table: string;
  /** Whether the catalogue has the table. */
  readonly catalogued: boolean;
  readonly lastRun?: { readonly runId: string; readonly records: number; readonly partition: string; readonly finishedAt: string };
  /** A run that was started and has not committed. */
  readonly openRun?: string;
  /** Objects with records that a contract turned away. */
  readonly quarantineObjects: number;
  /** How the workflow's last execution ended. */
  readonly lastExecution?: ExecutionSummary;
}

export interface ExecutionSummary {
  readonly runId: string;
  /** `ABORTED`: a person stopped it, or on this machine its process was killed. */
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Undefined while it runs. */
  readonly endedAt?: string;
  /** Step that was under way when it ended without success. */
  readonly step?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Where everything that happened stands: a file, or the execution's ARN. */
  readonly history: string;
}

export interface ConsoleReport {
  readonly kind: 'console';
  readonly consoles: readonly AthenaConsole[];
}

export interface AthenaConsole {
  readonly pipeline: string;
  readonly url: string;
  readonly region: string;
  readonly workgroup: string;
  readonly database: string;
}

export interface DoctorReport {
  readonly kind: 'doctor';
  readonly checks: readonly Check[];
  /** What a deployment would fail on; `source` is the stack. */
  readonly failures: readonly SourceFailure[];
}

export interface Check {
  readonly stack: string;
  readonly check: string;
  /** What is well. */
  readonly found: string;
}
