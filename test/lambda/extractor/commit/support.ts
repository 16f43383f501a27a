import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { RunLog, RunLogOptions, StageablePart } from '../../../../lambda/extractor/commit';
import { ExtractorError } from '../../../../lambda/extractor/errors';
import { LakeStore } from '../../../../lambda/extractor/store';
import { RunResult } from '../../../../src/spec';

export const SOURCE = 'users';

export const DAY = '2025-06-30T04:00:00Z';

export function partOf(...lines: string[]): StageablePart {
  const body = gzipSync(lines.map((line) => line + '\n').join(''));
  return { body, records: lines.length, sha256: createHash('sha256').update(body).digest('hex') };
}

export const optionsOf = (runId: string, more: Partial<RunLogOptions> = {}): RunLogOptions => ({
  source: SOURCE, runId, scheduledTime: DAY, mode: 'snapshot', leaseSeconds: 60, quietSeconds: 0, holder: 'test', ...more,
});

/** Opens a run that is not done yet. */
export async function openLog(store: LakeStore, runId: string, more: Partial<RunLogOptions> = {}): Promise<RunLog> {
  const log = await RunLog.open(store, optionsOf(runId, more));
  if (!(log instanceof RunLog)) {
    throw new Error(`run ${runId} is done already`);
  }
  return log;
}

/** One page with these lines, to the checkpoint at the end. */
export async function stageAll(log: RunLog, ...lines: string[]): Promise<void> {
  if (lines.length > 0) {
    await log.stagePart(partOf(...lines));
  }
  await log.checkpoint({ next: { page: 2 }, end: true, counts: { records: lines.length, pages: 1, quarantined: 0 }, schema: { lines } });
}

export const FACTS = { schemaHash: 'hash of columns', warnings: ['a warning'] };

/** A whole run. */
export async function runAll(store: LakeStore, runId: string, lines: string[], more: Partial<RunLogOptions> = {}): Promise<RunResult> {
  const log = await openLog(store, runId, more);
  await stageAll(log, ...lines);
  return log.commit(FACTS);
}

export const failureOf = (call: Promise<unknown>): Promise<ExtractorError> =>
  call.then(() => {
    throw new Error('succeeded');
  }, (error) => error as ExtractorError);

/** The same store with some of its calls replaced. */
export const withCalls = (store: LakeStore, calls: Partial<LakeStore>): LakeStore => new Proxy(store, {
  get: (target, name) => calls[name as keyof LakeStore] ?? (target[name as keyof LakeStore] as () => unknown).bind(target),
});

export const lostAnswer = () => new ExtractorError('STORE_UNAVAILABLE', 'the answer was lost', { retryable: true });
