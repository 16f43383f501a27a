import { CHECKPOINT_VERSION, isFurther, StagedPart, StoredCheckpoint, writeCheckpoint } from './checkpoint';
import { CommitContext } from './context';
import { CheckpointFacts } from './run-log-options';
import { StageablePart, stagePart } from './stage';
import { checkpointKey, OpenRun } from '../../../src/spec';

/** What an epoch of a run has staged since the run's base: parts, and the checkpoints that name them. */
export class StagedRun {
  /** The place to go on from, with all the parts before it. */
  newest: StoredCheckpoint | undefined;
  /** What the next call would go on from, if this one ended here: of a run that starts over, for a while, not the newest. */
  furthest: StoredCheckpoint | undefined;
  private parts: StagedPart[];
  private nextNumber = 0;
  /** Number of the newest part that no checkpoint has named yet. */
  private unnamed: number | undefined;

  constructor(
    private readonly context: CommitContext,
    private readonly epoch: number,
    private readonly contract: string | undefined,
    resumed: StoredCheckpoint | undefined,
  ) {
    this.newest = resumed;
    this.furthest = resumed;
    this.parts = [...resumed?.checkpoint.parts ?? []];
  }

  /** Compressed bytes of the parts. */
  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  /** The checkpoint names every part. */
  get isWhole(): boolean {
    return this.newest !== undefined && this.unnamed === undefined;
  }

  async stage(runId: string, part: StageablePart): Promise<void> {
    const number = this.nextNumber++;
    this.parts.push(await stagePart(this.context, runId, this.epoch, number, part));
    this.unnamed = number;
  }

  async checkpoint({ runId, base }: OpenRun, baseSeq: number, at: CheckpointFacts): Promise<void> {
    const number = this.unnamed ?? this.nextNumber++;
    const { source } = this.context;
    this.newest = await writeCheckpoint(this.context, checkpointKey(source, runId, this.epoch, number), {
      version: CHECKPOINT_VERSION,
      source,
      runId,
      base,
      baseSeq,
      ...at,
      parts: [...this.parts],
      ...(this.contract !== undefined && { contract: this.contract }),
    });
    this.unnamed = undefined;
    const { checkpoint } = this.newest;
    if (this.furthest?.checkpoint.baseSeq !== baseSeq || isFurther(checkpoint, this.furthest.checkpoint)) {
      this.furthest = this.newest;
    }
  }

  /** Drops the parts that no checkpoint has named. */
  discardUnnamed(): void {
    this.parts = [...this.newest?.checkpoint.parts ?? []];
    this.unnamed = undefined;
  }

  /** Drops everything, or begins anew behind a commit. */
  clear(): void {
    this.parts = [];
    this.newest = undefined;
    this.unnamed = undefined;
  }
}
