import { FULL_PARTS, fullPages } from './support/paged-api';
import { first, isCheckpoint, isCommit, isPart, S3Call } from './support/s3-gate';
import { fault, Trial } from './support/trial';

const linesOf = (version: number, trial: Trial) => {
  trial.api.pages = trial.api.pages.map((page) => page.map((record) => ({ ...record as object, version })));
  return trial.api.lines();
};

/** Run A stands still in its publish until run B has committed, published and ended. */
async function stalledPublisher(trial: Trial, at: S3Call['operation']): Promise<void> {
  const gate = await trial.newGate();
  let wake!: () => void;
  const awake = new Promise<void>((resolve) => { wake = resolve; });
  let committed = false;
  const stalled = new Promise<void>((resolve) => {
    const stalls = first(({ operation }) => committed && operation === at);
    gate.before = async (call) => {
      if (stalls(call)) {
        resolve();
        await awake;
      }
    };
    gate.after = (call) => {
      committed ||= isCommit(call);
    };
  });
  const older = trial.run({ runId: 'stalled', gate });
  await stalled;
  const lines = linesOf(3, trial);
  expect((await trial.run({ runId: 'newer' })).result?.done).toBe(true);
  wake();
  expect((await older).result?.done).toBe(true);

  await trial.expectInvariants({ table: lines, served: { stalled: 10, newer: 10 } });
}

fault('71 a stalled publisher wakes after a newer commit', async (trial) => {
  await stalledPublisher(trial, 'COPY');
});

fault('71 a stalled publisher wakes after a newer commit, about to delete', async (trial) => {
  await stalledPublisher(trial, 'DELETE');
});

fault('71 a stalled publisher wakes after a newer commit, about to look what is older', async (trial) => {
  await stalledPublisher(trial, 'LIST');
});

fault('72 the response of a winning CAS is lost', async (trial) => {
  const commits = first(isCommit);
  const statuses: number[] = [];
  trial.gate.after = (call, reply) => {
    if (isCommit(call)) {
      statuses.push(reply.status);
    }
    return commits(call) ? 'cut' : undefined;
  };
  await trial.run();
  expect(statuses).toEqual([200, 412]); // it did win, and was asked again
  expect(trial.lake.state('users').seq).toBe(2);
  await trial.expectInvariants();
});

fault('73 a retry with the same run id after success', async (trial) => {
  const first73 = await trial.run({ runId: 'same' });
  const asked = trial.server.received.length;
  const raw = trial.lake.keys('raw');
  const again = await trial.run({ runId: 'same' });

  expect(again.result).toEqual(first73.result);
  expect(trial.server.received).toHaveLength(asked);
  expect(trial.lake.keys('raw')).toEqual(raw);
  await trial.expectInvariants();
});

fault('74 two attempts cut parts at different places', async (trial) => {
  let parts = 0;
  // Every page a part; dies between its second part and that one's checkpoint.
  trial.api.pages = fullPages(2, 4);
  await trial.runUntilDead({ runId: 'twice', ...FULL_PARTS }, (call, when) => when === 'after' && isPart(call) && ++parts === 2);
  expect(trial.lake.lines('users')).toEqual(trial.before);
  await trial.run({ runId: 'twice' });

  const [first74, ...rest] = trial.lake.keys('raw');
  expect(first74).toContain('-twice-');
  expect(rest).toHaveLength(1);
  await trial.expectInvariants();
});

fault('75 a crash between each pair of publish steps', async (trial) => {
  const steps: string[] = [];
  for (let n = 1, died = true; died; n++) {
    trial.api.pages = fullPages(n + 1, 2);
    const lines = trial.api.lines();
    let step = 0;
    const runId = `crash-${n}`;
    const alive = await trial.runUntilDead({ runId, ...FULL_PARTS }, (call, when) => {
      step += step > 0 || isCommit(call) ? Number(when === 'after') : 0;
      if (when === 'after' && step === n) {
        steps.push(isCheckpoint(call) ? 'checkpoint' : call.operation);
      }
      return step === n && when === 'after';
    });
    died = alive === undefined;

    const publishing = trial.lake.state('users').pending !== null;
    await trial.expectInvariants({ table: lines, publishing, served: {}, rerun: publishing ? { runId, ...FULL_PARTS } : FULL_PARTS });
    // Time passes: what a helped publish waits for.
    await trial.editState((state) => ({ ...state, quietUntil: null }));
  }
  expect(steps.length).toBeGreaterThan(9);
  expect(new Set(steps)).toEqual(new Set(['PUT', 'GET', 'COPY', 'LIST', 'DELETE']));
});
