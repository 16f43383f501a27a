import { RunResult } from '../../src/spec/run-result';
import { AskedRun, completeRunResult, runResultProblems } from '../../src/spec/validate-run-result';
import { Source } from '../assembly/lake-model';
import { CommandError } from '../errors';

/** Longest excerpt of a value that an error repeats. */
const MAX_QUOTE = 120;

/** What a function answered, as a run result. @throws CommandError RESULT_INVALID that names all that is wrong with it */
export function checkedResult(answer: unknown, source: Source, runId: string): RunResult {
  const asked: AskedRun = { source: source.name, runId };
  const problems = runResultProblems(answer, asked);
  if (problems.length > 0) {
    const lines = problems.map(({ property, got, fix }) => `  - ${property}: got ${quote(got)}; ${fix}`);
    throw new CommandError('RESULT_INVALID', `source "${source.name}": what its function answered is no run result\n${lines.join('\n')}`, {
      hint: source.custom ? 'correct what the function answers' : 'deploy the stack again: its function is of another version',
      details: { source: source.name, properties: problems.map(({ property }) => property) },
    });
  }
  return completeRunResult(answer, asked);
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}...` : text;
}
