import { Template } from './asl';
import { Bindings, evaluateExpression, expressionIn } from './expression';
import { QUERY_EVALUATION, StateError } from './state-error';

/** The template with each `{% expression %}` replaced by its value. */
export async function evaluate(template: Template, bindings: Bindings, field: string): Promise<unknown> {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : evaluateExpression(expression, bindings, field);
  }
  if (Array.isArray(template)) {
    return Promise.all(template.map(async (item, i) => evaluate(item, bindings, `${field}[${i}]`)));
  }
  if (typeof template !== 'object' || template === null) {
    return template;
  }
  const entries = Object.entries(template).map(async ([key, item]) => [key, await evaluate(item, bindings, `${field}/${key}`)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const TYPES = {
  boolean: (value: unknown): value is boolean => typeof value === 'boolean',
  string: (value: unknown): value is string => typeof value === 'string',
  array: (value: unknown): value is unknown[] => Array.isArray(value),
  count: (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0,
  percentage: (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 100,
};

const WORDS = {
  boolean: 'a boolean', string: 'a string', array: 'an array', count: 'an integer of at least 0', percentage: 'a number from 0 to 100',
} satisfies Record<keyof typeof TYPES, string>;

type Guarded<K extends keyof typeof TYPES> = (typeof TYPES)[K] extends (value: unknown) => value is infer T ? T : never;

/** The template's value, which must be of a type. */
export async function evaluateAs<K extends keyof typeof TYPES>(type: K, template: Template, bindings: Bindings, field: string): Promise<Guarded<K>> {
  const value = await evaluate(template, bindings, field);
  if (!TYPES[type](value)) {
    throw new StateError(QUERY_EVALUATION, `The field '${field}' takes ${WORDS[type]}, got ${JSON.stringify(value)}.`);
  }
  return value as Guarded<K>;
}

/** Every string of a template, with where it stands. */
export function* stringsOf(template: Template, field: string): Generator<{ readonly field: string; readonly text: string }> {
  if (typeof template === 'string') {
    yield { field, text: template };
  } else if (typeof template === 'object' && template !== null) {
    for (const [key, item] of Object.entries(template)) {
      yield* stringsOf(item, `${field}/${key}`);
    }
  }
}
