/** A call of a service integration. */
export interface TaskCall {
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Name of the state. */
  readonly state: string;
  readonly signal: AbortSignal;
}

/** One service integration: what it takes, what it does. */
export interface Integration {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /**
   * The result as Step Functions has it in `$states.result`.
   *
   * @throws StateError with the error's name as Step Functions gives it. Anything else that is thrown ends the execution.
   */
  run(call: TaskCall): Promise<unknown>;
}

/** The integrations that tasks can call, by what follows `arn:<partition>:states:::`. */
export type Integrations = Readonly<Record<string, Integration>>;

/** `lambda:invoke` of `arn:aws-cn:states:::lambda:invoke`; undefined for what is no service integration. */
export const serviceOf = (resource: string): string | undefined => /^arn:[\w-]+:states:::(.+)$/.exec(resource)?.[1];

/** What is wrong with the arguments of a call; undefined when nothing is. */
export function wrongArguments({ required, optional = [] }: Integration, given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return `Arguments must be an object, got ${JSON.stringify(given)}`;
  }
  const known = [...required, ...optional];
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const missing = required.filter((name) => !Object.hasOwn(given, name));
  if (unknown.length > 0) {
    return `argument ${unknown.join(', ')} is not supported here; these are: ${known.join(', ')}`;
  }
  return missing.length > 0 ? `argument ${missing.join(', ')} is missing` : undefined;
}
