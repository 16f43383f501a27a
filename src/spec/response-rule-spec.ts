/** What a response must show; all conditions of a rule must hold. */
export type ResponseConditionSpec =
  | { readonly status: readonly number[] }
  /** Neither `equals` nor `pattern`: the header is there. */
  | { readonly header: string; readonly equals?: string; readonly pattern?: string }
  /** Neither `equals` nor `exists`: something is there, as with `exists: true`. */
  | { readonly path: string; readonly equals?: string | number | boolean | null; readonly exists?: boolean };

export type ResponseAction = 'retry' | 'fail' | 'skip' | 'end' | 'refreshAuth';

/** The first rule whose conditions hold decides, before all that is built in. */
export interface ResponseRuleSpec {
  readonly when: readonly ResponseConditionSpec[];
  readonly action: ResponseAction;
  /** What a failure says. */
  readonly message?: string;
}
