import { CheckpointFacts, RunLog, StageablePart } from './commit';
import { PartWriter } from './part';

/** A checkpoint but for the schema. */
export type CheckpointPlace = Omit<CheckpointFacts, 'schema'>;

/** The lake did not take a part or checkpoint. Asking the API for the page again would not help. */
export class StagingFailed extends Error {
  constructor(cause: unknown) {
    super('staging failed', { cause });
  }
}

/**
 * Stages parts and checkpoints behind the scanner's back: while one PUT is in flight the next pages are
 * fetched and compressed, but no second part waits in memory. A failed PUT surfaces at the next call.
 */
export class Stager {
  private inFlight: Promise<void> = Promise.resolve();

  /** @param quarantine lines whose parts do not go into the table */
  constructor(private readonly writer: PartWriter, private readonly quarantine: PartWriter | undefined, private readonly runLog: RunLog) {}

  /** Stages the whole pages that the writer holds, or a piece of a page that was let go. */
  async cut(): Promise<void> {
    await this.cutPart(this.writer);
    await this.cutPart(this.quarantine, 'quarantine');
  }

  /** Stages what the writer holds and, behind it, the place to go on from. */
  async checkpoint(facts: CheckpointFacts): Promise<void> {
    await this.cut();
    this.start(this.runLog.checkpoint(facts)); // the run log keeps the order of its calls
  }

  async settle(): Promise<void> {
    await this.inFlight;
  }

  /** Drops everything since the last checkpoint, staged parts included. */
  async discard(): Promise<void> {
    await this.settle();
    await this.writer.reset();
    await this.quarantine?.reset();
    this.runLog.discardSinceCheckpoint();
  }

  private async cutPart(writer: PartWriter | undefined, kind?: StageablePart['kind']): Promise<void> {
    const part = await writer?.finish();
    await this.inFlight;
    if (part) {
      this.start(this.runLog.stagePart({ ...part, kind }));
    }
  }

  private start(work: Promise<void>): void {
    this.inFlight = work.catch((error) => {
      throw new StagingFailed(error);
    });
    this.inFlight.catch(() => {}); // awaited, and thrown, by the next call
  }
}
