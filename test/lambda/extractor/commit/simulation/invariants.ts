import { Kind, recordOf, RECORDS, SOURCE } from './extraction';
import { SimulatedLake } from './simulated-lake';
import { Checkpoint } from '../../../../../lambda/extractor/commit';
import {
  partitionPrefix, PendingPublish, rawPartKey, rawPrefix, RunResult, runResultPrefix, SourceState, stagingPrefix, stateKey, STAGING_PREFIX,
} from '../../../../../src/spec';

interface Commit extends Omit<PendingPublish, 'result'> {
  readonly keys: readonly string[];
  readonly records: readonly string[];
}

/** Watches every change of the lake, and collects what must never be. Numbers as in the design: I1 lost, I2 doubled, I3 ahead, I4 visible. */
export class Invariants {
  readonly commits: Commit[] = [];
  readonly violations: string[] = [];
  private seq = 0;

  constructor(private readonly lake: SimulatedLake, private readonly kind: Kind) {
    lake.onChange = (key) => this.changed(key);
  }

  private get state(): SourceState | undefined {
    return this.lake.json<SourceState>(stateKey(SOURCE));
  }

  private changed(key: string): void {
    if (key === stateKey(SOURCE)) {
      this.recordCommit();
    }
    if (key.startsWith(STAGING_PREFIX) && key.endsWith('.json')) {
      this.checkpointIsDurable(key);
    }
    this.onlyCommitted();
    this.state?.pending ? this.committedIsSomewhere() : this.tableIsExact();
    this.resultsAreTrue();
  }

  private recordCommit(): void {
    const { pending, seq } = this.state!;
    if (seq === this.seq) {
      return;
    }
    this.seq = seq;
    if (!pending) {
      this.violations.push('I1 the state went back over a commit');
      return;
    }
    const { parts } = this.lake.json<Checkpoint>(pending.manifest)!;
    if (pending.last && this.commits.some((commit) => commit.last && commit.runId === pending.runId)) {
      this.violations.push(`I2 run ${pending.runId} committed twice`);
    }
    this.commits.push({
      ...pending,
      keys: parts.map((part) => rawPartKey(SOURCE, pending.date, seq, pending.runId, part.key)),
      records: parts.flatMap((part) => this.linesOf(part.key)),
    });
  }

  private checkpointIsDurable(key: string): void {
    for (const part of this.lake.json<Checkpoint>(key)?.parts ?? []) {
      // A fenced attempt may still write one after its run was published: nobody reads it.
      const published = this.commits.some((commit) => key.startsWith(stagingPrefix(SOURCE, commit.runId)));
      if (!published && this.lake.get(part.key)?.etag !== part.etag) {
        this.violations.push(`I3 checkpoint ${key} is ahead of ${part.key}`);
      }
    }
  }

  private onlyCommitted(): void {
    const allowed = new Set(this.commits.flatMap((commit) => commit.keys));
    this.lake.keys(rawPrefix(SOURCE)).filter((key) => !allowed.has(key)).forEach((key) => this.violations.push(`I4 uncommitted ${key} is visible`));
  }

  /** With nothing left to publish, the table holds what was committed: no more, no less. */
  private tableIsExact(): void {
    if (this.kind !== 'snapshot') {
      this.compare('the table', this.lake.keys(rawPrefix(SOURCE)), this.commits.flatMap((commit) => commit.records));
      return;
    }
    for (const date of new Set(this.commits.map((commit) => commit.date))) {
      const latest = this.commits.filter((commit) => commit.date === date).pop()!;
      this.compare(date, this.lake.keys(partitionPrefix(SOURCE, date)), latest.records);
    }
  }

  private compare(where: string, keys: string[], expected: readonly string[]): void {
    const lines = keys.flatMap((key) => this.linesOf(key));
    const lost = expected.filter((record) => !lines.includes(record));
    if (lost.length > 0) {
      this.violations.push(`I1 ${where} lost ${lost.join(' ')}`);
    }
    if (lines.length > expected.length) {
      this.violations.push(`I2 ${where} holds ${lines.join(' ')} instead of ${expected.join(' ')}`);
    }
  }

  /** Before it is published, every committed record stands in the table or in the staging area. */
  private committedIsSomewhere(): void {
    const there = new Set([...this.lake.keys(rawPrefix(SOURCE)), ...this.lake.keys(STAGING_PREFIX)]
      .filter((key) => key.endsWith('.gz')).flatMap((key) => this.linesOf(key)));
    this.commits.at(-1)!.records.filter((record) => !there.has(record)).forEach((record) => this.violations.push(`I1 ${record} is gone everywhere`));
  }

  private resultsAreTrue(): void {
    for (const key of this.lake.keys(runResultPrefix(SOURCE))) {
      const result = this.lake.json<RunResult>(key)!;
      const own = this.commits.filter((commit) => commit.runId === result.runId);
      if (!own.some((commit) => commit.last)) {
        this.violations.push(`I8 a result of ${result.runId} without its last commit`);
      }
      const records = own.flatMap((commit) => commit.records).length;
      if (this.kind !== 'units' && result.records !== records) {
        this.violations.push(`I5 the result of ${result.runId} tells of ${result.records} records, committed were ${records}`);
      }
    }
  }

  /** After a run without faults: the same lake, whatever happened before. */
  checkConverged(last: RunResult, doneBefore: boolean): void {
    const expected = Array.from({ length: RECORDS }, (_, i) => recordOf({ kind: this.kind, runId: last.runId }, i));
    const keys = this.kind === 'snapshot' ? partitionPrefix(SOURCE, last.partition.split('=')[1]) : rawPrefix(SOURCE);
    const lines = this.lake.keys(keys).flatMap((key) => this.linesOf(key));
    const wrong = expected.filter((record) => lines.filter((line) => line === record).length !== 1);
    if (wrong.length > 0 || this.state?.pending || (!doneBefore && this.state?.open)) {
      this.violations.push(`I10 after a clean run: wrong ${wrong.join(' ')}, pending ${JSON.stringify(this.state?.pending)}, open ${JSON.stringify(this.state?.open)}`);
    }
    // A run that was done before may have crashed while it cleaned up: what it left expires.
    if (!doneBefore && this.lake.keys(stagingPrefix(SOURCE, last.runId)).length > 0) {
      this.violations.push(`I10 a clean run left ${this.lake.keys(stagingPrefix(SOURCE, last.runId)).join(' ')}`);
    }
  }

  private linesOf(key: string): string[] {
    return this.lake.get(key)?.body.toString().trimEnd().split('\n') ?? [];
  }
}
