import { FunctionLog } from './function-log';
import { LocalSecrets, startLocalSecrets } from './local-secrets';
import { LambdaFunction } from '../assembly/lake-model';
import { localRegion } from '../assembly/pseudo-parameters';
import { CommandError } from '../errors';
import { Failure, FailureStatus, FunctionHost, InvocationResult } from '../lambda-host';

export interface LocalFunctionOptions {
  /** Variables that win over the function's own. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly log: FunctionLog;
  /** Whether it may ask for secrets, though no variable of its own names one. */
  readonly secrets?: boolean;
}

/** The bundled function of a template, run on this machine. */
export class LocalFunction {
  static async start(fn: LambdaFunction, { overrides, log, secrets: wanted }: LocalFunctionOptions): Promise<LocalFunction> {
    const secrets = wanted || needsSecrets(fn) ? await startLocalSecrets() : undefined;
    return new LocalFunction(fn, { ...overrides, ...secrets?.environment }, log, secrets);
  }

  /** What the last invocation answered. */
  answer: unknown;
  /** How the last invocation failed. */
  private lastFailure: Failure | undefined;
  private readonly host: FunctionHost;

  private constructor(
    readonly definition: LambdaFunction, overrides: Readonly<Record<string, string>>, private readonly log: FunctionLog,
    private readonly secrets: LocalSecrets | undefined,
  ) {
    const { logicalId, codeDir, handler, memoryMb, timeoutSeconds, environment } = definition;
    const [functionName, region, onLog] = [logicalId, localRegion(), (line: string) => log.line(line)];
    this.host = new FunctionHost({ functionName, codeDir, handler, memoryMb, timeoutSeconds, environment, overrides, region, onLog });
  }

  async invoke(payload: unknown): Promise<InvocationResult> {
    this.log.lastError = undefined;
    const result = await this.host.invoke(payload);
    this.lastFailure = 'error' in result ? result : undefined;
    this.answer = 'error' in result ? undefined : result.payload;
    return result;
  }

  /** What to tell the person of the last invocation, when it failed. */
  explain(source: string): CommandError | undefined {
    return this.lastFailure && failure(this.definition, source, this.lastFailure, this.log, this.secrets?.missing ?? []);
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.secrets?.close();
  }
}

/** A spec that cannot be read is the function's own error to tell. */
const needsSecrets = ({ environment }: LambdaFunction): boolean => Object.values(environment).some((value) => value.includes('"secretArn"'));

const LIMIT_HINTS: Readonly<Partial<Record<FailureStatus, (fn: LambdaFunction) => string>>> = {
  timeout: (fn) => `raise the source's timeout above ${fn.timeoutSeconds} s`,
  oom: (fn) => `raise the source's memory above ${fn.memoryMb} MB`,
};

function failure(fn: LambdaFunction, source: string, { error, status }: Failure, log: FunctionLog, missing: LocalSecrets['missing']): CommandError {
  const rerun = `read ${log.path}, then run \`datalake run --local ${source}\` again`;
  const cure = missing.length > 0
    ? `set the environment variable ${missing.map((variables) => variables.join(' or ')).join(' and ')} to the secret's value`
    : LIMIT_HINTS[status]?.(fn);
  const known = log.lastError?.code === error.errorType ? log.lastError : undefined;
  return new CommandError(error.errorType, error.errorMessage, {
    hint: cure === undefined ? rerun : `${cure}; ${rerun}`,
    details: { source, status, retryable: known?.retryable, ...known?.details, log: log.path },
  });
}
