import { createHash } from 'node:crypto';
import { Violation } from '../../../src/spec';

/** Why a record is not in the table. */
export interface Rejection {
  /** `contract`: another contract may accept the record as it is. `transform`, `malformed`: only a correction can help. */
  readonly cause: 'contract' | 'transform' | 'malformed';
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
  return entry({ id: idOf(record, position), ...facts(position) }, rejection, contract, record);
}

/** The same entry, judged anew. */
export function judgedAgain(known: Readonly<Record<string, unknown>>, record: Buffer, rejection: Rejection, contract: string): Buffer {
  return entry(known, rejection, contract, record);
}

function entry(known: Readonly<Record<string, unknown>>, { cause, reasons }: Rejection, contract: string, record: Buffer): Buffer {
  const head = JSON.stringify({ ...known, cause, reasons, contract });
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"original":`), record, Buffer.from('}')]);
}

const facts = ({ runId, page, record }: RecordPosition) => ({ run_id: runId, page, record });

/** The same whenever the same record is read at the same place. */
function idOf(bytes: Buffer, { runId, page, record }: RecordPosition): string {
  return createHash('sha256').update(`${runId}/${page}/${record}/`).update(bytes).digest('hex').slice(0, 20);
}
