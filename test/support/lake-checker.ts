import { LakeFiles, LakeReader, originalOf, RawPart, StagedCheckpoint } from './lake-reader';
import { RunResult } from '../../src/spec';

/** How one invocation of the extractor ended: by a result, by an error, or killed without a word. */
export interface Outcome {
  readonly runId: string;
  readonly result?: RunResult;
  readonly error?: OutcomeError;
  readonly killed?: boolean;
  readonly tookMs: number;
  readonly deadlineMs: number;
  /** Everything that the invocation printed. */
  readonly logs: readonly string[];
}

export interface OutcomeError {
  readonly code: string;
  readonly retryable?: boolean;
  /** Message, stack and details: all that a caller gets to see. */
  readonly text: string;
}

export interface ExpectedError {
  readonly code: string;
  readonly retryable: boolean;
}

/** A lake, what was done to it, and what is true of it. */
export interface Observation {
  readonly lake: LakeFiles;
  /** @default users */
  readonly source?: string;
  /** Exactly the lines that a reader of the table must see, in any order. */
  readonly table: readonly string[];
  /** Exactly the records that must be in quarantine, in any order. @default - none */
  readonly quarantine?: readonly string[];
  readonly outcomes: readonly Outcome[];
  /**
   * The error in which one invocation at least must have ended, and no invocation in another one; `retryable`: each
   * may have failed, in any way that says to try again. @default - no invocation failed
   */
  readonly error?: ExpectedError | 'retryable';
  /** Lines of the pages as the API served them to the run that is open, for its checkpoints. */
  readonly pages?: readonly (readonly string[])[];
  /** Records that the API served to each run that is done, those that a run skipped included. */
  readonly served?: Readonly<Record<string, number>>;
  readonly secrets?: readonly string[];
  /** A commit may stand unpublished: then its lines may be in the table or still staged. */
  readonly publishing?: boolean;
}

/** A run with every fault gone, and what the table must hold after it. */
export interface CleanRerun {
  readonly table: readonly string[];
  readonly quarantine?: readonly string[];
  run(): Promise<Outcome>;
}

/** Throws an error that lists every broken invariant of EXTRACTION.md; then runs again without faults (I10). */
export async function expectInvariants(observation: Observation, rerun?: CleanRerun): Promise<void> {
  refuse(violations(observation));
  if (rerun) {
    refuse(await violationsOfRerun(observation, rerun));
  }
}

/** What is broken of I1 to I9, each with its number in front. */
export function violations(observation: Observation): string[] {
  const lake = new LakeReader(observation.lake, observation.source ?? 'users');
  return [
    ...tableProblems(observation, lake),
    ...quarantineProblems(observation, lake),
    ...checkpointProblems(observation, lake),
    ...uncommittedProblems(lake),
    ...countProblems(observation, lake),
    ...deadlineProblems(observation),
    ...secretProblems(observation, lake),
    ...terminalProblems(observation, lake),
    ...errorProblems(observation),
  ];
}

/** I10: one clean run, and the lake is what the truth says, with nothing left over. */
export async function violationsOfRerun(observation: Observation, rerun: CleanRerun): Promise<string[]> {
  const { run, table, quarantine = observation.quarantine } = rerun;
  const outcome = await run();
  if (!outcome.result?.done) {
    return [`I10 the clean rerun did not end: ${outcome.error?.text ?? JSON.stringify(outcome.result)}`];
  }
  const { error: _error, served: _served, pages: _pages, publishing: _publishing, ...rest } = observation;
  const lake = new LakeReader(observation.lake, observation.source ?? 'users');
  const state = lake.state();
  return [
    ...(state?.pending ? ['I10 a commit is still unpublished after the clean rerun'] : []),
    ...(state?.open ? ['I10 a run is still open after the clean rerun'] : []),
    ...lake.stagedOf(outcome.runId).map((key) => `I10 the clean rerun left ${key}`),
    ...violations({ ...rest, table, quarantine, outcomes: [outcome] }).map((problem) => `I10 after the clean rerun: ${problem}`),
  ];
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new Error(`broken invariants:\n${problems.slice(0, 20).join('\n')}${problems.length > 20 ? `\nand ${problems.length - 20} more` : ''}`);
  }
}

