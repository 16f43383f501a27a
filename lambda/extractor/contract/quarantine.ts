import { Contract } from './contract';
import { contractViolated, tooManyQuarantined, violationText } from './contract-errors';
import { quarantineEntry, RecordPosition, Rejection, unreadableEntry } from './quarantine-entry';
import { Violation } from '../../../src/spec';
import { PartWriter } from '../part';
import { UnreadableRecord } from '../scan';

/** Kinds of reasons that are counted; beyond them a run is told enough. */
const MOST_KINDS = 100;

/** Few records are expected here, of any size. */
const BLOCK_BYTES = 256 * 1024;

/** Judges records, and keeps those that break the contract: whole, with the reason and where they came from. */
export class Quarantine {
  /** The lines on their way into parts of their own. */
  readonly writer: PartWriter;
  /** How many records have a reason, since this process began. */
  private readonly reasons = new Map<string, number>();

  constructor(readonly contract: Contract, private readonly source: string, partBytes: number) {
    this.writer = new PartWriter({ blockBytes: Math.min(BLOCK_BYTES, partBytes), concurrency: 1 });
  }

  /** Whether a record may go into the table; otherwise it is kept here. @throws ExtractorError CONTRACT_VIOLATED */
  accepts(bytes: Buffer, start: number, end: number, position: RecordPosition): boolean {
    const violations = this.contract.violations(bytes, start, end);
    if (violations.length > 0) {
      this.keep(bytes.subarray(start, end), position, { cause: 'contract', reasons: violations });
    }
    return violations.length === 0;
  }

  /** @throws ExtractorError CONTRACT_VIOLATED when the contract wants a run to end here */
  keep(record: Buffer, position: RecordPosition, rejection: Rejection): void {
    if (this.contract.failsAtOnce) {
      throw contractViolated(this.source, position, rejection.reasons);
    }
    this.append(quarantineEntry(record, position, rejection, this.contract.digest), rejection.reasons);
  }

  /** @param parent what a record of this page would carry of its parent */
  keepText(record: UnreadableRecord, position: RecordPosition, parent: Buffer | undefined): void {
    this.append(unreadableEntry(record, position, this.contract.digest, parent), [{ pointer: '', keyword: record.keyword, message: record.message }]);
  }

  private append(entry: Buffer, reasons: readonly Violation[]): void {
    this.writer.append(entry, 0, entry.length);
    for (const reason of new Set(reasons.map(violationText))) {
      if (this.reasons.has(reason) || this.reasons.size < MOST_KINDS) {
        this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
      }
    }
  }

  /** @throws ExtractorError QUARANTINE_RATIO when a commit would hold too few of the records read */
  refuseTooMany(counts: { records: number; quarantined: number }): void {
    const { records, quarantined } = counts;
    if (quarantined > (records + quarantined) * this.contract.maxQuarantineRatio) {
      const most = [...this.reasons].sort(([, a], [, b]) => b - a);
      throw tooManyQuarantined(this.source, { records, quarantined }, this.contract.maxQuarantineRatio, most);
    }
  }
}
