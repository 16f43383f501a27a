import { RunResult } from './run-result';

/** `_state/<source>.json`: the only mutable object of a source. Every change of it is one compare-and-swap. */
export interface SourceState {
  readonly version: typeof SOURCE_STATE_VERSION;
  /** Fresh in every write: tells whether a write whose answer was lost has won. */
  readonly nonce: string;
  /** Rises when a run takes over; a writer of an older epoch is fenced. */
  readonly epoch: number;
  /** Rises with every commit. */
  readonly seq: number;
  /** The newest commit of what was read from the API; absent when that is the newest of all, and no redrive followed it. */
  readonly extracted?: number;
  /** Where the next incremental run starts. */
  readonly watermark: Position | null;
  /** Where the next append run goes on when a run stopped between two of its commits; null after a whole run. */
  readonly resume: Position | null;
  /** Glue columns of all records committed so far, as a mergeable tree. */
  readonly schema: unknown;
  readonly schemaHash: string | null;
  /** The last commit's run read all that the API had, not cut by a bound; absent when that is not known. */
  readonly whole?: boolean;
  /** No publisher deletes before this time (ISO 8601). */
  readonly quietUntil: string | null;
  readonly open: OpenRun | null;
  readonly pending: PendingPublish | null;
}

export const SOURCE_STATE_VERSION = 1;

/** A paginator's place before its next request; null is the start. */
export type Position = Readonly<Record<string, unknown>>;

export interface OpenRun {
  readonly runId: string;
  readonly mode: 'snapshot' | 'append';
  /** Partition date, YYYY-MM-DD, fixed for the run. */
  readonly date: string;
  /** Position the run started from, after its last commit. */
  readonly base: Position | null;
  /** The run brings quarantined records into the table, and reads nothing from the API. */
  readonly redrive?: boolean;
  readonly holder: string;
  readonly leaseUntil: string;
  /** What this run has committed so far (a run may commit several times); null before its first commit. */
  readonly committed: CommittedTotals | null;
}

export interface CommittedTotals {
  readonly records: number;
  readonly quarantined: number;
  readonly skipped?: number;
  readonly skippedPages?: number;
  readonly pages: number;
  readonly parts: number;
  /** Compressed bytes. */
  readonly bytes: number;
  readonly schemaChanged: boolean;
}

export interface PendingPublish {
  readonly seq: number;
  /** Key and ETag of the checkpoint that lists the committed parts. */
  readonly manifest: string;
  readonly etag: string;
  readonly runId: string;
  readonly date: string;
  readonly mode: 'snapshot' | 'append';
  /** Nothing of the run is left to extract after this commit. */
  readonly last: boolean;
  /** What the run returns and stores when this commit, its last one, is published: whoever publishes writes the same. */
  readonly result: RunResult;
  /** Someone other than the committer has begun to publish: copies of two processes may be in flight. */
  readonly helped: boolean;
}
