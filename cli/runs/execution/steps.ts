interface Handling {
  readonly Assign?: { readonly error?: { readonly step?: unknown } };
}

interface States {
  readonly States?: Readonly<Record<string, Handling & { readonly Catch?: readonly Handling[] }>>;
}

/**
 * The step that each state of a workflow belongs to: the one that it names when it fails (`$error.step`). States that cannot
 * fail belong to none.
 */
export function stepsOf(definition: unknown): ReadonlyMap<string, string> {
  const steps = new Map<string, string>();
  for (const [name, state] of Object.entries((definition as States).States ?? {})) {
    const step = [state, ...state.Catch ?? []].map(({ Assign }) => Assign?.error?.step).find((one) => typeof one === 'string');
    if (step !== undefined) {
      steps.set(name, step as string);
    }
  }
  return steps;
}
