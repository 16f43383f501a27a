import { RedriveLoop, redrivePartitions } from './redrive-partitions';
import { sourceRun } from './source-run';
import { counted, duration } from '../render/format';
import { RunReport } from '../render/results';

/** Redrives, and tells of it as of runs, one a partition. */
export async function redriveReport(loop: RedriveLoop, next: string): Promise<RunReport> {
  const { source, emit } = loop;
  const started = performance.now();
  emit({ type: 'stage', source: source.name, stage: 'redrive' });
  const results = await redrivePartitions(loop);
  const records = results.reduce((sum, result) => sum + result.records, 0);
  const left = results.reduce((sum, result) => sum + result.quarantined, 0);
  emit({
    type: 'stage-done',
    source: source.name,
    stage: 'redrive',
    detail: `${counted(records, 'record')} into the table, ${left} left in quarantine, ${duration(performance.now() - started)}`,
  });
  const runs = results.map((result) => sourceRun(result, { started, database: source.table.database, catalogue: undefined }));
  return { kind: 'run', runs, failures: [], next: records > 0 ? next : undefined };
}
