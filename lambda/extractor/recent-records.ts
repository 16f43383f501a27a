import { DIGEST_CHARS, RecordKey } from './record-key';

/** Records remembered, 11 characters each in a checkpoint. */
const REMEMBERED = 10_000;

/**
 * The keys of the records read last: pages by number or offset shift when the API's data changes, and bring
 * records again.
 */
export class RecentRecords {
  /** Of the page under way: records that were known. */
  known = 0;
  private readonly key: RecordKey;
  private readonly digests: Set<string>;
  private page = new Set<string>();
  private number = 0;

  /** @param version a path whose value makes another record of the same key */
  constructor(key: readonly string[], private readonly version: string | undefined, stored = '') {
    this.key = new RecordKey(key, version === undefined ? [] : [version]);
    this.digests = new Set(stored.match(new RegExp(`.{${DIGEST_CHARS}}`, 'g')) ?? []);
  }

  beginPage(page: number): void {
    this.page = new Set();
    this.known = 0;
    this.number = page;
  }

  isNew(buffer: Buffer, start: number, end: number, record: number): boolean {
    const texts = this.key.read(buffer, start, end);
    const digest = this.key.digest(texts, { page: this.number, record }, this.version === undefined ? '' : texts[texts.length - 1]);
    const known = this.digests.has(digest);
    this.known += known ? 1 : 0;
    const again = known || this.page.has(digest);
    this.page.add(digest);
    forgetOldest(this.page);
    return !again;
  }

  acceptPage(): void {
    for (const digest of this.page) {
      this.digests.delete(digest); // a record that came again is the newest
      this.digests.add(digest);
    }
    forgetOldest(this.digests);
    this.page = new Set();
  }

  toString(): string {
    return [...this.digests].join('');
  }
}

function forgetOldest(digests: Set<string>): void {
  for (const digest of digests) {
    if (digests.size <= REMEMBERED) {
      return;
    }
    digests.delete(digest);
  }
}
