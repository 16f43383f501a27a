import { first, isCheckpoint, isCommit, isResult } from './support/s3-gate';
import { fault, Trial } from './support/trial';
import { stateKey } from '../../src/spec';

const STATE = stateKey('users');

const writeState = (trial: Trial, body: string | Buffer) => trial.lake.store.put(STATE, Buffer.from(body), {});

/** The state is `broken`; after a refused run it is still that, byte for byte, until a person restores it. */
async function refusedAndLeft(trial: Trial, broken: string, code: string): Promise<void> {
  const good = trial.lake.read(STATE);
  await writeState(trial, broken);
  await trial.run();
  expect(trial.lake.read(STATE).toString()).toBe(broken);
  expect(trial.server.received).toEqual([]);
  await trial.expectInvariants({ error: { code, retryable: false }, repair: () => writeState(trial, good) });
}

fault('52 missing', async (trial) => {
  const good = trial.lake.read(STATE);
  await trial.lake.store.delete(STATE);
  await trial.run();
  expect(trial.lake.keys(STATE)).toEqual([]);
  await trial.expectInvariants({ error: { code: 'STATE_MISSING', retryable: false }, repair: () => writeState(trial, good) });
});

fault('53 corrupt', async (trial) => {
  await refusedAndLeft(trial, trial.lake.read(STATE).toString().slice(0, -20), 'STATE_CORRUPT');
});

fault('54 old version', async (trial) => {
  await refusedAndLeft(trial, JSON.stringify({ ...trial.lake.state('users'), version: 0 }), 'STATE_VERSION');
});

fault('55 newer version', async (trial) => {
  await refusedAndLeft(trial, JSON.stringify({ ...trial.lake.state('users'), version: 2 }), 'STATE_VERSION');
});

fault('56 lost compare-and-swap', async (trial) => {
  // A renewal of its own lease came between: the same epoch, so the commit is tried again.
  const renewed = first(isCommit);
  trial.gate.before = async (call) => {
    if (renewed(call)) {
      await trial.editState((state) => ({ ...state, nonce: 'renewed' }));
    }
  };
  await trial.run();
  expect(trial.outcomes[0].result?.done).toBe(true);
  const committed = trial.api.lines();

  // Another attempt took over: nothing may be written any more.
  trial.api.pages = [[{ id: 1, version: 3 }]];
  const fenced = first(isCommit);
  trial.gate.before = async (call) => {
    if (fenced(call)) {
      await trial.editState((state) => ({ ...state, nonce: 'other', epoch: state.epoch + 1 }));
    }
  };
  await trial.run({ runId: 'fenced' });
  await trial.expectInvariants({
    error: { code: 'FENCED', retryable: true }, table: committed, pages: trial.api.linesOfPages(), served: { 'run-1': committed.length }, rerun: { runId: 'fenced' },
  });
});

fault('57 write fails after data', async (trial) => {
  trial.gate.before = (call) => (isCheckpoint(call) ? { status: 500, code: 'InternalError' } : undefined);
  await trial.run();
  expect(trial.lake.lines('users')).toEqual(trial.before);

  // The table is whole, its result cannot be written: the run is not done, and the next one ends it.
  trial.gate.before = (call) => (isResult(call) ? { status: 500, code: 'InternalError' } : undefined);
  await trial.run({ runId: 'unsaid' });
  await trial.expectInvariants({ error: { code: 'STORE_UNAVAILABLE', retryable: true }, table: trial.api.lines(), rerun: { runId: 'unsaid' } });
});

fault('58 stale lease', async (trial) => {
  const dead = (leaseUntil: string) => trial.editState((state) => ({
    ...state, epoch: state.epoch + 1, open: { runId: 'dead', mode: 'snapshot', date: '2026-11-23', base: null, holder: 'a dead process', leaseUntil, committed: null },
  }));
  await dead(new Date(Date.now() + 3_600_000).toISOString());
  await trial.run();
  await trial.expectInvariants({
    error: { code: 'BUSY', retryable: true },
    repair: () => dead(new Date(Date.now() - 1000).toISOString()), // time passes
  });
});

fault('59 rolled back', async (trial) => {
  const old = trial.lake.read(STATE);
  await trial.run();
  const committed = trial.api.lines();
  const good = trial.lake.read(STATE);
  trial.api.pages = [[{ id: 1, version: 3 }]];
  await writeState(trial, old);
  await trial.run();
  expect(trial.lake.read(STATE)).toEqual(old);
  await writeState(trial, good);
  await trial.expectInvariants({ error: { code: 'STATE_ROLLED_BACK', retryable: false }, table: committed, served: { 'run-1': committed.length } });
});
