/** The one error of this function: `name` is what Step Functions shows. */
export class CatalogError extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}
