import { Catcher, Flow, Handled, isDistributed, Retrier, State, StateMachine, StateType, TaskState } from './asl';
import { compile, expressionIn } from './expression';
import { Integrations, serviceOf, wrongArguments } from './integrations';
import { ALL, TASK_FAILED } from './state-error';
import { CATCHER_FIELDS, FLOW_FIELDS, MACHINE_FIELDS, PLAIN_FIELDS, REQUIRED_FIELDS, RETRIER_FIELDS, RULE_FIELDS, STATE_FIELDS } from './state-fields';
import { stringsOf } from './template';
import { CommandError, messageOf } from '../errors';

type Json = Readonly<Record<string, unknown>>;

/**
 * The definition, known to hold nothing that the interpreter would skip or misread.
 *
 * @throws CommandError `WORKFLOW_UNSUPPORTED` with every problem, by state.
 */
export function checkDefinition(definition: unknown, integrations: Integrations): StateMachine {
  const problems: string[] = [];
  if (isObject(definition)) {
    new DefinitionCheck(problems, integrations).machine(definition);
  } else {
    problems.push(`the definition is no JSON object: ${JSON.stringify(definition)}`);
  }
  if (problems.length > 0) {
    throw new CommandError('WORKFLOW_UNSUPPORTED', `the state machine cannot run on this machine:\n${problems.map((one) => `- ${one}`).join('\n')}`, {
      hint: 'what is deployed is not affected; correct the definition, or run the steps one by one: datalake invoke --local, datalake crawl --local',
      details: { problems },
    });
  }
  return definition as unknown as StateMachine;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

class DefinitionCheck {
  constructor(private readonly problems: string[], private readonly integrations: Integrations) {}

  machine(definition: Json): void {
    this.fields('the state machine', definition, MACHINE_FIELDS, ['StartAt', 'States']);
    if (definition.QueryLanguage !== 'JSONata') {
      this.problems.push(`the state machine's query language is ${String(definition.QueryLanguage ?? 'JSONPath')}: only JSONata is interpreted here`);
      return;
    }
    this.flow('the state machine', definition, []);
  }

  /** `outer`: variables that the flows around assign. */
  private flow(where: string, flow: unknown, outer: readonly string[]): void {
    if (!isObject(flow) || !isObject(flow.States) || typeof flow.StartAt !== 'string') {
      this.problems.push(`${where}: expected "StartAt" and "States"`);
      return;
    }
    const names = Object.keys(flow.States);
    this.target(where, 'StartAt', flow.StartAt, names);
    const assigned = Object.values(flow.States).flatMap((state) => (isObject(state) ? assignsOf(state) : []));
    for (const name of new Set(assigned)) {
      if (name === 'states' || outer.includes(name)) {
        this.problems.push(`${where}: Assign of "${name}", which ${name === 'states' ? 'is reserved' : 'belongs to the flow around it and can only be read here'}`);
      }
    }
    for (const [name, state] of Object.entries(flow.States)) {
      this.state(name, state, names, [...outer, ...assigned]);
    }
  }

  private state(name: string, state: unknown, names: readonly string[], variables: readonly string[]): void {
    const where = `state "${name}"`;
    const known = isObject(state) ? STATE_FIELDS[state.Type as StateType] : undefined;
    if (!isObject(state) || known === undefined) {
      this.problems.push(`${where}: type ${JSON.stringify((state as Json | null)?.Type)} is not supported; these are: ${Object.keys(STATE_FIELDS).join(', ')}`);
      return;
    }
    if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONata') {
      this.problems.push(`${where}: query language ${JSON.stringify(state.QueryLanguage)} is not supported: only JSONata is`);
      return;
    }
    this.fields(where, state, known, REQUIRED_FIELDS[state.Type as StateType] ?? []);
    this.onward(where, state as unknown as State, names);
    this.expressions(where, state);
    this.own(where, state as unknown as State, names, variables);
    this.handling(where, state as Handled, names);
  }

  private own(where: string, state: State, names: readonly string[], variables: readonly string[]): void {
    switch (state.Type) {
      case 'Task':
        this.task(where, state);
        break;
      case 'Wait':
        if ((state.Seconds === undefined) === (state.Timestamp === undefined)) {
          this.problems.push(`${where}: expected either "Seconds" or "Timestamp"`);
        }
        break;
      case 'Choice':
        (state.Choices ?? []).forEach((rule, i) => {
          this.fields(`${where}, Choices[${i}]`, rule as unknown as Json, RULE_FIELDS, ['Condition', 'Next']);
          this.target(`${where}, Choices[${i}]`, 'Next', rule.Next, names);
        });
        break;
      case 'Parallel':
        (state.Branches ?? []).forEach((branch, i) => this.nested(`${where}, Branches[${i}]`, branch, FLOW_FIELDS, variables));
        break;
      case 'Map':
        this.processor(where, state.ItemProcessor, state as unknown as Json, variables);
        break;
      default:
    }
  }

  private processor(where: string, processor: Flow, state: Json, variables: readonly string[]): void {
    if (!isObject(processor)) {
      return;
    }
    const distributed = isDistributed(processor);
    const tolerated = Object.keys(state).filter((field) => field.startsWith('Tolerated'));
    if (!distributed && tolerated.length > 0) {
      this.problems.push(`${where}: ${tolerated.join(', ')} count in DISTRIBUTED mode only`);
    }
    this.nested(`${where}, ItemProcessor`, processor, [...FLOW_FIELDS, 'ProcessorConfig'], distributed ? [] : variables);
  }

  private nested(where: string, flow: Flow, fields: readonly string[], variables: readonly string[]): void {
    this.fields(where, flow as unknown as Json, fields, []);
    this.flow(where, flow, variables);
  }

  private onward(where: string, state: State, names: readonly string[]): void {
    if (state.Type === 'Choice') {
      if (state.Default !== undefined) {
        this.target(where, 'Default', state.Default, names);
      }
    } else if ('Next' in state && state.Next !== undefined) {
      this.target(where, 'Next', state.Next, names);
    } else if (state.Type !== 'Succeed' && state.Type !== 'Fail' && (state as { End?: boolean }).End !== true) {
      this.problems.push(`${where}: expected "Next", or "End": true`);
    }
  }

  private handling(where: string, { Retry = [], Catch = [] }: Handled, names: readonly string[]): void {
    Retry.forEach((retrier, i) => this.handler(`${where}, Retry[${i}]`, retrier, RETRIER_FIELDS, i === Retry.length - 1));
    Catch.forEach((catcher, i) => {
      this.handler(`${where}, Catch[${i}]`, catcher, CATCHER_FIELDS, i === Catch.length - 1);
      this.target(`${where}, Catch[${i}]`, 'Next', catcher.Next, names);
    });
  }

  private handler(where: string, handler: Retrier | Catcher, fields: readonly string[], last: boolean): void {
    this.fields(where, handler as unknown as Json, fields, ['ErrorEquals']);
    const names = handler.ErrorEquals ?? [];
    if (names.includes(ALL) && !(last && names.length === 1)) {
      this.problems.push(`${where}: ${ALL} stands alone, and last`);
    }
    const unknown = names.filter((name) => name.startsWith('States.') && !KNOWN_ERRORS.includes(name));
    if (unknown.length > 0) {
      this.problems.push(`${where}: ${unknown.join(', ')} can never match: no such error; there are ${KNOWN_ERRORS.join(', ')}`);
    }
  }

  private task(where: string, { Resource, Arguments }: TaskState): void {
    const integration = this.integrations[serviceOf(Resource ?? '') ?? ''];
    if (Resource !== undefined && integration === undefined) {
      this.problems.push(`${where}: resource "${Resource}" is not supported; these are: ${Object.keys(this.integrations).join(', ')}`);
    }
    // Arguments that an expression makes are checked when they are known.
    const wrong = integration !== undefined && isObject(Arguments) ? wrongArguments(integration, Arguments) : undefined;
    if (wrong !== undefined) {
      this.problems.push(`${where}: ${wrong}`);
    }
  }

  private expressions(where: string, state: Json): void {
    for (const [field, template] of Object.entries(state)) {
      if (PLAIN_FIELDS.includes(field) || field === 'ItemProcessor' || field === 'Branches') {
        continue;
      }
      for (const { field: path, text } of stringsOf(template, field)) {
        try {
          const expression = expressionIn(text);
          if (expression !== undefined) {
            compile(expression);
          }
        } catch (error) {
          this.problems.push(`${where}, ${path}: ${messageOf(error)}`);
        }
      }
    }
  }

  private target(where: string, field: string, name: string, names: readonly string[]): void {
    if (!names.includes(name)) {
      this.problems.push(`${where}: ${field} names no state of its flow: ${JSON.stringify(name)}`);
    }
  }

  private fields(where: string, holder: Json, known: readonly string[], required: readonly string[]): void {
    const unknown = Object.keys(holder).filter((field) => !known.includes(field));
    if (unknown.length > 0) {
      this.problems.push(`${where}: ${unknown.join(', ')} is not supported; a JSONata state here takes ${known.join(', ')}`);
    }
    const missing = required.filter((field) => holder[field] === undefined);
    if (missing.length > 0) {
      this.problems.push(`${where}: ${missing.join(', ')} is missing`);
    }
  }
}

const assignsOf = (state: Json): string[] => {
  const holders = [state, ...list(state.Choices), ...list(state.Catch)];
  return holders.flatMap(({ Assign }) => Object.keys(Assign ?? {}));
};

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value as Json[] : []);

const KNOWN_ERRORS = [
  ALL, TASK_FAILED, 'States.Timeout', 'States.HeartbeatTimeout', 'States.Permissions', 'States.Runtime', 'States.DataLimitExceeded',
  'States.QueryEvaluationError', 'States.ExceedToleratedFailureThreshold', 'States.ItemReaderFailed', 'States.ResultWriterFailed',
  'States.NoChoiceMatched', 'States.BranchFailed', 'States.IntrinsicFailure', 'States.ParameterPathFailure', 'States.ResultPathMatchFailure', 'States.Http.Socket',
];
