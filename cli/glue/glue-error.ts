/** An answer other than success, by the name of Glue's exception. */
export class GlueError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
    this.name = code;
  }
}

export const notFound = (what: string) => new GlueError('EntityNotFoundException', `Entity Not Found: ${what}`);
