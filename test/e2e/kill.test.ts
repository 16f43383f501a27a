import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FunctionHost } from '../../cli/lambda-host';
import { S3AnswerInfo, S3RequestInfo } from '../../cli/s3';
import { RunResult, stagingPrefix } from '../../src/spec';
import { testSpec } from '../support/extract';
import { HostileServer, json } from '../support/hostile-server';
import { BUCKET, TestLake } from '../support/test-lake';

/** Enough noise in a record that a page of them fills a part of 64 KiB. */
const noise = (seed: number) => ['a', 'b', 'c', 'd'].map((salt) => createHash('sha512').update(salt + seed).digest('base64')).join('');

/** Pages of people, of one version of the truth. */
const PAGES = 5;
const PAGE_SIZE = 300;
const people = (version: number, page: number) =>
  Array.from({ length: page <= PAGES ? PAGE_SIZE : 0 }, (_, i) => ({
    id: (page - 1) * PAGE_SIZE + i,
    version,
    noise: noise(version * 1e6 + page * 1e3 + i),
  }));

interface Person { readonly id: number; readonly version: number }

/** The real bundle in a real process, over the local S3; `onS3` sees every request before and after it is done. */
class KillableRun {
  static async start(): Promise<KillableRun> {
    let run: KillableRun | undefined;
    const lake = await TestLake.start({
      onRequest: (info: S3RequestInfo) => run?.onS3('before', info),
      onAnswer: (info: S3AnswerInfo) => run?.onS3('after', info),
    });
    const api = await HostileServer.start([(request, ...rest) => {
      const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page'));
      return json({ results: people(run!.version, page) })(request, ...rest);
    }]);
    return run = new KillableRun(lake, api);
  }

  version = 1;
  private host: FunctionHost | undefined;
  private killed = false;

  private constructor(readonly lake: TestLake, private readonly api: HostileServer) {}

  onS3: (when: 'before' | 'after', info: S3RequestInfo) => void = () => undefined;

  /** One run with the given id; undefined when the process was killed. */
  async invoke(runId: string): Promise<RunResult | undefined> {
    this.killed = false;
    const lines: string[] = [];
    this.host = new FunctionHost({
      onLog: (line) => lines.push(line),
      codeDir: join(__dirname, '../../assets/extractor'),
      handler: 'index.handler',
      memoryMb: 512,
      timeoutSeconds: 60,
      environment: {
        API_URL: `${this.api.origin}/`,
        DATA_BUCKET_NAME: BUCKET,
        SOURCE_SPEC: JSON.stringify(testSpec({ pagination: { type: 'pageNumber', param: 'page' }, limits: { partBytes: 65_536 } })),
        EXTRACTOR_ALLOWED_HOSTS: '127.0.0.1',
        COMMIT_LEASE_SECONDS: '1',
        COMMIT_QUIET_SECONDS: '0',
      },
      overrides: { AWS_ENDPOINT_URL_S3: this.lake.endpoint },
    });
    const outcome = await this.host.invoke({ runId, scheduledTime: '2026-11-23T04:00:00Z' });
    await this.host.close();
    if ('payload' in outcome) {
      return outcome.payload as RunResult;
    }
    if (!this.killed) {
      throw new Error([`${outcome.status}: ${JSON.stringify(outcome.error)}`, ...lines].join('\n'));
    }
    return undefined;
  }

  /** Ends the process (SIGKILL) when the n-th request (from 1) is about to be done, or has been done unanswered. */
  killAt(n: number, when: 'before' | 'after'): void {
    let requests = 0;
    this.onS3 = (at) => {
      requests += at === 'before' ? 1 : 0;
      if (requests >= n && at === when) {
        this.killed = true;
        void this.host!.close();
        throw new Error('the process is dead');
      }
    };
  }

  people(): Person[] {
    return this.lake.lines('users').map((line) => JSON.parse(line) as Person);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.lake.close();
  }
}

/** Every record of exactly one version, each once. */
function expectExactly(found: Person[], version: number): void {
  expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual(Array.from({ length: PAGES * PAGE_SIZE }, (_, i) => i));
  expect(new Set(found.map((person) => person.version))).toEqual(new Set([version]));
}

describe('a run killed at any request to S3', () => {
  let run: KillableRun;

  beforeAll(async () => {
    run = await KillableRun.start();
    await run.invoke('first');
    expectExactly(run.people(), 1);
  });

  afterAll(async () => {
    await run.close();
  });

  test('before a commit the table is the last one committed; after a rerun it is the new one, whole', async () => {
    const reached = { uncommitted: 0, publishing: 0, published: 0 };
    // Until a run makes fewer than n requests, and so ends alive.
    for (let n = 1, survived = false; !survived; n++) {
      for (const when of ['before', 'after'] as const) {
        const before = run.version;
        run.version++;
        const runId = `run-${n}-${when}`;
        const seq = run.lake.state('users').seq;

        run.killAt(n, when);
        survived = (await run.invoke(runId)) !== undefined;
        run.onS3 = () => undefined;
        if (survived) {
          break;
        }

        const state = run.lake.state('users');
        if (state.seq === seq) {
          reached.uncommitted++;
          expectExactly(run.people(), before);
        } else if (state.pending) {
          reached.publishing++;
          expectCommittedIsSomewhere(run, runId, run.version);
        } else {
          reached.published++;
          expectExactly(run.people(), run.version);
        }

        // Half of the reruns are the same run tried again, half are another one.
        const rerunId = n % 2 === 0 ? runId : `${runId}-next`;
        const result = await rerun(run, rerunId);
        expect(result).toMatchObject({ done: true, records: PAGES * PAGE_SIZE });
        expectExactly(run.people(), run.version);
        expect(run.lake.state('users')).toMatchObject({ pending: null, open: null });
      }
    }
    // Kills fell into every phase.
    expect(reached.uncommitted).toBeGreaterThan(10);
    expect(reached.publishing).toBeGreaterThan(10);
    expect(reached.published).toBeGreaterThan(0);
  }, 300_000);
});

/** Another run finds a dead holder's lease for a second: BUSY until then. */
async function rerun(run: KillableRun, runId: string): Promise<RunResult | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run.invoke(runId);
    } catch (error) {
      if (attempt === 20 || !(error as Error).message.includes('BUSY')) {
        throw error;
      }
      await new Promise((later) => setTimeout(later, 150));
    }
  }
}

/** Between commit and publish every committed record is in the table or still staged. */
function expectCommittedIsSomewhere(run: KillableRun, runId: string, version: number): void {
  const staged = run.lake.keys(stagingPrefix('users', runId)).filter((key) => key.endsWith('.gz'))
    .flatMap((key) => gunzipSync(run.lake.read(key)).toString('utf8').split('\n').slice(0, -1));
  const found = [...staged.map((line) => JSON.parse(line) as Person), ...run.people()].filter((person) => person.version === version);
  expect(new Set(found.map(({ id }) => id)).size).toBe(PAGES * PAGE_SIZE);
}
