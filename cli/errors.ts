export interface CommandErrorOptions {
  /** What to do next, one line; printed after the message and repeated at the end. */
  readonly hint?: string;
  /** Where it happened: source, file, path ... Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that the person can act on; the process ends with 1. `code` is stable, the message says what, where and how to fix it. */
export class CommandError extends Error {
  readonly exitCode: number = 1;
  readonly code: string;
  readonly hint?: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: CommandErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** The command was typed in a way that cannot mean anything; the process ends with 2. */
export class UsageError extends CommandError {
  override readonly exitCode: number = 2;

  constructor(message: string, options: CommandErrorOptions & { readonly code?: string } = {}) {
    super(options.code ?? 'USAGE', message, options);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The `code` of a Node or SDK error, or undefined. */
export const errnoOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** A failure below the commands, as one of theirs. */
export const asCommandError = (error: unknown, code: string): CommandError =>
  (error instanceof CommandError ? error : new CommandError(code, messageOf(error), { cause: error }));
