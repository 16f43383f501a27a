import { S3Client } from '@aws-sdk/client-s3';
import { PagedApi, people } from './paged-api';
import { S3Call, S3Gate } from './s3-gate';
import { ExtractorError } from '../../../lambda/extractor/errors';
import { S3LakeStore } from '../../../lambda/extractor/store';
import { SourceSpec, SourceState, stateKey } from '../../../src/spec';
import { extract, ExtractOptions } from '../../support/extract';
import { HostileServer } from '../../support/hostile-server';
import { expectInvariants, Observation, Outcome } from '../../support/lake-checker';
import { FakeSecretsManager } from '../../support/secrets-manager-server';
import { BUCKET, TestLake } from '../../support/test-lake';

export const SECRET_ARN = 'arn:aws-test:secretsmanager:us-east-1:000000000000:secret:api';
/** With what has other forms in URLs and JSON. */
export const SECRET = 'tok/en+with="signs"';

export const BY_PAGE = { type: 'pageNumber', param: 'page', stablePages: true } as const;

export interface TrialRun extends Omit<ExtractOptions, 'log'> {
  /** @default - the trial's API */
  readonly url?: string;
  /** The process's way to the lake. @default - the trial's own */
  readonly gate?: S3Gate;
  readonly bucket?: string;
}

/** What a test knows beyond what the trial knows. */
export interface TrialFacts extends Partial<Observation> {
  /** The clean rerun. @default - a new run */
  readonly rerun?: TrialRun;
  /** What a person does before it. */
  readonly repair?: () => Promise<unknown>;
  /** What the table holds after it. @default - what the API has */
  readonly after?: readonly string[];
  /** What is in quarantine after it. @default - what was before it */
  readonly afterQuarantine?: readonly string[];
}

/**
 * A lake, an API that asks for a secret, and a network between the extractor and the lake; two versions of the
 * truth, the first of which is in the table already. Every run in here is watched, and judged at the end.
 */
export class Trial {
  static async start(): Promise<Trial> {
    const lake = await TestLake.start();
    const [gate, secrets] = await Promise.all([S3Gate.start(lake.endpoint), FakeSecretsManager.start({ [SECRET_ARN]: SECRET })]);
    const api = new PagedApi(people(1, 3, 3));
    api.token = SECRET;
    const server = await HostileServer.start([api.behaviour]);
    const trial = new Trial(lake, gate, secrets, api, server);
    trial.gates.push(gate);
    await trial.run({ runId: 'before' });
    trial.before = api.lines();
    trial.outcomes.length = 0;
    server.received.length = 0;
    gate.calls.length = 0;
    api.pages = people(2, 4, 4, 2);
    return trial;
  }

