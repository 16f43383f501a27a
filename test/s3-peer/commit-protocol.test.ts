import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithPeer, S3Peer } from './support/versitygw';
import { SourceSpec } from '../../src/spec';
import { FULL_PARTS, fullPages } from '../faults/support/paged-api';
import { ExtractorProcess } from '../faults/support/process';
import { Trial } from '../faults/support/trial';
import { expectInvariants, Outcome } from '../support/lake-checker';
import { LakeReader } from '../support/lake-reader';
import { BUCKET } from '../support/test-lake';

const ROUNDS = 8;
const PAGES = 3;
/** Invocations until a run must be done; a source under way is busy for less than a second. */
const PATIENCE = 40;

describeWithPeer('the bundle, in two processes over an S3 server that is not ours', () => {
  let peer: S3Peer;
  let trial: Trial;
  let one: ExtractorProcess;
  let other: ExtractorProcess;
  /** Errors of the invocations that met the other process. */
  let met: string[];

  const processes = async (spec: Partial<SourceSpec> = {}) => {
    const start = () => ExtractorProcess.start(trial, { spec: { ...FULL_PARTS.spec, ...spec }, environment: peer.environment });
    [one, other] = await Promise.all([start(), start()]);
  };
  beforeEach(async () => {
    met = [];
    [peer, trial] = await Promise.all([S3Peer.start(BUCKET), Trial.start()]);
  });
  afterEach(async () => {
    await trial?.close();
    await peer?.close();
  });

  /** As a workflow does it: again, with the same id, as long as the error says so. */
  async function untilDone(extractor: ExtractorProcess, runId: string): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    while (outcomes.length < PATIENCE) {
      const outcome = await extractor.invoke(runId);
      outcomes.push(outcome);
      if (outcome.result?.done || outcome.error?.retryable === false) {
        break;
      }
      await sleep(100);
    }
    return outcomes;
  }

  /** Both at once; the table must then hold exactly these lines, and no invariant be broken. */
  async function race(runs: [string, string], table: (lines: string[]) => string[], version: number): Promise<void> {
    trial.api.pages = fullPages(version, PAGES);
    trial.outcomes.length = 0;
    const ended = await Promise.all([untilDone(one, runs[0]), untilDone(other, runs[1])]);
    expect(ended.map((outcomes) => outcomes.at(-1)!.error ?? outcomes.at(-1)!.result?.done)).toEqual([true, true]);
    met.push(...trial.outcomes.flatMap(({ error }) => error?.code ?? []));
    const lines = trial.api.lines();
    await expectInvariants({
      lake: peer,
      table: table(lines),
      outcomes: trial.outcomes,
      error: 'retryable',
      served: Object.fromEntries(runs.map((runId) => [runId, lines.length])),
      secrets: trial.secretsUsed,
    });
    expect(new LakeReader(peer, 'users').state()).toMatchObject({ pending: null, open: null });
    expect(peer.keys('_staging')).toEqual([]);
  }

  test('snapshots: the table holds one of the two, whole', async () => {
    await processes();
    for (let n = 1; n <= ROUNDS; n++) {
      await race([`one-${n}`, `other-${n}`], (lines) => lines, n);
    }
    expect(met).toContain('BUSY');
  }, 120_000);

  test('appends: the table holds both, each once', async () => {
    await processes({ writeMode: { type: 'append' } });
    const all: string[] = [];
    for (let n = 1; n <= ROUNDS; n++) {
      await race([`one-${n}`, `other-${n}`], (lines) => {
        all.push(...lines, ...lines);
        return all;
      }, n);
    }
    expect(met).toContain('BUSY');
  }, 120_000);

  test('the same run twice: one is fenced off or finds it done, and the table holds it once', async () => {
    await processes({ writeMode: { type: 'append' } });
    const all: string[] = [];
    for (let n = 1; n <= ROUNDS; n++) {
      await race([`same-${n}`, `same-${n}`], (lines) => {
        all.push(...lines);
        return all;
      }, n);
    }
    expect(met).toContain('FENCED');
  }, 120_000);
});
