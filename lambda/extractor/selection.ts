import { Increment } from './incremental';
import { RecentRecords } from './recent-records';

/** Decides record by record what of a page is stored. An attempt at a page can be begun again until the page is accepted. */
export class Selection {
  /** Of the page under way: records stored or quarantined, left out because they came before, and left out because the run is full. */
  kept = 0;
  skipped = 0;
  cut = 0;
  /** Of those kept. */
  quarantined = 0;
  private room = Infinity;

  constructor(private readonly increment: Increment, private readonly recent: RecentRecords | undefined) {}

  /** @param room records that the run may still keep */
  beginPage(page: number, room: number): void {
    this.kept = 0;
    this.skipped = 0;
    this.cut = 0;
    this.quarantined = 0;
    this.room = room;
    this.increment.beginPage(page);
    this.recent?.beginPage(page);
  }

  /** Whether this record of the page is stored. */
  takes(buffer: Buffer, start: number, end: number): boolean {
    if (this.kept >= this.room) {
      this.cut++;
      return false;
    }
    const record = this.kept + this.skipped + 1;
    const fresh = this.increment.isNew(buffer, start, end, record) && (this.recent?.isNew(buffer, start, end, record) ?? true);
    this.kept += fresh ? 1 : 0;
    this.skipped += fresh ? 0 : 1;
    return fresh;
  }

  /** Whether a record that cannot be read is kept: nobody can tell whether it is new. */
  takesUnreadable(): boolean {
    const room = this.kept < this.room;
    this.kept += room ? 1 : 0;
    this.cut += room ? 0 : 1;
    return room;
  }

  acceptPage(): void {
    this.increment.acceptPage();
    this.recent?.acceptPage();
  }
}
