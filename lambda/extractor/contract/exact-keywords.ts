import type { Ajv2020 } from 'ajv/dist/2020';
import type { DataValidationCxt, FuncKeywordDefinition } from 'ajv/dist/types';
import { Decimal } from './decimal';
import { decimalAt } from './exact-json';

/** JSON Schema's keywords that compare numbers with one number. */
export const NUMBER_KEYWORDS: Readonly<Record<string, { readonly relation: string; holds(value: Decimal, bound: Decimal): boolean }>> = {
  maximum: { relation: '<=', holds: (value, bound) => value.compare(bound) <= 0 },
  minimum: { relation: '>=', holds: (value, bound) => value.compare(bound) >= 0 },
  exclusiveMaximum: { relation: '<', holds: (value, bound) => value.compare(bound) < 0 },
  exclusiveMinimum: { relation: '>', holds: (value, bound) => value.compare(bound) > 0 },
  multipleOf: { relation: 'a multiple of', holds: (value, bound) => value.isMultipleOf(bound) },
};

/**
 * Replaces the keywords that look at a number's value: Ajv works with doubles, for which 2^63 is not above 2^63 - 1
 * and 1.15 is no multiple of 0.01.
 */
export function useExactNumbers(ajv: Ajv2020): void {
  for (const [keyword, { holds }] of Object.entries(NUMBER_KEYWORDS)) {
    replace(ajv, {
      keyword,
      type: 'number',
      schemaType: 'number',
      compile: (schema: number, parentSchema: object) => {
        const bound = decimalAt(parentSchema, keyword, schema);
        return (data: number, cxt?: DataValidationCxt) => holds(decimalAt(cxt!.parentData as object, cxt!.parentDataProperty, data), bound);
      },
    });
  }
  replace(ajv, {
    keyword: 'const',
    compile: (schema: unknown, parentSchema: object) => isOneOf([canonical(schema, parentSchema, 'const')]),
  });
  replace(ajv, {
    keyword: 'enum',
    schemaType: 'array',
    compile: (schema: unknown[]) => isOneOf(schema.map((value, index) => canonical(value, schema, index))),
  });
  replace(ajv, {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (unique: boolean) => (data: unknown[]) =>
      !unique || new Set(data.map((value, index) => canonical(value, data, index))).size === data.length,
  });
}

function replace(ajv: Ajv2020, definition: FuncKeywordDefinition): void {
  ajv.removeKeyword(definition.keyword as string);
  ajv.addKeyword({ ...definition, errors: false });
}

function isOneOf(allowed: readonly string[]) {
  const known = new Set(allowed);
  return (data: unknown, cxt?: DataValidationCxt) => known.has(canonical(data, cxt!.parentData as object, cxt!.parentDataProperty));
}

/** One text for all values that JSON Schema calls equal: 1 and 1.0, objects whatever the order of their keys. */
function canonical(value: unknown, parent: object, key: string | number): string {
  if (typeof value === 'number') {
    return decimalAt(parent, key, value).canonical();
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonical(item, value, index)).join()}]`;
  }
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member, value, name)}`).join()}}`;
}
