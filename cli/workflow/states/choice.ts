import { ChoiceState } from '../asl';
import { bindingsOf, leave, StateRunner } from '../frame';
import { NO_CHOICE_MATCHED, StateError } from '../state-error';
import { evaluateAs } from '../template';

/** The first rule that holds; a rule's own Output and Assign count instead of the state's, which are the default's. */
export const choice: StateRunner<ChoiceState> = async (state, frame) => {
  const bindings = bindingsOf(frame);
  for (const [i, rule] of state.Choices.entries()) {
    if (await evaluateAs('boolean', rule.Condition, bindings, `Choices[${i}]/Condition`)) {
      return leave(rule, frame, {}, frame.input);
    }
  }
  if (state.Default === undefined) {
    throw new StateError(NO_CHOICE_MATCHED, `No condition of the Choice state '${frame.name}' holds, and it has no Default.`);
  }
  return leave({ Output: state.Output, Assign: state.Assign, Next: state.Default }, frame, {}, frame.input);
};