  /** What the table held when the trial began. */
  before: string[] = [];
  /** How often the invariants were checked. */
  checks = 0;
  readonly outcomes: Outcome[] = [];
  readonly secretsUsed = [SECRET];
  readonly gates: S3Gate[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private runs = 0;

  private constructor(
    readonly lake: TestLake,
    readonly gate: S3Gate,
    readonly secrets: FakeSecretsManager,
    readonly api: PagedApi,
    readonly server: HostileServer,
  ) {}

  get url(): string {
    return `${this.server.origin}/users`;
  }

  /** Closed with the trial. */
  onClose(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  /** Another process's way to the lake. */
  async newGate(): Promise<S3Gate> {
    const gate = await S3Gate.start(this.lake.endpoint);
    this.gates.push(gate);
    return gate;
  }

  newRunId(): string {
    return `run-${++this.runs}`;
  }

  /** One invocation of the extractor; never throws. */
  async run(options: TrialRun = {}): Promise<Outcome> {
    const runId = options.runId ?? this.newRunId();
    const deadlineMs = options.timeMs ?? 60_000;
    const logs: string[] = [];
    const store = this.storeBehind(options.gate ?? this.gate, options.bucket);
    const start = performance.now();
    const ended = await extract(Object.create(this.lake, { store: { value: store } }) as TestLake, options.url ?? this.url, {
      ...options,
      runId,
      spec: trialSpec(options.spec),
      log: (message, fields) => logs.push(JSON.stringify({ message, ...fields })),
    }).then((result) => ({ result }), (error: ExtractorError) => ({ error: errorOf(error) }));
    const outcome: Outcome = { runId, ...ended, tookMs: performance.now() - start, deadlineMs, logs };
    this.outcomes.push(outcome);
    return outcome;
  }

  /**
   * One invocation that dies (for the lake: is never heard of again) when `dies` says so of a request to S3,
   * before the request is done or after it. Undefined when it ended alive.
   */
  async runUntilDead(options: TrialRun, dies: (call: S3Call, when: 'before' | 'after') => boolean): Promise<Outcome | undefined> {
    const gate = await this.newGate();
    const runId = options.runId ?? this.newRunId();
    const dead = new Promise<undefined>((resolve) => {
      const look = (when: 'before' | 'after') => (call: S3Call) => {
        if (dies(call, when)) {
          gate.freeze();
          resolve(undefined);
        }
      };
      gate.before = look('before');
      gate.after = look('after');
    });
    const outcome = await Promise.race([this.run({ ...options, runId, gate }), dead]);
    if (!outcome) {
      this.outcomes.push({ runId, killed: true, tookMs: 0, deadlineMs: 0, logs: [] });
    }
    return outcome;
  }

  /** Changes the state by hand, as a person or another program would. */
  async editState(change: (state: SourceState) => object): Promise<void> {
    await this.lake.store.put(stateKey('users'), Buffer.from(JSON.stringify(change(this.lake.state('users')))), {});
  }

  /** Checks all invariants, then that a clean rerun brings the API's present truth into the table. */
  async expectInvariants(facts: TrialFacts = {}): Promise<void> {
    this.checks++;
    const { rerun, repair, after, afterQuarantine, ...observed } = facts;
    const failed = facts.error !== undefined && !this.outcomes.some(({ result }) => result?.done);
    const done = this.outcomes.filter(({ result }) => result?.done).map(({ runId }) => runId);
    await expectInvariants({
      lake: this.lake,
      table: failed ? this.before : this.api.lines(),
      outcomes: this.outcomes,
      pages: this.api.linesOfPages(),
      served: Object.fromEntries(done.map((runId) => [runId, this.api.lines().length])),
      secrets: this.secretsUsed,
      ...observed,
    }, {
      table: after ?? this.api.lines(),
      quarantine: afterQuarantine,
      run: async () => {
        this.api.heal();
        this.gate.clear();
        await repair?.();
        return this.run(rerun);
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.closers.map((close) => close()));
    await Promise.all([...this.gates.map((gate) => gate.close()), this.server.close(), this.secrets.close()]);
    await this.lake.close();
  }

  private storeBehind(gate: S3Gate, bucket = BUCKET): S3LakeStore {
    const client = new S3Client({
      endpoint: gate.endpoint, forcePathStyle: true, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 2,
    });
    this.onClose(async () => client.destroy());
    return new S3LakeStore({ bucket, client });
  }
}

/** Pages by number, behind a bearer token. */
export const trialSpec = (spec: Partial<SourceSpec> = {}): Partial<SourceSpec> => ({
  pagination: BY_PAGE, auth: { type: 'bearer', token: { secretArn: SECRET_ARN } }, ...spec,
});

function errorOf(error: ExtractorError): NonNullable<Outcome['error']> {
  const { code, retryable, message, stack, details } = error;
  return { code: code ?? error.name, retryable, text: `${message}\n${stack}\n${JSON.stringify(details ?? null)}` };
}

/** Codes of the attempts that were tried again. */
export const retries = ({ logs }: Outcome) => logs.map((line) => JSON.parse(line) as { message: string; code: string }).filter(({ message }) => message === 'retry').map(({ code }) => code);

/** One trial, which must check the invariants, ended whatever happens. */
export function fault(name: string, body: (trial: Trial) => Promise<void>): void {
  test(name, async () => {
    const trial = await Trial.start();
    try {
      await body(trial);
      expect(trial.checks).toBeGreaterThan(0);
    } finally {
      await trial.close();
    }
  });
}
