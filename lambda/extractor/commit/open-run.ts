import { OpenRun, Position, RunResult, SourceState } from '../../../src/spec';
import { ExtractorError } from '../errors';
import { compareAndSwap } from './compare-and-swap';
import { CommitContext } from './context';
import { publish } from './publish';
import { readResult } from './result';
import { fitsTable } from './rolled-back';
import { readOrCreateState, StoredState } from './state';
import { backoff } from './timing';

const ATTEMPTS = 20;

export interface OpenRequest {
  readonly runId: string;
  readonly scheduledTime?: string;
  readonly mode: 'snapshot' | 'append';
  /** See OpenRun. */
  readonly redrive?: boolean;
  readonly leaseSeconds: number;
  /** Who runs: shown to a run that finds this one busy. */
  readonly holder: string;
}

/** Rules 1 to 4: the state with this run open in a new epoch, or the result of a run that was done before. */
export async function openRun(context: CommitContext, request: OpenRequest): Promise<StoredState | RunResult> {
  const scheduledDate = request.scheduledTime === undefined ? undefined : dateOf(request.scheduledTime);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = await readOrCreateState(context, scheduledDate);
    if (current.state.pending) {
      context.log('publishing what an earlier run committed', { runId: current.state.pending.runId, seq: current.state.pending.seq });
      await publish(context, current, 'helper');
      continue;
    }
    const result = await readResult(context, request.runId);
    if (result) {
      return result;
    }
    refuseWhenBusy(context, current.state.open, request.runId);
    const date = dateOfRun(context, current.state, request.runId, scheduledDate);
    const opened = await fitsTable(context, current, date) && await takeOver(context, current, request, date);
    if (opened) {
      return opened;
    }
    await backoff(context.timing, attempt);
  }
  throw new ExtractorError('BUSY', `source "${context.source}": the state changed ${ATTEMPTS} times while run "${request.runId}" was being opened: try again`,
    { retryable: true, details: { source: context.source } });
}

/** Rule 5's base: where this run starts reading. */
export function basePosition(state: SourceState, mode: 'snapshot' | 'append'): Position | null {
  return mode === 'snapshot' ? null : state.resume ?? state.watermark;
}

export const leaseUntil = (context: CommitContext, leaseSeconds: number) => new Date(context.store.now() + leaseSeconds * 1000).toISOString();

/** A run keeps the partition that it began with. */
function dateOfRun(context: CommitContext, { open }: SourceState, runId: string, scheduledDate: string | undefined): string {
  const before = open?.runId === runId ? open : undefined;
  return before?.date ?? scheduledDate ?? new Date(context.store.now()).toISOString().slice(0, 10);
}

function takeOver(context: CommitContext, current: StoredState, request: OpenRequest, date: string) {
  const open = (state: SourceState): OpenRun => {
    const before = state.open?.runId === request.runId ? state.open : undefined;
    return {
      runId: request.runId,
      mode: request.mode,
      date,
      base: basePosition(state, request.mode),
      ...(request.redrive && { redrive: true }),
      holder: request.holder,
      leaseUntil: leaseUntil(context, request.leaseSeconds),
      committed: before?.committed ?? null,
    };
  };
  // Whatever changed the state meanwhile, rules 1 to 3 must look at it first.
  return compareAndSwap(context, current, (state) => ({ ...state, epoch: state.epoch + 1, open: open(state) }), () => false);
}

function refuseWhenBusy(context: CommitContext, open: OpenRun | null, runId: string): void {
  if (open === null || open.runId === runId) {
    return;
  }
  const leftMs = Date.parse(open.leaseUntil) - context.store.now();
  if (leftMs > 0) {
    throw new ExtractorError('BUSY', `source "${context.source}" is being read by run "${open.runId}" (${open.holder}) until ${open.leaseUntil} or longer: `
      + 'try again later, or continue that run by its id',
    {
      retryable: true,
      retryAfterSeconds: Math.ceil(leftMs / 1000),
      details: { source: context.source, runId: open.runId, holder: open.holder, leaseUntil: open.leaseUntil },
    });
  }
}

function dateOf(scheduledTime: string): string {
  const time = new Date(scheduledTime);
  if (Number.isNaN(time.getTime())) {
    throw new ExtractorError('INVALID_REQUEST', `scheduledTime "${scheduledTime}" is not an ISO 8601 time such as 2025-06-30T04:00:00Z`, { retryable: false });
  }
  return time.toISOString().slice(0, 10);
}
