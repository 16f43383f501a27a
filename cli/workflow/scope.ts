/** Variables of a flow: those of the flows around it can be read, never assigned. */
export class Scope {
  private values: Readonly<Record<string, unknown>> = {};

  constructor(private readonly outer?: Scope) {}

  /** All that can be read here. */
  get bindings(): Readonly<Record<string, unknown>> {
    return { ...this.outer?.bindings, ...this.values };
  }

  /** All at once: none of the values can have seen another. */
  assign(values: Readonly<Record<string, unknown>>): void {
    this.values = { ...this.values, ...values };
  }
}
