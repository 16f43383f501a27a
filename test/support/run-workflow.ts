import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { State, States } from '../../src/workflow/asl';

/** What a task of the workflow asks for: `lambda:invoke`, and its arguments. */
export interface TaskCall {
  readonly task: string;
  readonly args: any;
}

/** Answers a task, or throws a TaskError. */
export type Tasks = (call: TaskCall) => unknown;

export class TaskError extends Error {
  constructor(readonly error: string, readonly said?: string) {
    super(error);
  }
}

export interface WorkflowOutcome {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: any;
  readonly error?: string;
  readonly cause?: string;
  /** Names of the states entered. */
  readonly path: readonly string[];
  readonly calls: readonly TaskCall[];
  /** Seconds of each Wait and each pause before a retry. */
  readonly waits: readonly number[];
  readonly variables: Readonly<Record<string, any>>;
}

export const EXECUTION_ARN = 'arn:aws:states:eu-west-1:111111111111:execution:flow:8f9f1c6e';

const CONTEXT = {
  Execution: { Id: EXECUTION_ARN, Name: '8f9f1c6e', StartTime: '2026-11-23T15:48:01.123Z' },
  StateMachine: { Id: 'arn:aws:states:eu-west-1:111111111111:stateMachine:flow' },
};

/** More states than any test's run enters: an endless loop is a failure. */
const MAX_STATES = 500;

/** Runs a definition as Step Functions does it, with tasks of the test's own and without waiting. */
export async function runWorkflow(definition: any, input: unknown, tasks: Tasks): Promise<WorkflowOutcome> {
  return new Execution(definition.States as States, tasks).run(definition.StartAt as string, input);
}

class Execution {
  private readonly path: string[] = [];
  private readonly calls: TaskCall[] = [];
  private readonly waits: number[] = [];
  private variables: Record<string, unknown> = {};

  constructor(private readonly states: States, private readonly tasks: Tasks) {}

  async run(start: string, input: unknown): Promise<WorkflowOutcome> {
    const facts = () => ({ path: this.path, calls: this.calls, waits: this.waits, variables: this.variables });
    let [name, value]: [string, unknown] = [start, input];
    for (;;) {
      const state: any = this.states[name];
      this.path.push(name);
      if (state === undefined || this.path.length > MAX_STATES) {
        throw new Error(`${state === undefined ? 'no such state' : 'endless'}: ${this.path.slice(-20).join(' -> ')}`);
      }
      if (state.Type === 'Fail') {
        return { status: 'FAILED', error: await this.text(state.Error, value), cause: await this.text(state.Cause, value), ...facts() };
      }
      if (state.Type === 'Succeed') {
        return { status: 'SUCCEEDED', output: await this.evaluate(state.Output, { input: value }), ...facts() };
      }
      [name, value] = await this.step(state, value);
    }
  }

  private async step(state: any, input: unknown): Promise<[string, unknown]> {
    switch (state.Type) {
      case 'Choice': {
        for (const choice of state.Choices) {
          if (await this.condition(choice.Condition, input)) {
            return [choice.Next, input];
          }
        }
        return [state.Default, input];
      }
      case 'Pass':
        await this.assign(state, { input });
        return [state.Next, input];
      case 'Wait':
        this.waits.push(Number(await this.evaluate(state.Seconds, { input })));
        return [state.Next, input];
      case 'Task':
        return this.task(state, input);
      default:
        throw new Error(`unknown type ${state.Type}`);
    }
  }

  private async task(state: any, input: unknown): Promise<[string, unknown]> {
    const attempts = new Map<State, number>();
    for (;;) {
      try {
        const call = { task: state.Resource.split(':::')[1], args: await this.evaluate(state.Arguments, { input }) };
        this.calls.push(call);
        const result = this.tasks(call);
        await this.assign(state, { input, result });
        return [state.Next, result];
      } catch (error) {
        if (!(error instanceof TaskError)) {
          throw error;
        }
        const retrier = (state.Retry ?? []).find((one: any) => matches(one.ErrorEquals, error.error));
        const done = attempts.get(retrier) ?? 0;
        if (retrier && done < retrier.MaxAttempts) {
          attempts.set(retrier, done + 1);
          this.waits.push(Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** done, retrier.MaxDelaySeconds));
          continue;
        }
        const catcher = (state.Catch ?? []).find((one: any) => matches(one.ErrorEquals, error.error));
        if (!catcher) {
          throw new Error(`not caught: ${error.error}`);
        }
        const errorOutput = { Error: error.error, Cause: error.said };
        await this.assign(catcher, { input, errorOutput });
        return [catcher.Next, errorOutput];
      }
    }
  }

  private async assign(state: any, states: object): Promise<void> {
    const assigned = await this.evaluate(state.Assign ?? {}, states) as object;
    this.variables = { ...this.variables, ...assigned };
  }

  private async condition(text: string, input: unknown): Promise<boolean> {
    const value = await this.evaluate(text, { input });
    expect(typeof value).toBe('boolean'); // Step Functions takes nothing else
    return value as boolean;
  }

  private async text(value: string, input: unknown): Promise<string> {
    return String(await this.evaluate(value, { input }));
  }

  private async evaluate(value: any, states: object): Promise<any> {
    if (typeof value === 'string') {
      const expression = /^\{%([\s\S]*)%\}$/.exec(value)?.[1];
      return expression === undefined ? value : this.query(expression, states);
    }
    if (Array.isArray(value)) {
      return Promise.all(value.map((item) => this.evaluate(item, states)));
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, item]) => [key, await this.evaluate(item, states)])));
    }
    return value;
  }

  private async query(expression: string, states: object): Promise<unknown> {
    const compiled = jsonata(expression);
    compiled.registerFunction('hash', (text: string, algorithm: string) => createHash(algorithm.replace('-', '')).update(text).digest('hex'));
    compiled.registerFunction('parse', (text: string) => JSON.parse(text) as unknown);
    const result: unknown = await compiled.evaluate({}, { ...this.variables, states: { ...states, context: CONTEXT } });
    if (result === undefined) {
      throw new Error(`States.QueryEvaluationError: ${expression} has no value`);
    }
    return JSON.parse(JSON.stringify(result));
  }
}

const matches = (names: readonly string[], error: string) => names.some((name) =>
  name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'));
