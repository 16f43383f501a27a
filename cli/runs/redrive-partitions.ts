import { newRunId } from './run-id';
import { PARTITION_KEY } from '../../src/spec/object-keys';
import { RedriveRequest, RunResult } from '../../src/spec/run-result';
import { Source } from '../assembly/lake-model';
import { UsageError } from '../errors';
import { Emit } from '../render/events';
import { counted } from '../render/format';

export interface RedriveLoop {
  readonly source: Source;
  /** Batches of corrected lines; at least one, which may be empty. */
  readonly corrections: readonly (readonly string[])[];
  readonly emit: Emit;
  /** Runs the function with this request until it is done. */
  redrive(runId: string, request: RedriveRequest): Promise<RunResult>;
}

/** Redrives a source's quarantine, one partition a run; gives what became of each partition. */
export async function redrivePartitions({ source, corrections, emit, redrive }: RedriveLoop): Promise<RunResult[]> {
  if (source.custom) {
    throw new UsageError(`source "${source.name}" is a function of your own: it has no contract, and no quarantine`);
  }
  const partitions = new Map<string, RunResult>();
  const needCorrection = new Map<string, number>();
  let matched = 0;
  for (const lines of corrections) {
    for (let after: string | undefined, more = true; more;) {
      const result = await redrive(newRunId(), { after, corrections: lines });
      const before = partitions.get(result.partition);
      partitions.set(result.partition, { ...result, records: result.records + (before?.records ?? 0) });
      matched += result.redrive?.matched ?? 0;
      more = result.redrive?.more ?? false;
      after = result.partition.slice(`${PARTITION_KEY}=`.length);
      tellRefused(result, emit);
      needCorrection.set(result.partition, result.redrive?.needCorrection ?? 0);
    }
  }
  const unmatched = corrections.flat().length - matched;
  if (unmatched > 0) {
    emit({ type: 'warning', source: source.name, message: `${counted(unmatched, 'correction')} of no record in quarantine: redriven before, or of another source` });
  }
  tellUncorrected(source.name, needCorrection, emit);
  return [...partitions.values()];
}

function tellUncorrected(source: string, needCorrection: ReadonlyMap<string, number>, emit: Emit): void {
  for (const [partition, count] of needCorrection) {
    if (count > 0) {
      emit({
        type: 'warning',
        source,
        message: `${counted(count, 'record')} of ${partition} can only be corrected, not sent back as they are (cause "format" or "transform"): `
        + 'copy their lines from the quarantine, write the record as "original", and give the file with --file',
      });
    }
  }
}

function tellRefused({ source, redrive }: RunResult, emit: Emit): void {
  for (const { id, violations } of redrive?.refused ?? []) {
    const reasons = violations.map(({ pointer, message }) => `${pointer || 'the record'} ${message}`).join('; ');
    emit({ type: 'warning', source, message: `the correction of ${id} breaks the contract: ${reasons}` });
  }
}
