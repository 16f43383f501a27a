import { Timing } from './timing';
import { LakeStore } from '../store/lake-store';

/** What every step of the protocol needs: whose state, where, and how to wait. */
export interface CommitContext {
  readonly store: LakeStore;
  readonly source: string;
  /** A stream beside the source's own: another state, and other names in the table. */
  readonly stream?: string;
  readonly timing: Timing;
  readonly quietSeconds: number;
  /** Time until the process must have ended. */
  timeLeftMs(): number;
  log(message: string, details: Record<string, unknown>): void;
}
