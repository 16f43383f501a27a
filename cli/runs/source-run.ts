import { RunResult } from '../../src/spec/run-result';
import { Emit } from '../render/events';
import { bytes, counted, duration } from '../render/format';
import { SourceRun } from '../render/results';

export interface RunFacts {
  /** `performance.now()` when the run began. */
  readonly started: number;
  readonly database: string;
  readonly catalogue: SourceRun['catalogue'];
}

/** What the command tells of a run, on this machine or in AWS. */
export function sourceRun(result: RunResult, { started, database, catalogue }: RunFacts): SourceRun {
  return {
    source: result.source,
    runId: result.runId,
    records: result.records,
    quarantined: result.quarantined,
    bytes: result.bytes,
    parts: result.parts,
    pages: result.pages,
    durationMs: Math.round(performance.now() - started),
    partition: result.partition,
    database,
    table: result.source,
    catalogue,
    warnings: result.warnings ?? [],
  };
}

export const extractedText = ({ records, pages, bytes: stored }: RunResult, elapsedMs: number): string =>
  `${counted(records, 'record')} from ${counted(pages, 'page')}, ${bytes(stored)} stored, ${duration(elapsedMs)}`;

export function tellWarnings({ source, warnings = [] }: RunResult, emit: Emit): void {
  warnings.forEach((message) => emit({ type: 'warning', source, message }));
}
