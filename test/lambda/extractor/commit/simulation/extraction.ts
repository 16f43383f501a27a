import { createHash } from 'node:crypto';
import { Random } from './random';
import { RunLog, Timing } from '../../../../../lambda/extractor/commit';
import { LakeStore } from '../../../../../lambda/extractor/store';
import { RunResult } from '../../../../../src/spec';

/** Records of the simulated API. */
export const RECORDS = 5;

export const SOURCE = 'users';

/**
 * What a run does:
 * - snapshot: reads all records, the latest run replaces
 * - append: reads all records, every run adds its own
 * - units: an API in ascending order; commits at every checkpoint, goes on where the last commit ended
 */
export type Kind = 'snapshot' | 'append' | 'units';

export interface Plan {
  readonly kind: Kind;
  readonly runId: string;
  readonly quietSeconds: number;
}

/** How record `i` of a run stands in the table. */
export const recordOf = ({ kind, runId }: Pick<Plan, 'kind' | 'runId'>, i: number) => kind === 'append' ? `${runId}:${i}` : `${i}`;

/** One invocation of an extractor over the real RunLog: cuts parts and checkpoints anywhere, ends early at times. */
export async function extract(plan: Plan, store: LakeStore, timing: Timing, random: Random): Promise<RunResult> {
  const log = await RunLog.open(store, {
    source: SOURCE,
    runId: plan.runId,
    mode: plan.kind === 'snapshot' ? 'snapshot' : 'append',
    leaseSeconds: 90,
    quietSeconds: plan.quietSeconds,
    holder: 'simulation',
    timing,
  });
  if (!(log instanceof RunLog)) {
    return log;
  }
  try {
    return await read(log, plan, random);
  } catch (error) {
    await log.suspend();
    throw error;
  }
}

async function read(log: RunLog, plan: Plan, random: Random): Promise<RunResult> {
  const start = log.resumed ? log.resumed.next : log.base;
  let at = (start as { at: number } | null)?.at ?? 0;
  let counts = log.resumed?.counts ?? { records: 0, pages: 0, quarantined: 0 };
  let end = log.resumed?.end ?? false;
  const facts = (columns: number) => ({ schemaHash: `columns ${columns}`, warnings: [], ...(plan.kind === 'units' && { watermark: { at } }) });
  while (!end) {
    const size = Math.min(1 + random.below(3), RECORDS - at);
    if (random.chance(0.2)) {
      stage(log, plan, at, size, random);
      log.discardSinceCheckpoint(); // a page that broke off and is read again
    }
    stage(log, plan, at, size, random);
    at += size;
    counts = { ...counts, records: counts.records + size, pages: counts.pages + 1 };
    end = at === RECORDS;
    await log.checkpoint({ next: { at }, end, counts, schema: { columns: at } });
    if (plan.kind === 'units' && !end && random.chance(0.7)) {
      await log.commit(facts(at));
      counts = { records: 0, pages: 0, quarantined: 0 };
    }
    if (!end && random.chance(0.1)) {
      return log.suspend();
    }
  }
  return log.commit(facts(RECORDS));
}

/** Stages some records as one or two parts; the checkpoint that follows waits for them. */
function stage(log: RunLog, plan: Plan, at: number, size: number, random: Random): void {
  const cut = size > 1 && random.chance(0.3) ? 1 : size;
  for (const [from, to] of [[at, at + cut], [at + cut, at + size]]) {
    if (to > from) {
      const lines = Array.from({ length: to - from }, (_, i) => recordOf(plan, from + i));
      const body = Buffer.from(lines.join('\n') + '\n');
      void log.stagePart({ body, records: lines.length, sha256: createHash('sha256').update(body).digest('hex') }).catch(() => undefined);
    }
  }
}
