/**
 * The lake as the model sees it: small enough to try every interleaving. One request of the
 * protocol is one step. The API has RECORDS records; a page holds one or two of them.
 */
export const RECORDS = 3;

export interface Rules {
  /** Rule 4: a run that takes over raises the epoch, and writers of an older one are refused. */
  readonly epochs: boolean;
  /** Rule 3: a run that is done does nothing when it is asked again. */
  readonly results: boolean;
  /** Rule 8b: a snapshot deletes older parts only, never "all but mine". */
  readonly onlyOlder: boolean;
  /** Rule 8c: staged parts are deleted before the commit counts as published. */
  readonly deleteStaged: boolean;
  /** Rule 8b: no deletion while a copy of an earlier commit may arrive. */
  readonly quiet: boolean;
  /** Rule 7: a commit whose compare-and-swap fails is not tried again on whatever stands there. */
  readonly noBlindRetry: boolean;
}

export const ALL_RULES: Rules = { epochs: true, results: true, onlyOlder: true, deleteStaged: true, quiet: true, noBlindRetry: true };

export interface Setting {
  readonly mode: 'snapshot' | 'append';
  readonly rules: Rules;
  /** Run of each process; a run named twice has two attempts at once. */
  readonly runs: readonly string[];
  /** Run that comes at the end, alone: the lake must then be right. */
  readonly recover: string;
  readonly crashes: number;
  /** Pages are cut anywhere. */
  readonly cuts: boolean;
  /** A copy reads its source in one step and writes in another. */
  readonly splitCopies: boolean;
}

export interface Open { id: string; base: number }

export interface Pending { seq: number; manifest: string }

export interface State {
  version: number;
  epoch: number;
  seq: number;
  cursor: number;
  open: Open | null;
  pending: Pending | null;
  done: string[];
}

export interface Publish extends Pending {
  index: number;
  /** What comes after it: another look at the state, the answer of the run, or the run's next unit. */
  then: 'read' | 'answer' | 'goOn';
  /** Records that a copy has read and not yet written. */
  read?: number[];
  toDelete?: string[];
}

export type Program = 'read' | 'open' | 'list' | 'fetch' | 'put' | 'checkpoint' | 'commit' | 'copy' | 'listOlder' | 'deleteOlder' | 'deleteStaged' | 'clear';

export interface Process {
  name: string;
  run: string;
  at: Program;
  ended: 'ok' | 'fenced' | 'busy' | 'crashed' | null;
  /** Version of the state that it read. */
  version?: number;
  epoch?: number;
  base?: number;
  cursor?: number;
  parts?: string[];
  /** Of the next part; goes on over the units of an epoch. */
  number?: number;
  manifest?: string;
  page?: { records: number[]; next: number };
  publish?: Publish;
}

export interface Commit { run: string; keys: string[]; last: boolean }

/** Everything there is, as plain JSON: its text is the identity of a state of the world. */
export interface World {
  state: State | null;
  versions: number;
  staged: Record<string, number[]>;
  checkpoints: Record<string, { run: string; base: number; next: number; parts: string[] }>;
  raw: Record<string, number[]>;
  /** Ghost: what was committed, for the invariants only. */
  commits: Commit[];
  processes: Process[];
  crashed: number;
}

export function newWorld(setting: Setting): World {
  return {
    state: null,
    versions: 0,
    staged: {},
    checkpoints: {},
    raw: {},
    commits: [],
    processes: setting.runs.map((run, i) => newProcess(`${run}${i}`, run)),
    crashed: 0,
  };
}

export const newProcess = (name: string, run: string): Process => ({ name, run, at: 'read', ended: null });

/** The name of a part in the table: its commit first. */
export const rawKey = (seq: number, stagedKey: string) => `${seq}|${stagedKey}`;

export const seqOf = (key: string) => Number(key.slice(0, key.indexOf('|')));
