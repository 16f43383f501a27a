import { Problems } from '../core/problems';
import { HiveType, hiveTypeText, parseHiveType } from '../spec/hive-type';
import { PARTITION_KEY } from '../spec/object-keys';

/** A column of a table that stands in the template. */
export interface TableColumn {
  /** Name: the key of the records. Athena tells upper and lower case not apart. */
  readonly name: string;

  /**
   * Type, as Glue writes it: `bigint`, `decimal(38,0)`, `array<string>`, `struct<city:string,zip:string>`. A `string` keeps the
   * text of whatever stands there; a number that does not fit its column is NULL.
   */
  readonly type: string;

  /**
   * What the column holds.
   *
   * @default - none
   */
  readonly comment?: string;
}

/** What Glue takes. */
const MAX_NAME = 255;
const MAX_COMMENT = 255;
const MAX_DIGITS = 38;

/** Signs of Glue's type grammar, which has no escape for them. */
const GRAMMAR = /[:,<>`]/;

/**
 * Notes what is wrong with columns, and gives them as Glue keeps them: names in lower case, types without quotes.
 *
 * @param property where they were declared.
 */
export function checkedColumns(columns: readonly TableColumn[], property: string, problems: Problems): TableColumn[] {
  const known = new Map<string, string>();
  return columns.map(({ name, type, comment }) => {
    const lower = name.toLowerCase();
    const at = `${property}.${name}`;
    problems.check(name.trim() !== '' && name.length <= MAX_NAME, at, name, `use a name of 1 to ${MAX_NAME} characters`);
    problems.check(lower !== PARTITION_KEY, at, name, 'the partition key has this name: leave the column out, or rename the field with a RecordTransform');
    problems.check(!known.has(lower), at, name,
      `Athena tells it not from ${JSON.stringify(known.get(lower))}: declare one of them, or rename the other field with a RecordTransform`);
    problems.check((comment ?? '').length <= MAX_COMMENT, `${at}.comment`, comment, `use at most ${MAX_COMMENT} characters`);
    known.set(lower, name);
    return { name: lower, type: checkedType(type, at, problems), ...(comment !== undefined && { comment }) };
  });
}

function checkedType(type: string, at: string, problems: Problems): string {
  try {
    const parsed = parseHiveType(type);
    for (const fix of typeProblems(parsed)) {
      problems.add(`${at}.type`, type, fix);
    }
    return hiveTypeText(parsed);
  } catch (error) {
    problems.add(`${at}.type`, type, `${(error as Error).message}; write a type as Glue does, such as bigint, array<string> or struct<city:string>`);
    return type;
  }
}

/** What the JSON SerDe cannot read, in words that tell what to do. */
function typeProblems(type: HiveType): string[] {
  switch (type.kind) {
    case 'primitive': return type.name === 'binary' ? ['JSON holds no bytes: declare string'] : [];
    case 'decimal': return type.precision >= 1 && type.precision <= MAX_DIGITS && type.scale <= type.precision ? []
      : [`use decimal(p,s) with p from 1 to ${MAX_DIGITS} and s at most p`];
    case 'array': return typeProblems(type.element);
    case 'map': return [...(type.key.kind === 'primitive' && type.key.name === 'string' ? [] : ['the keys of JSON objects are text: use map<string,...>']), ...typeProblems(type.value)];
    case 'struct': return [...fieldProblems(type.fields.map(({ name }) => name)), ...type.fields.flatMap((field) => typeProblems(field.type))];
  }
}

/** What is wrong with the names of a struct's fields. */
export function fieldProblems(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase());
  const twice = names.find((_, i) => lower.indexOf(lower[i]) < i);
  const odd = names.find((name) => name.trim() === '' || GRAMMAR.test(name));
  return [
    ...(twice === undefined ? [] : [`Athena does not tell the field ${JSON.stringify(twice)} from ${JSON.stringify(names[lower.indexOf(twice.toLowerCase())])}: declare one of them, or the whole as string`]),
    ...(odd === undefined ? [] : [`a struct cannot have the field ${JSON.stringify(odd)}: declare the whole as string, which keeps its text`]),
  ];
}