function counted(lines: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

const short = (line: string) => (line.length > 80 ? `${line.slice(0, 80)}...` : line);

/** I1, I2, I4: the table against the truth, line by line. */
function tableProblems({ table, publishing }: Observation, lake: LakeReader): string[] {
  const parts = lake.rawParts();
  const doubles = parts.filter((part, i) => parts.findIndex((other) => other.runId === part.runId && other.body.equals(part.body)) !== i)
    .map(({ key }) => `I2 ${key} holds what another object of its run holds`);
  const staged = publishing ? stagedLines(lake, undefined) : [];
  return [...doubles, ...differences(parts.flatMap(({ lines }) => lines), staged, table, publishing)];
}

/** I1, I2, I4 of what the contract turned away. */
function quarantineProblems({ quarantine = [], publishing }: Observation, lake: LakeReader): string[] {
  const staged = publishing ? stagedLines(lake, 'quarantine').map(originalOf) : [];
  return differences(lake.quarantineParts().flatMap(({ lines }) => lines).map(originalOf), staged, quarantine, publishing)
    .map((problem) => `${problem} (quarantine)`);
}

const stagedLines = (lake: LakeReader, kind: 'quarantine' | undefined) =>
  lake.checkpoints().flatMap(({ parts }) => parts.filter((part) => part.kind === kind).flatMap(({ key }) => lake.stagedLines(key) ?? []));

function differences(lines: readonly string[], staged: readonly string[], truth: readonly string[], publishing = false): string[] {
  const found = counted(lines);
  const reachable = new Set([...found.keys(), ...staged]);
  const expected = counted(truth);
  return [
    ...[...expected].filter(([line, count]) => (publishing ? !reachable.has(line) : (found.get(line) ?? 0) < count)).map(([line]) => `I1 lost: ${short(line)}`),
    ...[...found].filter(([line, count]) => count > (expected.get(line) ?? Infinity)).map(([line]) => `I2 doubled: ${short(line)}`),
    ...(publishing ? [] : [...found.keys()].filter((line) => !expected.has(line)).map((line) => `I4 visible, and not committed: ${short(line)}`)),
  ];
}

/** I3: what a checkpoint names is there, whole, and it names all that it counts. */
function checkpointProblems({ pages }: Observation, lake: LakeReader): string[] {
  const { pending, open } = lake.state() ?? {};
  const checkpoints = lake.checkpoints();
  // Those of a run that is over are garbage, from which nothing goes on.
  const named = checkpoints.filter(({ key }) => key === pending?.manifest || (open && key.includes(`/${open.runId}/`)));
  return [
    ...(pending && !checkpoints.some(({ key }) => key === pending.manifest) ? [`I3 the state commits ${pending.manifest}, which is not there`] : []),
    ...named.flatMap((checkpoint) => problemsOfCheckpoint(checkpoint, lake, pages, pending?.manifest === checkpoint.key)),
  ];
}

function problemsOfCheckpoint({ key, counts, parts }: StagedCheckpoint, lake: LakeReader, pages: Observation['pages'], published: boolean): string[] {
  const held = parts.map((part) => ({ part, lines: lake.stagedLines(part.key)?.map(part.kind === 'quarantine' ? originalOf : String) }));
  if (published && held.some(({ lines }) => !lines)) {
    return []; // being published: its parts move to the table one by one, which I1 watches
  }
  const lines = held.flatMap((entry) => entry.lines ?? []);
  const read = pages?.slice(0, counts.pages).flat();
  const missing = read && [...counted(read)].filter(([line, count]) => (counted(lines).get(line) ?? 0) < count);
  return [
    ...held.filter((entry) => !entry.lines).map(({ part }) => `I3 ${key} names ${part.key}, which is not there`),
    ...held.filter((entry) => entry.lines && entry.lines.length !== entry.part.records)
      .map(({ part }) => `I3 ${part.key} does not hold its ${part.records} records`),
    ...(lines.length < counts.records + counts.quarantined
      ? [`I3 ${key} counts ${counts.records + counts.quarantined} records, its parts hold ${lines.length}`] : []),
    ...(missing?.length ? [`I3 ${key} is past page ${counts.pages}, and its parts lack ${short(missing[0][0])}`] : []),
  ];
}

/** I4: every object of the table belongs to a commit of the state. */
function uncommittedProblems(lake: LakeReader): string[] {
  const state = lake.state();
  if (!state) {
    return [];
  }
  const results = lake.results();
  const known = (runId: string) => results.has(runId) || state.pending?.runId === runId
    || (state.open?.runId === runId && state.open.committed !== null);
  return [...lake.rawParts(), ...lake.quarantineParts()].flatMap(({ key, seq, runId }) => [
    ...(seq > state.seq ? [`I4 ${key} is in the table, and the newest commit is ${state.seq}`] : []),
    ...(!known(runId) ? [`I4 ${key} is in the table, and no commit of run "${runId}" is known`] : []),
  ]);
}

/** I5: read = written + quarantined + skipped. */
function countProblems({ outcomes, served }: Observation, lake: LakeReader): string[] {
  const written = linesByRun(lake.rawParts());
  const turnedAway = linesByRun(lake.quarantineParts());
  return outcomes.flatMap(({ runId, result }) => {
    if (!result?.done) {
      return [];
    }
    const read = served?.[runId];
    const accounted = result.records + result.quarantined + (result.skipped ?? 0);
    const inTable = written.get(runId);
    const inQuarantine = turnedAway.get(runId);
    return [
      ...(read !== undefined && read !== accounted ? [`I5 run "${runId}" read ${read} records and accounts for ${accounted}`] : []),
      // A later snapshot takes all objects of a run away, never a few.
      ...(inTable !== undefined && inTable !== result.records ? [`I5 run "${runId}" says ${result.records} records, the table holds ${inTable}`] : []),
      ...(inQuarantine !== undefined && inQuarantine !== result.quarantined
        ? [`I5 run "${runId}" says ${result.quarantined} quarantined, the quarantine holds ${inQuarantine}`] : []),
    ];
  });
}

function linesByRun(parts: readonly RawPart[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const part of parts) {
    lines.set(part.runId, (lines.get(part.runId) ?? 0) + part.lines.length);
  }
  return lines;
}

/** I6. */
function deadlineProblems({ outcomes }: Observation): string[] {
  return outcomes.filter(({ killed, tookMs, deadlineMs }) => !killed && tookMs > deadlineMs)
    .map(({ runId, tookMs, deadlineMs }) => `I6 run "${runId}" took ${Math.round(tookMs)} ms of ${deadlineMs}`);
}

/** I7: by value, in all that leaves the process. */
function secretProblems({ outcomes, secrets = [] }: Observation, lake: LakeReader): string[] {
  const texts: [string, string][] = [
    ...outcomes.map(({ runId, logs }): [string, string] => [`the log of run "${runId}"`, logs.join('\n')]),
    ...outcomes.map(({ runId, error }): [string, string] => [`the error of run "${runId}"`, error?.text ?? '']),
    ...outcomes.map(({ runId, result }): [string, string] => [`the result of run "${runId}"`, JSON.stringify(result ?? null)]),
    ...lake.ownTexts(),
  ];
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return texts.filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => `I7 a secret stands in ${place}`);
}

