import { CursorIncrementalSpec, Position } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { StoredKeys } from './boundary-keys';

/** How far a cursor has come: the highest value seen, as the API wrote it, and the records at and near it. */
export interface Watermark {
  readonly path: string;
  readonly format: string;
  /** Null when no value was at or before the present. */
  readonly cursor: string | null;
  readonly keys: StoredKeys;
}

/** What a checkpoint of a cursor's run holds. */
export interface CursorProgress {
  /** Where the run started. */
  readonly since: Watermark | null;
  readonly seen: Watermark | null;
}

/** The watermark at which a run starts: of the run before, or of this run's last commit on the way. */
export function watermarkOf(base: Position | null, spec: CursorIncrementalSpec, format: string): Watermark | null {
  const { incremental } = (base ?? {}) as { incremental?: Partial<CursorProgress> };
  const stored = (base !== null && 'at' in base ? incremental?.seen ?? null : base) as Watermark | null;
  if (stored !== null && (stored.path !== spec.path || stored.format !== format)) {
    const was = stored.path === undefined ? 'of another kind' : `of ${stored.path} as ${stored.format}`;
    throw new ExtractorError('WATERMARK_MISMATCH', `the state's watermark is ${was}, but the source reads ${spec.path} as ${format}: `
      + 'give the source a new name to load it anew, or set the old cursor again', { retryable: false, details: { path: spec.path, format } });
  }
  return stored;
}
