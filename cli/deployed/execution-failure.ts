import { ExecutionEnd } from './follow-execution';
import { Source } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { StageTeller } from '../runs/execution/stage-teller';

export interface FailedExecution {
  readonly source: Source;
  readonly runId: string;
  readonly executionArn: string;
  readonly end: Exclude<ExecutionEnd, { status: 'SUCCEEDED' }>;
  readonly teller: StageTeller;
  /** Asks for the same again. @default - runs the source under the same id */
  readonly command?: string;
}

/** An execution that failed: which step, what it said, what to do next. */
export function executionFailure({ source, runId, executionArn, end, teller, command }: FailedExecution): CommandError {
  const { plan, error: told } = teller.variables;
  const { step = teller.step, error = end.error ?? end.status, cause = end.cause ?? `the execution ended with ${end.status}` } = told ?? {};
  const look = step === 'extract' && plan !== undefined ? `aws logs tail ${plan.logGroup} --since 1d` : historyCommand(executionArn);
  return new CommandError(error, cause, {
    hint: `look further with \`${look}\`, then go on with \`${command ?? `datalake run ${source.name} --run-id ${runId}`}\``,
    details: { source: source.name, step, runId, executionArn, logGroup: plan?.logGroup },
  });
}

const historyCommand = (arn: string): string => `aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn ${arn}`;
