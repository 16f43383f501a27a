import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { people } from './support/paged-api';
import { ExtractorProcess } from './support/process';
import { isPart, isWrite, S3Call } from './support/s3-gate';
import { fault, SECRET_ARN, Trial } from './support/trial';
import { json, raw, status } from '../support/hostile-server';
import { Outcome } from '../support/lake-checker';

/** The next version of the truth. */
const nextVersion = (trial: Trial, version: number) => {
  trial.api.pages = people(version, 4, 4, 2);
  return trial.api.lines();
};

/** Kills the process at a call: before the store does it, or after, and before the process hears of it. */
async function killedAt(trial: Trial, runId: string, fits: (call: S3Call, when: 'before' | 'after') => boolean, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<Outcome> {
  const extractor = await ExtractorProcess.start(trial);
  const look = (when: 'before' | 'after') => (call: S3Call) => {
    if (fits(call, when)) {
      extractor.gate.freeze();
      extractor.kill(signal);
    }
  };
  extractor.gate.before = look('before');
  extractor.gate.after = look('after');
  return extractor.invoke(runId);
}

fault('60 SIGKILL before and after every write', async (trial) => {
  const writes: string[] = [];
  let table = trial.before;
  // Until a run makes fewer than n writes, and so ends alive.
  for (let n = 1, alive = false; !alive; n++) {
    for (const moment of ['before', 'after'] as const) {
      const lines = nextVersion(trial, 100 * n + (moment === 'before' ? 0 : 1));
      const seq = trial.lake.state('users').seq;
      const runId = `killed-${n}-${moment}`;
      const seen: S3Call[] = [];
      const outcome = await killedAt(trial, runId, (call, when) => {
        if (isWrite(call) && when === 'before') {
          seen.push(call);
        }
        // By the call, not by the count: the lease may be renewed while another write is under way.
        const dies = call === seen[n - 1] && when === moment;
        if (dies && moment === 'after') {
          writes.push(call.operation);
        }
        return dies;
      });
      if ((alive = !outcome.killed)) {
        break;
      }
      const state = trial.lake.state('users');
      const publishing = state.pending !== null;
      const done = state.seq > seq && !publishing;
      await trial.expectInvariants({ table: state.seq === seq ? table : lines, publishing, served: {}, rerun: done ? {} : { runId } });
      await trial.editState((edited) => ({ ...edited, quietUntil: null })); // time passes
      trial.outcomes.length = 0;
      table = lines;
    }
  }
  // Opened, staged, checkpointed, committed, copied, deleted, result and cleared.
  expect(writes.length).toBeGreaterThanOrEqual(9);
  expect(new Set(writes)).toEqual(new Set(['PUT', 'COPY', 'DELETE']));
});

fault('61 SIGTERM', async (trial) => {
  const outcome = await killedAt(trial, 'terminated', (call, when) => isPart(call) && when === 'after', 'SIGTERM');
  expect(outcome).toMatchObject({ killed: true, ended: { error: { errorMessage: expect.stringContaining('terminated') } } });
  await trial.expectInvariants({ table: trial.before, rerun: { runId: 'terminated' } });
});

fault('62 little time left', async (trial) => {
  trial.api.pages = people(2, ...Array(10).fill(2));
  const api = trial.api.behaviour;
  const slow = async (...args: Parameters<typeof api>) => {
    await new Promise((later) => setTimeout(later, 500));
    return json({ results: trial.api.pages[Number(/page=(\d+)/.exec(args[0].url)![1]) - 1] ?? [] })(...args);
  };
  trial.api.pages.forEach((_page, i) => trial.api.failAlways(i + 1, slow));
  const extractor = await ExtractorProcess.start(trial, { timeoutSeconds: 5 });
  const outcomes: Outcome[] = [];
  while (!outcomes.at(-1)?.result?.done && outcomes.length < 10) {
    outcomes.push(await extractor.invoke('slow'));
  }
  expect(outcomes.length).toBeGreaterThan(1);
  expect(outcomes.slice(0, -1).every(({ result }) => result?.done === false)).toBe(true);
  await trial.expectInvariants();
});

fault('63 out of memory', async (trial) => {
  // One record that never ends, within what a record may be.
  trial.api.failAlways(2, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"results":[{"id":"');
    const more = Buffer.alloc(1024 * 1024, 'x');
    const pour = () => {
      while (!response.destroyed && response.write(more));
    };
    response.on('drain', pour);
    pour();
  });
  const extractor = await ExtractorProcess.start(trial, { memoryMb: 150, spec: { limits: { maxRecordBytes: 1024 * 1024 * 1024 } } });
  const outcome = await extractor.invoke('eats');
  expect(outcome).toMatchObject({ killed: true, ended: { status: 'oom' } });
  await trial.expectInvariants({ table: trial.before, rerun: { runId: 'eats' } });
});

fault('64 /tmp full', async (trial) => {
  // No file can be made below a file, by root neither.
  const folder = mkdtempSync(join(tmpdir(), 'full-'));
  trial.onClose(async () => rmSync(folder, { recursive: true }));
  const full = join(folder, 'tmp');
  writeFileSync(full, '');
  expect(() => writeFileSync(join(full, 'a'), '')).toThrow();

  const extractor = await ExtractorProcess.start(trial, { environment: { TMPDIR: full, HOME: full } });
  await extractor.invoke();
  await trial.expectInvariants();
});

fault('65 same invocation twice', async (trial) => {
  const [one, two] = await Promise.all([ExtractorProcess.start(trial), ExtractorProcess.start(trial)]);
  // The second one begins when the first has staged its part.
  let second: Promise<Outcome> | undefined;
  one.gate.after = async (call) => {
    if (isPart(call) && !second) {
      second = two.invoke('twice');
      await second;
    }
  };
  const first = await one.invoke('twice');
  expect((await second)?.result?.done).toBe(true);
  expect(first.error?.code).toBe('FENCED');
  // What the fenced attempt stages after the other one is done is garbage, which expires.
  await trial.expectInvariants({ error: { code: 'FENCED', retryable: true }, table: trial.api.lines() });
});

fault('66 two runs at once', async (trial) => {
  // A lease that outlasts a slow start of the second process.
  const environment = { COMMIT_LEASE_SECONDS: '60' };
  const [one, two] = await Promise.all([ExtractorProcess.start(trial, { environment }), ExtractorProcess.start(trial, { environment })]);
  let other: Promise<Outcome> | undefined;
  one.gate.after = async (call) => {
    if (isPart(call) && !other) {
      other = two.invoke('second');
      await other;
    }
  };
  expect((await one.invoke('first')).result?.done).toBe(true);
  expect((await other)?.error?.code).toBe('BUSY');
  await trial.expectInvariants({ error: { code: 'BUSY', retryable: true }, rerun: { runId: 'second' } });
});

fault('67 warm start after a failure', async (trial) => {
  const extractor = await ExtractorProcess.start(trial);
  trial.api.failAlways(3, status(500));
  expect((await extractor.invoke()).ended.initMs).toBeDefined();
  trial.api.heal();
  trial.api.fail(1, raw('{"results":[{"id":'));
  const warm = await extractor.invoke();
  expect(warm.ended.initMs).toBeUndefined(); // the same process
  expect(warm.result?.done).toBe(true);
  await trial.expectInvariants({ error: { code: 'HTTP_500', retryable: true }, table: trial.api.lines() });
});

/** Shifts the wall clock of a process once its handler has begun. */
const shiftedClock = (trial: Trial, days: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  trial.onClose(async () => rmSync(folder, { recursive: true }));
  const script = join(folder, 'shift.cjs');
  writeFileSync(script, `const now = Date.now; let calls = 0; Date.now = () => now() + (++calls > 40 ? ${days} * 86400000 : 0);`);
  return { NODE_OPTIONS: `--require=${script}` };
};

fault('68 clock jump', async (trial) => {
  for (const days of [-400, 400]) {
    const extractor = await ExtractorProcess.start(trial, { environment: shiftedClock(trial, days) });
    let outcome: Outcome | undefined;
    for (let calls = 0; calls < 5 && !outcome?.result?.done; calls++) {
      outcome = await extractor.invoke(`jump${days}`);
    }
    expect(outcome?.result?.done).toBe(true);
  }
  expect(trial.lake.state('users').schemaHash).not.toBeNull();
  await trial.expectInvariants();
});

fault('69 secret rotated or throttled', async (trial) => {
  const extractor = await ExtractorProcess.start(trial, { environment: { AWS_MAX_ATTEMPTS: '1' } });
  trial.secrets.secrets[SECRET_ARN] = { error: 'ThrottlingException' };
  await extractor.invoke('throttled');
  trial.api.token = trial.secrets.secrets[SECRET_ARN] = 'first-token';
  expect((await extractor.invoke('throttled')).result?.done).toBe(true);

  // The warm process still holds the first one.
  trial.api.token = trial.secrets.secrets[SECRET_ARN] = 'second-token';
  trial.api.pages = people(3, 2);
  expect((await extractor.invoke('rotated')).result?.done).toBe(true);
  trial.secretsUsed.push('first-token', 'second-token');
  await trial.expectInvariants({ error: { code: 'SECRET_UNAVAILABLE', retryable: true }, table: trial.api.lines(), served: { throttled: 10, rotated: 2 } });
});

