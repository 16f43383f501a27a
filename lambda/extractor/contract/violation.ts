import type { ErrorObject } from 'ajv/dist/2020';
import { decimalAt } from './exact-json';
import { NUMBER_KEYWORDS } from './exact-keywords';
import type { Violation } from '../../../src/spec/contract-spec';

const LONGEST = 300;

/** Errors that name a key in their parameters: the pointer goes on to it. */
const KEY_PARAMETERS = ['missingProperty', 'additionalProperty', 'unevaluatedProperty', 'propertyName'];

/** Tells where and how a record breaks the schema: the schema's words and the record's keys, never its values. */
export function violationOf(error: ErrorObject): Violation {
  const { instancePath, keyword, params } = error;
  const key = KEY_PARAMETERS.map((name) => (params as Record<string, unknown>)[name]).find((value) => typeof value === 'string') as string | undefined;
  const pointer = key === undefined ? instancePath : `${instancePath}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
  return { pointer: pointer.slice(0, LONGEST), keyword, message: wording(error).slice(0, LONGEST) };
}

const textOf = (value: unknown, parent: object, key: string | number) =>
  (typeof value === 'number' ? decimalAt(parent, key, value).text : JSON.stringify(value));

function wording({ keyword, schema, parentSchema, message = '' }: ErrorObject): string {
  switch (keyword) {
    case 'required': return 'is missing';
    case 'additionalProperties':
    case 'unevaluatedProperties': return 'is not declared in the schema';
    case 'const': return `must be ${textOf(schema, parentSchema!, keyword)}`;
    case 'enum': return `must be one of ${(schema as unknown[]).map((value, index) => textOf(value, schema as unknown[], index)).join(', ')}`;
    case 'uniqueItems': return 'must not hold an item twice';
    default: return keyword in NUMBER_KEYWORDS ? `must be ${NUMBER_KEYWORDS[keyword].relation} ${decimalAt(parentSchema!, keyword, schema as number).text}` : message;
  }
}
