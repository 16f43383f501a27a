import { createHash } from 'node:crypto';
import { PARTITION_KEY } from '../../../src/spec/object-keys';
import { RunResult } from '../../../src/spec/run-result';
import { CommittedTotals, OpenRun, PendingPublish, Position, SourceState } from '../../../src/spec/source-state';
import { Checkpoint, StoredCheckpoint } from './checkpoint';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { StoredState } from './state';

export interface CommitFacts {
  /** Hash of the Glue columns of the checkpoint's schema. */
  readonly schemaHash: string;
  readonly warnings: readonly string[];
  /** Where the next incremental run starts. Taken only with a run's last commit. @default - it stays where it was */
  readonly watermark?: Position;
}

// The state is read and written on every lease renewal: it stays small.
const MOST_WARNINGS = 20;
const LONGEST_WARNING = 500;

/**
 * Rule 7: from here on the checkpoint's parts belong to the table. Undefined when the run was
 * fenced: then nothing was committed.
 */
export function commit(context: CommitContext, current: StoredState, manifest: StoredCheckpoint, facts: CommitFacts): Promise<StoredState | undefined> {
  const { epoch, seq } = current.state;
  const stillMine = (state: SourceState) => state.epoch === epoch && state.seq === seq && state.pending === null && state.open !== null;
  return compareAndSwap(context, current, (state) => committed(state, manifest, facts), stillMine);
}

function committed(state: SourceState, manifest: StoredCheckpoint, facts: CommitFacts): SourceState {
  const { checkpoint } = manifest;
  const open = state.open!;
  const totals = add(open.committed, checkpoint, facts.schemaHash !== state.schemaHash);
  const last = checkpoint.end;
  const pending: PendingPublish = {
    seq: state.seq + 1,
    manifest: manifest.key,
    etag: manifest.etag,
    runId: open.runId,
    date: open.date,
    mode: open.mode,
    last,
    result: resultOf(open, checkpoint, totals, facts),
    helped: false,
  };
  return {
    ...state,
    seq: pending.seq,
    watermark: last ? facts.watermark ?? state.watermark : state.watermark,
    resume: last ? null : checkpoint.next,
    schema: checkpoint.schema,
    schemaHash: facts.schemaHash,
    open: last ? null : { ...open, base: checkpoint.next, committed: totals },
    pending,
  };
}

function add(before: CommittedTotals | null, { counts, parts }: Checkpoint, schemaChanged: boolean): CommittedTotals {
  return {
    records: (before?.records ?? 0) + counts.records,
    quarantined: (before?.quarantined ?? 0) + counts.quarantined,
    pages: (before?.pages ?? 0) + counts.pages,
    parts: (before?.parts ?? 0) + parts.length,
    bytes: (before?.bytes ?? 0) + parts.reduce((sum, part) => sum + part.bytes, 0),
    schemaChanged: (before?.schemaChanged ?? false) || schemaChanged,
  };
}

function resultOf(open: OpenRun, checkpoint: Checkpoint, totals: CommittedTotals, facts: CommitFacts): RunResult {
  const { schemaChanged, ...counts } = totals;
  const warnings = facts.warnings.slice(0, MOST_WARNINGS).map((warning) => warning.slice(0, LONGEST_WARNING));
  return {
    source: checkpoint.source,
    runId: open.runId,
    done: checkpoint.end,
    ...counts,
    schemaChanged,
    schemaHash: facts.schemaHash,
    partition: `${PARTITION_KEY}=${open.date}`,
    ...(checkpoint.next && { cursorHash: createHash('sha256').update(JSON.stringify(checkpoint.next)).digest('hex') }),
    ...(warnings.length > 0 && { warnings }),
  };
}
