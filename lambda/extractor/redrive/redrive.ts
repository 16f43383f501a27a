import { Corrections } from './corrections';
import { QuarantinedRecord, quarantinedDates, quarantinedObjects, readQuarantined } from './quarantined';
import { RedriveFacts, RedriveRequest, RefusedCorrection, RunResult, Violation } from '../../../src/spec';
import { RunLog } from '../commit';
import { ExtractorConfig } from '../config';
import { Contract, judgedAgain } from '../contract';
import { Deadline } from '../deadline';
import { PartWriter } from '../part';
import { learn } from '../record-sink';
import { RunDependencies } from '../run-dependencies';
import { SchemaTree } from '../scan';
import { Byte } from '../scan/bytes';
import { Stager } from '../stager';
import { RecordProtector } from '../transform';

/** Corrections whose faults are told. */
const MOST_REFUSED = 20;

const STILL_TEXT: Violation = {
  pointer: '', keyword: 'json', message: 'is still the text that could not be read: write the record itself in its place, an object and no string',
};

/** Opens the redrive of one partition. */
export type OpenRedrive = (scheduledTime: string) => Promise<RunLog | RunResult>;

/**
 * Brings quarantined records of one partition, the first after `request.after`, into the table: those that satisfy
 * the contract now, as they are or as they were corrected. The others stay in quarantine, with new reasons.
 *
 * Each object of the quarantine is one commit: what it leads to is published, then the object is deleted, by whoever
 * publishes; so that a record is in the table or in the quarantine, once.
 */
export async function redrive(
  config: ExtractorConfig, runId: string, request: RedriveRequest, deps: RunDependencies, open: OpenRedrive,
): Promise<RunResult> {
  const corrections = new Corrections(request.corrections ?? [], config.maxRecordBytes);
  const contract = await Contract.load(config.spec, deps.openBucket);
  const protector = await RecordProtector.create(config.spec.transforms, deps);
  const dates = (await quarantinedDates(deps.store, config.spec.source, runId)).filter((date) => date > (request.after ?? ''));
  const [date, next] = dates;
  const run = await open(`${date ?? new Date(deps.store.now()).toISOString().slice(0, 10)}T00:00:00Z`);
  if (!(run instanceof RunLog)) {
    return run; // a call repeated after success changes nothing
  }
  deps.meter?.opened(run.safe);
  const deadline = new Deadline(() => deps.remainingMs());
  try {
    return await new Redrive(config, run, deps, { corrections, contract, protector, more: next !== undefined }).run(deadline);
  } catch (error) {
    await run.suspend();
    throw error;
  } finally {
    deps.meter?.closed(run.safe);
    deadline.close();
  }
}

/** What decides over a record. */
interface Judges {
  readonly corrections: Corrections;
  readonly contract?: Contract;
  readonly protector: RecordProtector;
  /** Later partitions hold quarantined records, too. */
  readonly more: boolean;
}

class Redrive {
  private readonly table: PartWriter;
  private readonly quarantine: PartWriter;
  private readonly stager: Stager;
  private readonly schema: SchemaTree;
  private readonly refused: RefusedCorrection[] = [];
  private needCorrection = 0;
  private counts = { records: 0, quarantined: 0, pages: 0 };

  constructor(
    private readonly config: ExtractorConfig,
    private readonly runLog: RunLog,
    private readonly deps: RunDependencies,
    private readonly judges: Judges,
  ) {
    const blockBytes = Math.min(256 * 1024, config.partBytes);
    this.table = new PartWriter({ blockBytes });
    this.quarantine = new PartWriter({ blockBytes });
    this.stager = new Stager(this.table, this.quarantine, runLog);
    this.schema = SchemaTree.fromJSON(runLog.previousSchema);
  }

  async run(deadline: Deadline): Promise<RunResult> {
    const { runLog, deps, config: { spec } } = this;
    runLog.startOver(); // what an attempt before has staged and not committed is judged again
    const keys = await quarantinedObjects(deps.store, spec.source, runLog.date, runLog.runId);
    for (const [index, key] of keys.entries()) {
      if (index > 0 && deadline.reached) {
        return runLog.suspend();
      }
      await this.judgeObject(key);
      const result = await this.commit([key], index === keys.length - 1);
      deps.log('redriven', { source: spec.source, runId: runLog.runId, key, ...this.counts });
      if (result.done) {
        return result;
      }
      this.counts = { records: 0, quarantined: 0, pages: 0 };
    }
    return this.commit([], true);
  }

  private async judgeObject(key: string): Promise<void> {
    const { table, quarantine } = this;
    await readQuarantined(this.deps.store, key, this.config.maxRecordBytes, (record) => this.judge(record), async () => {
      table.endPage();
      quarantine.endPage();
      await Promise.all([table.drain(), quarantine.drain()]);
      if (Math.max(table.compressedBytes, quarantine.compressedBytes) >= this.config.partBytes) {
        await this.stager.cut();
      }
    });
    table.endPage();
    quarantine.endPage();
  }

  private judge(record: QuarantinedRecord): void {
    const { corrections, contract, protector } = this.judges;
    const corrected = corrections.take(record.id);
    if (corrected === undefined && record.needsCorrection) {
      this.needCorrection++;
      this.keep(record.line);
      return;
    }
    if (corrected && record.unreadable && corrected[0] === Byte.Quote) {
      this.refuse(record, [STILL_TEXT]);
      return;
    }
    const candidate = protector.protect(corrected ?? record.original, record.original);
    const violations = contract?.violations(candidate, 0, candidate.length) ?? [];
    if (violations.length === 0) {
      learn(this.schema, terminated(candidate), 0, candidate.length);
      this.table.append(candidate, 0, candidate.length);
      this.counts.records++;
      return;
    }
    if (corrected) {
      this.refuse(record, violations);
    } else {
      this.keep(judgedAgain(record.known, candidate, { cause: 'contract', reasons: violations }, contract!.digest));
    }
  }

  /** The record stays as it was. */
  private refuse({ id, line }: QuarantinedRecord, violations: readonly Violation[]): void {
    if (this.refused.length < MOST_REFUSED) {
      this.refused.push({ id, violations });
    }
    this.keep(line);
  }

  private keep(line: Buffer): void {
    this.quarantine.append(line, 0, line.length);
    this.counts.quarantined++;
  }

  private async commit(replaces: readonly string[], end: boolean): Promise<RunResult> {
    await this.stager.checkpoint({ next: null, end, counts: { ...this.counts }, schema: this.schema.toJSON(), replaces });
    await this.stager.settle();
    const { judges: { corrections: { matched }, more }, refused, needCorrection } = this;
    const facts: RedriveFacts = { matched, more, refused, needCorrection };
    return this.runLog.commit({ schemaHash: this.schema.hash(), warnings: [], redrive: facts });
  }
}

/** A scanner wants a byte behind a value. */
const terminated = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)]);