/** I8: an invocation ends once, a run is done once. */
function terminalProblems({ outcomes }: Observation, lake: LakeReader): string[] {
  const stored = lake.results();
  const { open } = lake.state() ?? {};
  return [
    ...outcomes.filter(({ result, error, killed }) => [result, error, killed].filter((end) => end !== undefined && end !== false).length !== 1)
      .map(({ runId }) => `I8 an invocation of run "${runId}" did not end in exactly one way`),
    ...outcomes.filter(({ runId, result }) => result?.done && JSON.stringify(stored.get(runId)) !== JSON.stringify(result))
      .map(({ runId }) => `I8 run "${runId}" returned another result than the one stored`),
    ...outcomes.filter(({ runId, result }) => result && !result.done && stored.has(runId) && !laterDone(outcomes, runId))
      .map(({ runId }) => `I8 run "${runId}" has a stored result, and no invocation of it was the last`),
    ...(open && stored.has(open.runId) ? [`I8 run "${open.runId}" is open, and has a result`] : []),
    ...outcomes.filter(({ error, logs }) => error && logs.filter(isErrorLine).length > 1).map(({ runId }) => `I8 a failure of run "${runId}" was logged more than once`),
  ];
}

const laterDone = (outcomes: readonly Outcome[], runId: string) =>
  outcomes.some((outcome) => outcome.runId === runId && (outcome.result?.done || outcome.killed));

const isErrorLine = (line: string) => line.startsWith('{') && line.includes('"level":"ERROR"');

/** I9: every failure has a code of its own and says whether to try again. */
function errorProblems({ outcomes, error: expected }: Observation): string[] {
  const errors = outcomes.flatMap(({ runId, error }) => (error ? [{ runId, ...error }] : []));
  if (expected === 'retryable') {
    return errors.filter(({ code, retryable }) => retryable !== true || code === 'INTERNAL')
      .map(({ runId, code, text }) => `I9 run "${runId}" ended for good, in ${code}: ${text.slice(0, 300)}`);
  }
  const wrong = errors.filter(({ code, retryable }) => code !== expected?.code || retryable !== expected.retryable);
  return [
    ...wrong.map(({ runId, code, retryable, text }) => `I9 run "${runId}" ended in ${code} (${retryable ? 'retryable' : 'terminal'}), expected `
      + `${expected ? `${expected.code} (${expected.retryable ? 'retryable' : 'terminal'})` : 'no error'}: ${text.slice(0, 300)}`),
    ...(expected && errors.length === 0 ? [`I9 no invocation ended in ${expected.code}`] : []),
  ];
}
