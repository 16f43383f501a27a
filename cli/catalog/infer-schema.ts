import { JsonCursor } from './json-cursor';
import { HiveField, HiveType } from '../../src/spec/hive-type';

/**
 * What the records sampled so far hold, as the Glue crawler infers it: int < bigint < double, kinds that
 * contradict each other are string. `undefined` stands for "only nulls so far".
 */
export type Inferred =
  | { readonly kind: 'primitive'; readonly name: 'int' | 'bigint' | 'double' | 'boolean' | 'string' }
  | { readonly kind: 'array'; element: Inferred | undefined }
  | { readonly kind: 'struct'; readonly fields: Map<string, InferredField> }
  | undefined;

/** Nested names keep their case, but Athena matches them without it: one field for all spellings. */
export interface InferredField {
  readonly name: string;
  type: Inferred;
}

export interface InferOptions {
  /** Called for every name that cannot become a field of its own, with what happens to it. */
  readonly onName?: (problem: string) => void;
}

const NUMBERS = ['int', 'bigint', 'double'] as const;
const STRING: Inferred = { kind: 'primitive', name: 'string' };

/** Merges the value at the cursor into what is known; the cursor stands behind it afterwards. */
export function infer(known: Inferred, cursor: JsonCursor, options: InferOptions = {}): Inferred {
  switch (cursor.kind()) {
    case 'object': {
      if (known !== undefined && known.kind !== 'struct') {
        cursor.skip();
        return STRING;
      }
      const struct = known ?? { kind: 'struct', fields: new Map() };
      inferFields(struct.fields, cursor, options);
      return struct;
    }
    case 'array': {
      if (known !== undefined && known.kind !== 'array') {
        cursor.skip();
        return STRING;
      }
      const array = known ?? { kind: 'array', element: undefined };
      cursor.array(() => { array.element = infer(array.element, cursor, options); });
      return array;
    }
    case 'number': return primitive(known, numberType(cursor.raw()));
    case 'string': cursor.skip(); return primitive(known, 'string');
    case 'boolean': cursor.skip(); return primitive(known, 'boolean');
    case 'null': cursor.skip(); return known;
  }
}

/** Merges the members of the object at the cursor into fields, keyed by their lower-case names. */
export function inferFields(fields: Map<string, InferredField>, cursor: JsonCursor, options: InferOptions = {}): void {
  cursor.object((name) => {
    const key = name.toLowerCase();
    let field = fields.get(key);
    if (!field) {
      field = { name, type: undefined };
      fields.set(key, field);
    } else if (field.name !== name) {
      options.onName?.(`"${name}" and "${field.name}" differ in case only: one column holds both (in one record the last wins)`);
    }
    field.type = infer(field.type, cursor, options);
  });
}

/** The columns' types as Hive names them; a place that held only nulls or empty objects is string. */
export function inferredHiveType(type: Inferred, options: InferOptions = {}): HiveType {
  if (type === undefined) {
    return { kind: 'primitive', name: 'string' };
  }
  if (type.kind === 'primitive') {
    return { kind: 'primitive', name: type.name };
  }
  if (type.kind === 'array') {
    return { kind: 'array', element: inferredHiveType(type.element, options) };
  }
  const fields = [...type.fields.values()].filter((field) => nameable(field.name, options))
    .map((field): HiveField => ({ name: field.name, type: inferredHiveType(field.type, options) }));
  return fields.length > 0 ? { kind: 'struct', fields } : { kind: 'primitive', name: 'string' };
}

/** Hive's notation has no escape for its own signs. */
function nameable(name: string, options: InferOptions): boolean {
  const fits = name.trim() !== '' && !/[:,<>`]/.test(name);
  if (!fits) {
    options.onName?.(`the nested name "${name}" cannot stand in a Hive type: the field is left out of the table`);
  }
  return fits;
}

function primitive(known: Inferred, found: 'int' | 'bigint' | 'double' | 'boolean' | 'string'): Inferred {
  if (known === undefined) {
    return { kind: 'primitive', name: found };
  }
  if (known.kind !== 'primitive') {
    return STRING;
  }
  const [a, b] = [NUMBERS.findIndex((name) => name === known.name), NUMBERS.findIndex((name) => name === found)];
  if (a >= 0 && b >= 0) {
    return { kind: 'primitive', name: NUMBERS[Math.max(a, b)] };
  }
  return known.name === found ? known : STRING;
}

/**
 * Athena reads a number that its column cannot hold as NULL, silently: what fits neither 64 bits nor a
 * double's 17 digits becomes string, and keeps its text.
 */
function numberType(text: string): 'int' | 'bigint' | 'double' | 'string' {
  if (/[.eE]/.test(text)) {
    return text.replace(/[eE].*$|[-.]/g, '').replace(/^0+/, '').length > 17 ? 'string' : 'double';
  }
  const value = BigInt(text);
  if (value === BigInt.asIntN(32, value)) {
    return 'int';
  }
  return value === BigInt.asIntN(64, value) ? 'bigint' : 'string';
}
