/** A call of a service integration. */
export interface TaskCall {
  /** As in the definition: `arn:aws:states:::lambda:invoke`. */
  readonly resource: string;
  readonly arguments: unknown;
  /** Name of the state. */
  readonly state: string;
  readonly signal: AbortSignal;
}

/** The services that tasks can call. */
export interface Tasks {
  /** Resources that are known, without their partition. */
  readonly resources: readonly string[];
  /**
   * The result as Step Functions has it in `$states.result`.
   *
   * @throws StateError with the error's name as Step Functions gives it. Anything else that is thrown ends the execution.
   */
  run(call: TaskCall): Promise<unknown>;
}

/** `lambda:invoke` of `arn:aws-cn:states:::lambda:invoke`; undefined for what is no service integration. */
export const serviceOf = (resource: string): string | undefined => /^arn:[\w-]+:states:::(.+)$/.exec(resource)?.[1];
