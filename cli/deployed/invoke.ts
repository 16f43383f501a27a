import { GetFunctionConfigurationCommand, InvokeCommand, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { callAws } from './aws-error';
import { DeployedStack } from './deployed-stack';
import { RunRequest, RunResult } from '../../src/spec/run-result';
import { Source } from '../assembly/lake-model';
import { CommandError } from '../errors';
import { Emit } from '../render/events';
import { checkedResult } from '../runs/checked-result';
import { invokeUntilDone } from '../runs/invoke-until-done';

type InvokeRequest = RunRequest & { readonly runId: string };

/** Calls a source's deployed function until the run is done. */
export async function invokeDeployed(stack: DeployedStack, source: Source, request: InvokeRequest, emit: Emit): Promise<RunResult> {
  const name = await functionName(stack, source);
  emit({ type: 'stage', source: source.name, stage: 'extract', detail: `function ${name}, run ${request.runId}` });
  return invokeUntilDone({
    source: source.name,
    emit,
    invoke: async () => {
      const result = await invokeOnce(stack, source, name, request);
      emit({ type: 'progress', source: source.name, pages: result.pages, records: result.records, bytes: result.bytes });
      return result;
    },
  });
}

async function invokeOnce(stack: DeployedStack, source: Source, name: string, request: InvokeRequest): Promise<RunResult> {
  const command = new InvokeCommand({ FunctionName: name, LogType: 'Tail', Payload: JSON.stringify(request) });
  const answer = await callAws(`invoke function ${name}`, () => stack.lambda.send(command));
  const payload = JSON.parse(answer.Payload === undefined ? 'null' : answer.Payload.transformToString()) as unknown;
  if (answer.FunctionError !== undefined) {
    throw await failure(stack, source, name, payload, answer);
  }
  return checkedResult(payload, source, request.runId);
}

async function functionName(stack: DeployedStack, source: Source): Promise<string> {
  const { logicalId, imported } = source.function;
  if (logicalId === '') {
    throw new CommandError('FUNCTION_UNKNOWN', `the function of source "${source.name}" is imported by a name that is known at deployment only`, {
      hint: 'import it by an ARN or name that the app knows', details: { source: source.name },
    });
  }
  return imported ? logicalId : stack.physicalId(logicalId);
}

async function failure(stack: DeployedStack, source: Source, name: string, payload: unknown, answer: InvokeCommandOutput): Promise<CommandError> {
  const { errorType = 'Unhandled', errorMessage = 'the function failed' } = (payload ?? {}) as { errorType?: string; errorMessage?: string };
  const log = answer.LogResult === undefined ? '' : Buffer.from(answer.LogResult, 'base64').toString('utf8').trim();
  const group = await logGroup(stack, name);
  return new CommandError(errorType, log === '' ? errorMessage : `${errorMessage}\nEnd of the function's log:\n${log}`, {
    hint: `read the whole log with \`aws logs tail ${group} --since 1h\`, then run \`datalake invoke ${source.name}\` again`,
    details: { source: source.name, function: name, logGroup: group },
  });
}

/** Only for the hint: not being allowed to ask must not hide the function's own error. */
async function logGroup(stack: DeployedStack, name: string): Promise<string> {
  const fallback = `/aws/lambda/${name}`;
  try {
    const { LoggingConfig } = await stack.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return LoggingConfig?.LogGroup ?? fallback;
  } catch {
    return fallback;
  }
}
