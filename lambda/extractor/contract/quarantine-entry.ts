import { createHash } from 'node:crypto';
import { Violation } from '../../../src/spec';
import { UnreadableRecord } from '../scan';

/** Why a record is not in the table. */
export interface Rejection {
  /** `contract`: another contract may accept the record as it is. `transform`, `format`: only a correction can help. */
  readonly cause: 'contract' | 'transform' | 'format';
  readonly reasons: readonly Violation[];
}

/** Where a record came from. */
export interface RecordPosition {
  readonly runId: string;
  /** Of the run, from 1 on; `record` of the page alike. */
  readonly page: number;
  readonly record: number;
}

/** One line of a quarantine: what is known of the record, then its bytes as they were. */
export function quarantineEntry(record: Buffer, position: RecordPosition, rejection: Rejection, contract: string): Buffer {
  return entry({ id: idOf(record, position), ...placeOf(position) }, rejection, contract, record);
}

/**
 * One line of a quarantine for a record that cannot be read: its text, as a JSON string, is the `original`.
 *
 * @param parent what a record of this page would carry of its parent
 */
export function unreadableEntry(
  { keyword, message, line, text, truncatedFrom }: UnreadableRecord, position: RecordPosition, contract: string, parent?: Buffer,
): Buffer {
  const known = {
    id: idOf(text, position), ...placeOf(position), line, ...(truncatedFrom !== undefined && { truncated: true, original_bytes: truncatedFrom }),
  };
  const rejection: Rejection = { cause: 'format', reasons: [{ pointer: '', keyword, message }] };
  return entry(known, rejection, contract, Buffer.from(JSON.stringify(text.toString())), parent);
}

/** The same entry, judged anew. */
export function judgedAgain(known: Readonly<Record<string, unknown>>, record: Buffer, rejection: Rejection, contract: string): Buffer {
  return entry(known, rejection, contract, record);
}

function entry(known: Readonly<Record<string, unknown>>, { cause, reasons }: Rejection, contract: string, record: Buffer, parent?: Buffer): Buffer {
  const ofParent = parent ? [Buffer.from(',"parent":'), parent] : [];
  const facts = `,${JSON.stringify({ cause, reasons, contract }).slice(1, -1)},"original":`;
  return Buffer.concat([Buffer.from(JSON.stringify(known).slice(0, -1)), ...ofParent, Buffer.from(facts), record, Buffer.from('}')]);
}

const placeOf = ({ runId, page, record }: RecordPosition) => ({ run_id: runId, page, record });

/** The same whenever the same record is read at the same place. */
function idOf(bytes: Buffer, { runId, page, record }: RecordPosition): string {
  return createHash('sha256').update(`${runId}/${page}/${record}/`).update(bytes).digest('hex').slice(0, 20);
}
