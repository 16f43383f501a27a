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

/** The functions of a workflow: a process is started when none is idle, so that as many calls run at once as the workflow makes. */
export class LocalFunctions {
  private readonly started: Promise<LocalFunction>[] = [];
  private readonly idle = new Map<string, LocalFunction[]>();
  private readonly lastCalled = new Map<string, LocalFunction>();

  constructor(private readonly functions: Workflow['functions'], private readonly options: LocalFunctionsOptions) {}

  /** Undefined when there is no function of this name. */
  invoke(name: string, payload: unknown): Promise<InvocationResult> | undefined {
    const fn = this.functions.find((one) => one.arn === name || one.logicalId === name);
    return fn && this.call(fn, payload);
  }

  /** The function of this ARN as it was called last, if it was. */
  called(arn: string): LocalFunction | undefined {
    return this.lastCalled.get(arn);
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.started);
    await Promise.all(started.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }

  private async call(fn: Workflow['functions'][number], payload: unknown): Promise<InvocationResult> {
    const idle = this.idle.get(fn.arn) ?? [];
    this.idle.set(fn.arn, idle);
    const called = idle.pop() ?? await this.start(fn);
    try {
      return await called.invoke(payload);
    } finally {
      this.lastCalled.set(fn.arn, called);
      idle.push(called);
    }
  }

  private start(fn: Workflow['functions'][number]): Promise<LocalFunction> {
    const { overrides, own, log } = this.options;
    const starting = (async () => {
      if (own[fn.arn] === undefined) {
        requireResolved(fn, `function ${fn.logicalId}`);
      }
      return LocalFunction.start(fn, { overrides: { ...overrides, ...own[fn.arn] }, log, secrets: own[fn.arn] !== undefined });
    })();
    this.started.push(starting);
    return starting;
  }
}
