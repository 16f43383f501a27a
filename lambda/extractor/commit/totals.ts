import { createHash } from 'node:crypto';
import { Checkpoint } from './checkpoint';
import { CommittedTotals, OpenRun, PARTITION_KEY, Position, RunResult } from '../../../src/spec';

/** All of a run up to a checkpoint: a checkpoint counts from the run's last commit. */
export function totalsOf({ committed }: OpenRun, checkpoint: Checkpoint | undefined, schemaChanged: boolean): CommittedTotals {
  const { counts } = checkpoint ?? {};
  const parts = (checkpoint?.parts ?? []).filter(({ kind }) => kind === undefined);
  return {
    records: (committed?.records ?? 0) + (counts?.records ?? 0),
    quarantined: (committed?.quarantined ?? 0) + (counts?.quarantined ?? 0),
    ...optional('skipped', committed?.skipped, counts?.skipped),
    ...optional('skippedPages', committed?.skippedPages, counts?.skippedPages),
    pages: (committed?.pages ?? 0) + (counts?.pages ?? 0),
    parts: (committed?.parts ?? 0) + parts.length,
    bytes: parts.reduce((sum, part) => sum + part.bytes, committed?.bytes ?? 0),
    schemaChanged: (committed?.schemaChanged ?? false) || schemaChanged,
  };
}

/** A sum that is told only where it was counted. */
const optional = <K extends string>(name: K, a: number | undefined, b: number | undefined) =>
  ((a ?? b) === undefined ? {} : { [name]: (a ?? 0) + (b ?? 0) } as Record<K, number>);

/** What is told of a run. The position reached may hold secrets: only its hash goes out. */
export function resultOf(
  source: string,
  open: OpenRun,
  totals: CommittedTotals,
  at: { done: boolean; next: Position | null; schemaHash: string },
): RunResult {
  return {
    source,
    runId: open.runId,
    done: at.done,
    ...totals,
    schemaHash: at.schemaHash,
    partition: `${PARTITION_KEY}=${open.date}`,
    ...(at.next && { cursorHash: createHash('sha256').update(JSON.stringify(at.next)).digest('hex') }),
  };
}
