import { RedriveLoop, redrivePartitions } from './redrive-partitions';
import { sourceRun } from './source-run';
import { asCommandError } from '../errors';
import { counted, duration } from '../render/format';
import { RunReport, SourceFailure } from '../render/results';

export interface Redriving extends RedriveLoop {
  /** Brings the table up to date: a partition may have got its first record, and columns may be new. */
  catalogue(): Promise<unknown>;
}

/** Redrives, brings the table up to date, and tells of it as of runs, one a partition. */
export async function redriveReport(redriving: Redriving): Promise<RunReport> {
  const { source, emit } = redriving;
  const started = performance.now();
  emit({ type: 'stage', source: source.name, stage: 'redrive' });
  const results = await redrivePartitions(redriving);
  const records = results.reduce((sum, result) => sum + result.records, 0);
  const left = results.reduce((sum, result) => sum + result.quarantined, 0);
  emit({
    type: 'stage-done',
    source: source.name,
    stage: 'redrive',
    detail: `${counted(records, 'record')} into the table, ${left} left in quarantine, ${duration(performance.now() - started)}`,
  });
  const failures = records > 0 ? await catalogue(redriving) : [];
  const outcome = source.crawler ? 'crawled' : 'declared';
  const runs = results.map((result) => sourceRun(result, {
    started, database: source.table.database, catalogue: records > 0 && failures.length === 0 ? outcome : undefined,
  }));
  return { kind: 'run', runs, failures };
}

/** What was redriven stays redriven when the table cannot follow. */
async function catalogue(redriving: Redriving): Promise<SourceFailure[]> {
  try {
    await redriving.catalogue();
    return [];
  } catch (error) {
    return [{ source: redriving.source.name, error: asCommandError(error, 'CRAWL_FAILED') }];
  }
}
