import { StoredCheckpoint } from './checkpoint';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { StoredState } from './state';
import { resultOf, totalsOf } from './totals';
import { PendingPublish, Position, RedriveFacts, SourceState } from '../../../src/spec';

export interface CommitFacts {
  /** Hash of the Glue columns of the checkpoint's schema. */
  readonly schemaHash: string;
  readonly warnings: readonly string[];
  /** Where the next incremental run starts. Taken only with a run's last commit. @default - it stays where it was */
  readonly watermark?: Position;
  /** The run read all that the API had. @default - not known */
  readonly whole?: boolean;
  /** @default - the run redrives nothing */
  readonly redrive?: RedriveFacts;
}

/**
 * Rule 7: from here on the checkpoint's parts belong to the table. Undefined when the run was
 * fenced: then nothing was committed.
 */
export function commit(
  context: CommitContext,
  current: StoredState,
  manifest: StoredCheckpoint,
  facts: CommitFacts,
): Promise<StoredState | undefined> {
  const { epoch, seq } = current.state;
  const stillMine = (state: SourceState) => state.epoch === epoch && state.seq === seq && state.pending === null && state.open !== null;
  return compareAndSwap(context, current, (state) => committed(context, state, manifest, facts), stillMine);
}

function committed(context: CommitContext, state: SourceState, manifest: StoredCheckpoint, facts: CommitFacts): SourceState {
  const { checkpoint } = manifest;
  const open = state.open!;
  const totals = totalsOf(open, checkpoint, facts.schemaHash !== state.schemaHash);
  const last = checkpoint.end;
  const pending: PendingPublish = {
    seq: state.seq + 1,
    manifest: manifest.key,
    etag: manifest.etag,
    runId: open.runId,
    date: open.date,
    mode: open.mode,
    last,
    result: {
      ...resultOf(context.source, open, totals, { done: last, next: checkpoint.next, schemaHash: facts.schemaHash }),
      ...(facts.warnings.length > 0 && { warnings: bounded(facts.warnings) }),
      ...(facts.redrive && { redrive: facts.redrive }),
    },
    helped: false,
  };
  return {
    ...state,
    seq: pending.seq,
    watermark: last ? facts.watermark ?? state.watermark : state.watermark,
    // A redrive reads nothing from the API: where the source stands there stays as it was.
    resume: open.redrive ? state.resume : last ? null : checkpoint.next,
    extracted: open.redrive ? state.extracted ?? state.seq : undefined,
    ...(last && facts.whole !== undefined && { whole: facts.whole }),
    schema: checkpoint.schema,
    schemaHash: facts.schemaHash,
    open: last ? null : { ...open, base: checkpoint.next, committed: totals },
    pending,
  };
}

/** The state is read and written with every renewal of the lease: it stays small. */
const bounded = (warnings: readonly string[]) => warnings.slice(0, 20).map((warning) => warning.slice(0, 500));
