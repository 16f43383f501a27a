import { BackfillRange } from './backfill';
import { Violation } from './contract-spec';

/** What starts the extractor. Every field is optional: `{}` starts a new run by hand. */
export interface RunRequest {
  /** Identity of the run, `[A-Za-z0-9_-]{1,80}`: the same id goes on with the same run. Default: the Lambda request id. */
  readonly runId?: string;
  /** ISO 8601 time the run stands for; its UTC date is the partition. Default: the time the run is opened. */
  readonly scheduledTime?: string;
  /** Nothing is asked of the API: quarantined records are judged again. */
  readonly redrive?: RedriveRequest;
  /** Only this part of the source is read, in a stream of its own, which the run id names. Needs a run id and a scheduled time. */
  readonly backfill?: BackfillRange;
}

/** Which quarantined records are judged again: those of one partition a run. */
export interface RedriveRequest {
  /** Date of the partition that was redriven before this one, YYYY-MM-DD. Default: the first partition is taken. */
  readonly after?: string;
  /** Lines of the quarantine whose `original` was corrected, as text, so that numbers stay exact. */
  readonly corrections?: readonly string[];
}

/** What is told of a redrive besides the counts. */
export interface RedriveFacts {
  /** Corrections that stood in this partition's quarantine. */
  readonly matched: number;
  /** Later partitions hold quarantined records, too. */
  readonly more: boolean;
  /** Corrections that do not satisfy the contract; the first ones. */
  readonly refused: readonly RefusedCorrection[];
  /** Records that no contract can help, and nobody has corrected yet: texts that are no record, fields that cannot take their new name. */
  readonly needCorrection?: number;
}

export interface RefusedCorrection {
  readonly id: string;
  readonly violations: readonly Violation[];
}

/** What the extractor returns, and stores as `_runs/<source>/<runId>.json` when the run is done. */
export interface RunResult {
  readonly source: string;
  readonly runId: string;
  /** False: time ran out; call again with the same run id. */
  readonly done: boolean;
  readonly records: number;
  readonly quarantined: number;
  /** Records of the API left out because they were stored before. */
  readonly skipped?: number;
  /** Pages that response rules left out. */
  readonly skippedPages?: number;
  /** Compressed bytes written. */
  readonly bytes: number;
  readonly parts: number;
  readonly pages: number;
  /** The Glue columns differ from those of the run before. */
  readonly schemaChanged: boolean;
  readonly schemaHash: string;
  /** Partition that the run wrote, as `ingestion_date=YYYY-MM-DD`. */
  readonly partition: string;
  /** Hash of the position reached (the position itself may hold secrets). */
  readonly cursorHash?: string;
  /** With `done: false`: the API asked to wait this long before the next call. */
  readonly retryAfterSeconds?: number;
  readonly warnings?: readonly string[];
  /** Only of a run that redrives. */
  readonly redrive?: RedriveFacts;
}

export const RUN_ID_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;
