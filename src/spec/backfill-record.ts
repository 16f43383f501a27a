import type { BackfillPlan, BackfillRequest, BackfillUnit, BackfillWindow } from './backfill';
import type { RunResult } from './run-result';

/** `_backfills/<source>/<id>.json`. */
export interface BackfillRecord extends BackfillPlan {
  readonly source: string;
  /** The same part of the source in the same steps has the same id: started again, it goes on. */
  readonly id: string;
  readonly unit: BackfillUnit;
  /** When it was started first; its UTC date is the partition of all its windows, on whatever day they are read. */
  readonly scheduledTime: string;
  /** Of the whole backfill; absent until every window is read. */
  readonly result?: RunResult;
  /** Schema tree of its records, with the result. */
  readonly schema?: unknown;
}

/** `_backfills/<source>/<id>/<run>.json`. */
export interface WindowFailure {
  readonly error: string;
  readonly cause: string;
}

const BACKFILL_ID = /^backfill-[0-9a-f]{12}$/;

export const isBackfillId = (runId: string): boolean => BACKFILL_ID.test(runId);

/** The run of a window, which names its stream. `n` takes as many digits as MAX_BACKFILL_WINDOWS. */
export const windowRunId = (id: string, n: number): string => `${id}-${String(n).padStart(4, '0')}`;

/** The workflow's map over the windows: `datalake` tells of its items. */
export const WINDOWS_STATE = 'Extract the windows';

interface AboutSource {
  readonly source: string;
  readonly bucket: string;
  readonly database: string;
  readonly table: string;
}

/** What the workflow asks the catalogue's function before a backfill. */
export interface PlanBackfillRequest extends AboutSource {
  readonly action: 'planBackfill';
  readonly unit: BackfillUnit;
  readonly backfill: BackfillRequest;
}

export interface PlannedBackfill {
  readonly id: string;
  readonly scheduledTime: string;
  readonly concurrency: number;
  /** All of its windows. */
  readonly total: number;
  /** Those that are not read yet. */
  readonly windows: readonly BackfillWindow[];
}

/** What the workflow asks when it has tried every window. */
export interface SumUpBackfillRequest extends AboutSource {
  readonly action: 'sumUpBackfill';
  readonly id: string;
}

export interface BackfillSum {
  /** Of the whole backfill; absent while windows are missing. */
  readonly result?: RunResult;
  /** Which windows are missing, and why. */
  readonly problem?: string;
}

/** What the workflow asks before a replay. */
export interface FindRunRequest extends AboutSource {
  readonly action: 'findRun';
  readonly runId: string;
}
