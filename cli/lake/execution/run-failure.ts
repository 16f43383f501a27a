import { ExecutionFolder } from './execution-folder';
import { Source } from '../../assembly/lake-model';
import { asCommandError, CommandError } from '../../errors';
import { checkedResult } from '../../runs/checked-result';
import { StageTeller } from '../../runs/execution/stage-teller';
import { WorkflowOutcome } from '../../workflow';
import { LocalFunction } from '../local-function';

export interface FailedRun {
  readonly source: Source;
  readonly runId: string;
  readonly outcome: Exclude<WorkflowOutcome, { status: 'SUCCEEDED' }>;
  readonly teller: StageTeller;
  readonly folder: ExecutionFolder;
  /** Undefined when it was not called. */
  readonly extractor: LocalFunction | undefined;
  /** What asks for the same again. @default - a new run */
  readonly command?: string;
}

/** An execution that failed: which step, what it said, what to do next. */
export function runFailure({ source, runId, outcome, teller, folder, extractor, command }: FailedRun): CommandError {
  const { step, error, cause } = { step: teller.step, error: outcome.error, cause: outcome.cause, ...teller.variables.error };
  const known = extractor === undefined ? undefined : wrongAnswer(source, runId, extractor.answer) ?? extractor.explain(source.name);
  const told = known?.code === error || known?.code === 'RESULT_INVALID' ? known : undefined;
  return new CommandError(told?.code ?? error, told?.message ?? cause, {
    hint: told?.hint ?? `read ${folder.history}, then run \`${command ?? `datalake run --local ${source.name}`}\` again`,
    details: { source: source.name, step, runId, state: outcome.state, history: folder.history, ...told?.details },
  });
}

/** The workflow says only that an expression over the answer failed; what is wrong with the answer says more. */
function wrongAnswer(source: Source, runId: string, answer: unknown): CommandError | undefined {
  if (answer === undefined) {
    return undefined;
  }
  try {
    checkedResult(answer, source, runId);
    return undefined;
  } catch (error) {
    return asCommandError(error, 'RESULT_INVALID');
  }
}
