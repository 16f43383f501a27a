import { PARTITION_KEY, rawPrefix } from './object-keys';
import { RunResult } from './run-result';
import { SpecProblem } from './validate-source-spec';

/** What a function of the user's own may leave out of its answer. */
export const RUN_RESULT_DEFAULTS = {
  quarantined: 0,
  parts: 0,
  pages: 0,
  /** Who does not know gets a crawl more, and no column less. */
  schemaChanged: true,
  schemaHash: '',
} as const;

const PARTITION_PATTERN = new RegExp(`^${PARTITION_KEY}=(\\d{4}-\\d{2}-\\d{2})$`);

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const COUNT = 'use a whole number, 0 or more';

type Rule = readonly [holds: (value: unknown) => boolean, fix: string];

const OPTIONAL: Readonly<Record<string, Rule>> = {
  quarantined: [isCount, COUNT],
  skipped: [isCount, COUNT],
  skippedPages: [isCount, COUNT],
  parts: [isCount, COUNT],
  pages: [isCount, COUNT],
  schemaChanged: [isFlag, 'use true where the columns differ from the run before, or leave it out'],
  schemaHash: [isText, 'use a text, or leave it out'],
  cursorHash: [isText, 'use a text, or leave it out'],
  retryAfterSeconds: [(value) => Number.isFinite(value) && (value as number) >= 0, 'use seconds, 0 or more'],
  warnings: [(value) => Array.isArray(value) && value.every(isText), 'use a list of texts'],
};

/** What was asked for, against which an answer is held. */
export interface AskedRun {
  readonly source: string;
  readonly runId: string;
}

/** Everything that is wrong with what a function answered; an empty list for a run result. Never throws. */
export function runResultProblems(answer: unknown, { source, runId }: AskedRun): SpecProblem[] {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    return [{ property: 'answer', got: answer, fix: 'answer an object: { runId, done, records, bytes, partition }' }];
  }
  const result = answer as Readonly<Record<string, unknown>>;
  const required: Readonly<Record<string, Rule>> = {
    runId: [(value) => value === runId, `answer the run id of the call, ${JSON.stringify(runId)}`],
    done: [isFlag, 'answer true when all is written, false to be called again with the same run id'],
    records: [isCount, COUNT],
    bytes: [isCount, COUNT],
    partition: [isPartition, `answer the partition below ${rawPrefix(source)} that the run writes, as "${PARTITION_KEY}=YYYY-MM-DD"`],
  };
  const optional = { ...OPTIONAL, source: [(value) => value === source, `answer "${source}", the source that was asked for, or leave it out`] as Rule };
  return [
    ...broken(result, required),
    ...broken(result, Object.fromEntries(Object.entries(optional).filter(([name]) => result[name] !== undefined))),
  ];
}

/** The answer with all that it left out. Only for one without problems. */
export const completeRunResult = (answer: unknown, { source }: AskedRun): RunResult =>
  ({ ...RUN_RESULT_DEFAULTS, source, ...answer as Partial<RunResult> }) as RunResult;

const broken = (result: Readonly<Record<string, unknown>>, rules: Readonly<Record<string, Rule>>): SpecProblem[] =>
  Object.entries(rules).filter(([name, [holds]]) => !holds(result[name])).map(([property, [, fix]]) => ({ property, got: result[property], fix }));

function isPartition(value: unknown): boolean {
  const day = PARTITION_PATTERN.exec(String(value))?.[1];
  return day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) === true;
}
