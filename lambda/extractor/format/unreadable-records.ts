import { ExtractorError } from '../errors';
import { RecordSourceOptions, UnreadableRecord } from '../scan/record-source';

/** Takes the records of one response that cannot be read, as long as they leave no doubt about the rest of it. */
export class UnreadableRecords {
  count = 0;
  /** What comes now is the last line, without a line end: the response may be cut there, and more than this record lost. */
  atOpenEnd = false;
  private first: ExtractorError | undefined;

  constructor(private readonly take: RecordSourceOptions['onUnreadable']) {}

  /** Whether anybody takes them. */
  get taken(): boolean {
    return this.take !== undefined && !this.atOpenEnd;
  }

  /** @throws the error, when nobody takes such records */
  add(error: ExtractorError, record: () => UnreadableRecord): void {
    if (!this.taken) {
      throw error;
    }
    this.first ??= error;
    this.count++;
    this.take!(record());
  }

  /**
   * The response is over.
   *
   * @param records of it, readable or not
   * @throws the first error, when not one could be read: this is another kind of response
   */
  end(records: number): void {
    if (this.first && this.count === records) {
      throw this.first;
    }
  }
}
