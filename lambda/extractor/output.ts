import { RunLog } from './commit';
import { ExtractorConfig } from './config';
import { Contract, Quarantine } from './contract';
import { PageOutput } from './page-reader';
import { DEFAULT_BLOCK_BYTES, PartWriter } from './part';
import { SchemaTree } from './scan';
import { CheckpointPlace, Stager } from './stager';

/** A part is cut at a page's end when it has reached this share of its size: the next page would overfill it. */
const FULL_SHARE = 0.75;
/** Longest work that a crash may undo. */
const CHECKPOINT_INTERVAL_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1_000;

/** Gives back what was written since; see `Output.mark`. */
export type TakeBack = () => Promise<void>;

/** What a run has read and not yet committed: lines on their way into parts, and the schema that they have. */
export class Output implements PageOutput {
  /** The table's lines. */
  readonly writer: PartWriter;
  /** Undefined without a contract. */
  readonly quarantine: Quarantine | undefined;
  schema: SchemaTree;
  private readonly stager: Stager;
  /** Pages whose lines no checkpoint holds yet. */
  private uncheckpointed = 0;
  /** The page under way was too large to hold in memory: parts of it are staged already. */
  private largePage = false;
  private checkpointAt = performance.now();

  constructor(private readonly config: ExtractorConfig, private readonly runLog: RunLog, contract: Contract | undefined) {
    this.writer = new PartWriter({ blockBytes: Math.min(DEFAULT_BLOCK_BYTES, config.partBytes) });
    this.quarantine = contract && new Quarantine(contract, config.spec.source, config.partBytes);
    this.stager = new Stager(this.writer, this.quarantine?.writer, runLog);
    this.schema = SchemaTree.fromJSON(runLog.resumed?.schema ?? runLog.previousSchema);
  }

  /** Compressed bytes so far, staged or not. */
  get bytes(): number {
    return this.runLog.stagedBytes + this.writer.compressedBytes;
  }

  get heldBytes(): number {
    return this.writer.heldBytes + (this.quarantine?.writer.heldBytes ?? 0);
  }

  get full(): boolean {
    return this.writer.full || this.quarantine?.writer.full === true;
  }

  async drain(): Promise<void> {
    await this.writer.drain();
    await this.quarantine?.writer.drain();
  }

  /** @param intervalMs how long after the newest checkpoint, a minute at most */
  checkpointIsDue(intervalMs = CHECKPOINT_INTERVAL_MS): boolean {
    return this.largePage
      || this.fullest >= this.config.partBytes * FULL_SHARE
      || performance.now() - this.checkpointAt >= Math.min(CHECKPOINT_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, intervalMs));
  }

  /** An attempt at a page begins: what is returned takes the attempt back, so that a page is in a part whole or not at all. */
  mark(): TakeBack {
    const before = { schema: this.schema.toJSON(), changes: this.schema.changes };
    return async () => {
      await this.takeBackPage();
      if (this.schema.changes !== before.changes) {
        this.schema = SchemaTree.fromJSON(before.schema);
      }
    };
  }

  async takeBackPage(): Promise<void> {
    if (this.largePage) {
      this.largePage = false;
      await this.stager.discard();
    } else {
      this.writer.rollbackPage();
      this.quarantine?.writer.rollbackPage();
    }
  }

  /** The page is whole. */
  endPage(): void {
    this.writer.endPage();
    this.quarantine?.writer.endPage();
    this.uncheckpointed++;
  }

  /** From this place an interrupted run goes on. */
  async checkpoint(place: CheckpointPlace): Promise<void> {
    await this.stager.checkpoint({ ...place, schema: this.schema.toJSON() });
    this.uncheckpointed = 0;
    this.largePage = false;
    this.checkpointAt = performance.now();
  }

  /** Before a page too large to hold goes on: everything read until then becomes safe, so that only this page can be lost. */
  async letGoOfPage(place: () => CheckpointPlace): Promise<void> {
    if (this.uncheckpointed > 0) {
      await this.checkpoint(place());
    }
    this.writer.release();
    this.quarantine?.writer.release();
    this.largePage = true;
  }

  async cutWhenFull(): Promise<void> {
    if (this.fullest >= this.config.partBytes) {
      await this.stager.cut();
    }
  }

  /** Resolves when all that was checkpointed is durable. */
  async settle(): Promise<void> {
    await this.stager.settle();
  }

  /** Drops everything since the newest checkpoint. */
  async discard(): Promise<void> {
    await this.stager.discard();
    this.uncheckpointed = 0;
    this.largePage = false;
  }

  /** Drops everything since the run's base. */
  async startOver(): Promise<void> {
    await this.discard();
    this.runLog.startOver();
    this.schema = SchemaTree.fromJSON(this.runLog.previousSchema);
  }

  /** Compressed bytes of the larger of the parts under way. */
  private get fullest(): number {
    return Math.max(this.writer.compressedBytes, this.quarantine?.writer.compressedBytes ?? 0);
  }
}
