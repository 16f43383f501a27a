import { Workflow } from '../../assembly/lake-model';
import { InvocationResult } from '../../lambda-host';
import { FunctionLog } from '../function-log';
import { requireResolved } from '../function-overrides';
import { LocalFunction } from '../local-function';

export interface LocalFunctionsOptions {
  /** What every function gets. */
  readonly overrides: Readonly<Record<string, string>>;
  /** What single functions get besides, by ARN. */
  readonly own: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly log: FunctionLog;
}

/** The functions of a workflow, each started when it is first called. */
export class LocalFunctions {
  private readonly started = new Map<string, Promise<LocalFunction>>();

  constructor(private readonly functions: Workflow['functions'], private readonly options: LocalFunctionsOptions) {}

  /** Undefined when there is no function of this name. */
  invoke(name: string, payload: unknown): Promise<InvocationResult> | undefined {
    const fn = this.functions.find((one) => one.arn === name || one.logicalId === name);
    return fn && this.start(fn).then((started) => started.invoke(payload));
  }

  /** The function of this ARN, if it was called. */
  async called(arn: string): Promise<LocalFunction | undefined> {
    return this.started.get(arn);
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.started.values());
    await Promise.all(started.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }

  private start(fn: Workflow['functions'][number]): Promise<LocalFunction> {
    const known = this.started.get(fn.arn);
    if (known !== undefined) {
      return known;
    }
    const { overrides, own, log } = this.options;
    const starting = (async () => {
      if (own[fn.arn] === undefined) {
        requireResolved(fn, `function ${fn.logicalId}`);
      }
      return LocalFunction.start(fn, { overrides: { ...overrides, ...own[fn.arn] }, log, secrets: own[fn.arn] !== undefined });
    })();
    this.started.set(fn.arn, starting);
    return starting;
  }
}
