import { hostname } from 'node:os';
import { Counts } from './checkpoint';
import { CommitContext } from './context';
import { OpenRequest } from './open-run';
import { REAL_TIMING, Timing } from './timing';
import { DEFAULT_LEASE_SECONDS, DEFAULT_QUIET_SECONDS, Position } from '../../../src/spec';
import { LakeStore } from '../store/lake-store';

export interface RunLogOptions {
  readonly source: string;
  /** A stream beside the source's own, which needs a scheduled time. @default - the source's own */
  readonly stream?: string;
  readonly runId: string;
  /** ISO 8601; its UTC date is the partition. @default - the store's date when the run is opened */
  readonly scheduledTime?: string;
  readonly mode: 'snapshot' | 'append';
  /** The run reads nothing from the API: it moves no watermark. @default false */
  readonly redrive?: boolean;
  /** A snapshot of zero records empties the partition instead of failing. @default false */
  readonly allowEmpty?: boolean;
  /** Digest of the contract that judges the records: an attempt under another one is not gone on with. @default - no contract */
  readonly contract?: string;
  /** @default DEFAULT_LEASE_SECONDS */
  readonly leaseSeconds?: number;
  /** @default DEFAULT_QUIET_SECONDS */
  readonly quietSeconds?: number;
  /** Who runs: shown to a run that finds this one busy. @default - host name and process id */
  readonly holder?: string;
  /** Bounds the waits of a publish. @default - no bound */
  readonly timeLeftMs?: () => number;
  readonly log?: (message: string, details: Record<string, unknown>) => void;
  readonly timing?: Timing;
}

/** What the loop knows at the end of a page. `counts` and `schema` tell of everything since `base`. */
export interface CheckpointFacts {
  readonly next: Position | null;
  readonly end: boolean;
  readonly counts: Counts;
  readonly schema: unknown;
  /** See `Checkpoint`. @default - none */
  readonly replaces?: readonly string[];
}

export interface SuspendFacts {
  /** @default - that of what was committed before */
  readonly schemaHash?: string;
  /** The API asked to wait this long. */
  readonly retryAfterSeconds?: number;
}

export function contextOf(store: LakeStore, options: RunLogOptions): CommitContext {
  return {
    store,
    source: options.source,
    stream: options.stream,
    timing: options.timing ?? REAL_TIMING,
    quietSeconds: options.quietSeconds ?? DEFAULT_QUIET_SECONDS,
    timeLeftMs: options.timeLeftMs ?? (() => Infinity),
    log: options.log ?? (() => undefined),
  };
}

export function openRequestOf(options: RunLogOptions): OpenRequest {
  return {
    ...options,
    leaseSeconds: options.leaseSeconds ?? DEFAULT_LEASE_SECONDS,
    holder: options.holder ?? `${hostname()} process ${process.pid}`,
  };
}
