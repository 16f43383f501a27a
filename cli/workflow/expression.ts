import jsonata from 'jsonata';
import { STEP_FUNCTIONS } from './jsonata-functions';
import { QUERY_EVALUATION, StateError } from './state-error';

/** Variables by name, `states` among them. */
export type Bindings = Readonly<Record<string, unknown>>;

const OPEN = '{%';
const CLOSE = '%}';

/** An expression that loops must end in an error, not hang the command. */
const LIMITS = { timeout: 10_000, stack: 1_000 };

const compiled = new Map<string, jsonata.Expression>();

/**
 * The expression of a string that is one from its first character to its last; undefined for plain text.
 *
 * @throws Error for one that is opened and not closed, or is no JSONata.
 */
export function expressionIn(text: string): string | undefined {
  if (!text.startsWith(OPEN)) {
    return undefined;
  }
  if (!text.endsWith(CLOSE) || text.length < OPEN.length + CLOSE.length) {
    throw new Error(`"${text}" opens an expression with ${OPEN} and does not end with ${CLOSE}`);
  }
  return text.slice(OPEN.length, -CLOSE.length).trim();
}

/** @throws Error that says what is wrong with the expression. */
export function compile(expression: string): jsonata.Expression {
  let known = compiled.get(expression);
  if (known === undefined) {
    try {
      known = jsonata(expression, LIMITS);
    } catch (error) {
      throw new Error(`"${expression}" is no JSONata: ${describe(error)}`, { cause: error });
    }
    compiled.set(expression, known);
  }
  return known;
}

/**
 * The value of an expression as JSON. `field` is where it stands in its state.
 *
 * @throws StateError `States.QueryEvaluationError` for one that fails or gives nothing.
 */
export async function evaluateExpression(expression: string, bindings: Bindings, field: string): Promise<unknown> {
  const fail = (why: string, cause?: unknown) =>
    new StateError(QUERY_EVALUATION, `The JSONata expression '${expression}' specified for the field '${field}' ${why}`, { cause });
  let value: unknown;
  try {
    value = await compile(expression).evaluate(undefined, { ...STEP_FUNCTIONS, ...bindings });
  } catch (error) {
    throw fail(`threw an error during evaluation. ${describe(error)}`, error);
  }
  if (value === undefined) {
    throw fail('returned nothing (undefined).');
  }
  return asJson(value, (what) => fail(`returned ${what}, which is no JSON.`));
}

/** A copy without what JSONata notes on its sequences. */
function asJson(value: unknown, refuse: (what: string) => StateError): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => {
    if (isFunction(item)) {
      throw refuse('a function');
    }
    if (typeof item === 'number' && !Number.isFinite(item)) {
      throw refuse(String(item));
    }
    return item;
  })) as unknown;
}

/** JSONata's own functions and its lambdas are marked objects. */
const isFunction = (item: unknown): boolean =>
  typeof item === 'function' || (typeof item === 'object' && item !== null && ('_jsonata_lambda' in item || '_jsonata_function' in item));

/** What JSONata throws is no Error. */
const describe = (error: unknown): string => {
  const { code, position, message } = error as { code?: string; position?: number; message?: string };
  return `${code === undefined ? '' : `${code}: `}${message ?? String(error)}${position === undefined ? '' : ` (at ${position})`}`;
};
